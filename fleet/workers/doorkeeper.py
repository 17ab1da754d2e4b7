"""The doorkeeper: keeps the broker's list of devices equal to the registry, and ends sessions that may not go on.

New devices wait a little for one another, since a broker reads its whole list at each change. A device that was revoked
or was given another secret waits for nobody. Whom the registry has never heard of stays where that is most of those who
are let in: then it is hardly their registry, and a person says what it is.
"""

import logging
import time
from collections.abc import Callable, Iterable

from fleet import metrics
from fleet.domain.access import AccessFailed, BrokerAccess, Credential, is_strange
from fleet.flows.may_connect import Registry
from fleet.workers.worker import Worker

log = logging.getLogger(__name__)

LOOK_S = 1.0
BATCH_S = 5.0
CUT_AGAIN_S = 1.5
# A command that asks Mosquitto to reload may return before Mosquitto has read ten thousand lines: who slipped in
# meanwhile is cut off once more. Both together stay below the five seconds that a revoked device may have.
STRANGERS_AGAIN_S = 30.0
# A person may have let them go; all of the broker's list is read for it.


class Doorkeeper(Worker):
    """Tells this broker who may connect. One of these runs."""

    name = "doorkeeper"

    def __init__(self, registry: Registry, access: BrokerAccess, look_s: float = LOOK_S) -> None:
        super().__init__()
        self.registry = registry
        self.access = access
        self.look_s = look_s
        self.known: dict[str, Credential] | None = None
        self.put: dict[str, Credential] = {}
        self.told_s = -BATCH_S
        self.to_cut: dict[str, float] = {}
        self.strangers: frozenset[str] = frozenset()
        self.strangers_due_s = 0.0
        self.complained = ""

    def round(self) -> None:
        """Look once; tell the broker what has changed."""
        troubles = [trouble for step in (self.look, self.cut_those_due) if (trouble := trouble_of(step))]
        if self.strangers:
            troubles.append(strange(len(self.strangers)))
        if troubles:
            self.complain(troubles[0])
        else:
            self.content()
        self.stopping.wait(self.look_s)

    def stop(self) -> None:
        """End after the round that is under way; the broker stays as it is."""
        super().stop()
        self.access.leave()

    def look(self) -> None:
        """Tell the broker who may connect, if that is not what it knows and cannot wait. Raises AccessFailed."""
        now = self.registry.may_connect()
        if self.known is None:
            self.cut_soon(self.registry.revoked_but_there())  # whoever ran before us may have had no time for it
        elif self.can_wait(now):
            return
        self.hold_strangers(now)
        before, self.put = self.put, now  # what the driver holds, whether it could tell the broker or not
        for device in before.keys() - now.keys():
            self.access.remove(device)
        self.access.put(one for device, one in now.items() if before.get(device) != one)
        self.cut_soon(self.access.apply())
        self.known, self.told_s = now, time.monotonic()

    def can_wait(self, now: dict[str, Credential]) -> bool:
        """Whether the broker knows this already, or lacks nothing but newcomers who came a moment after others."""
        if self.access.in_doubt or (self.strangers and time.monotonic() >= self.strangers_due_s):
            return False
        if now is self.known:
            return True
        lost = any(now.get(device) != one for device, one in (self.known or {}).items())
        return not lost and time.monotonic() - self.told_s < BATCH_S

    def hold_strangers(self, now: dict[str, Credential]) -> None:
        """Whom a registry does not know at all stays, where that is most of those who are let in. Raises AccessFailed.

        So a fleet that was pointed at an empty database cuts off nobody.
        """
        unsure = self.known is None or bool(self.strangers)
        listed = self.access.listed() if unsure else (self.known or {}).keys()
        found = self.registry.strangers(listed - now.keys()) if listed - now.keys() else frozenset()
        self.strangers = found if is_strange(found, listed) else frozenset()
        self.strangers_due_s = time.monotonic() + STRANGERS_AGAIN_S
        self.access.keep(self.strangers)

    def cut_soon(self, devices: Iterable[str]) -> None:
        """The sessions of these must end."""
        self.to_cut |= dict.fromkeys(devices, 0.0)

    def cut_those_due(self) -> None:
        """End sessions. Who may not come back at all is cut off twice. Raises AccessFailed."""
        for device, due_s in list(self.to_cut.items()):
            if time.monotonic() < due_s:
                continue
            self.access.cut(device)
            log.info("%s is cut off from the broker", device)
            if due_s or device in (self.known or {}):
                del self.to_cut[device]
            else:
                self.to_cut[device] = time.monotonic() + CUT_AGAIN_S

    def complain(self, trouble: str) -> None:
        """Say what is wrong; the same again and again is said once."""
        metrics.ACCESS_BEHIND.set(1)
        if trouble != self.complained:
            self.complained = trouble
            log.error("the broker's list of devices is not the registry's, and is told again: %s", trouble)

    def content(self) -> None:
        """All is well, maybe again."""
        metrics.ACCESS_BEHIND.set(0)
        if self.complained:
            self.complained = ""
            log.info("the broker knows again who may connect")


def strange(n: int) -> str:
    """Why so many stay whom nobody knows, and who ends that."""
    return (
        f"expected devices of this registry, found {n} of which it has never heard, most of those that the broker lets "
        "in: is this the right database? They stay until `motcua devices strangers --confirm`"
    )


def trouble_of(step: Callable[[], None]) -> str:
    """Take this step; what stands in its way, which hinders no other."""
    try:
        step()
    except AccessFailed as problem:
        return str(problem)
    return ""
