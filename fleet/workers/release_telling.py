"""What the sender tells devices of releases: their assignments, after a hello and when a rollout comes to them."""

import logging
import time

from fleet import metrics
from fleet.clock import now_ms
from fleet.flows import tell_releases
from fleet.flows.assign_release import CannotAssign, Signing
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.broker import Broker
from protocols.presence import Hello
from protocols.releases import Release

log = logging.getLogger(__name__)

AT_ONCE = 50
AGAIN_S = 20.0
COMPLAIN_S = 600.0
# A key that is not there is put there by a person.


class ReleaseTelling:
    """Tells devices by the sender's connection."""

    def __init__(self, store: Store, settings: Settings, broker: Broker) -> None:
        self.store = store
        self.broker = broker
        self.signing = Signing(settings.release_key, settings.release_rate or None)
        self.again_s = self.complained_s = 0.0

    def greet(self, device: str, hello: Hello) -> None:
        """A device said hello: is there another release for it?"""
        if hello.application is None:
            return
        try:
            release = tell_releases.for_hello(self.store, device, self.signing, now_ms())
        except CannotAssign as problem:
            self.complain(problem)
            return
        if release is not None:
            self.say(device, release)

    def tell(self) -> None:
        """Tell the devices to which a rollout has come, and those that had something else to do before."""
        if not self.broker.is_up:
            return
        if time.monotonic() >= self.again_s:
            self.again_s = time.monotonic() + AGAIN_S
            tell_releases.remind(self.store, now_ms())
        try:
            tell_releases.tell_due(self.store, AT_ONCE, self.signing, now_ms(), self.say)
        except CannotAssign as problem:
            self.complain(problem)

    def say(self, device: str, release: Release) -> None:
        """An assignment goes; it is never retained, since it is for this connection only."""
        self.broker.tell(device, "release", release, qos=1)
        metrics.ASSIGNED.inc()

    def complain(self, problem: CannotAssign) -> None:
        """Somebody shall have a release, and nobody can sign that."""
        if time.monotonic() >= self.complained_s:
            self.complained_s = time.monotonic() + COMPLAIN_S
            log.error("no device is assigned a release: %s", problem)
