"""The supplier: pieces of releases for the devices that load one, asked for one by one.

It has a connection of its own, so that a wave of updates delays no welcome and no receipt; any number of suppliers
share the subscription. Nothing is promised (QoS 0): what is lost, or too much, its device asks for again.
"""

import base64
import logging
import time
from collections import deque

import paho.mqtt.client as mqtt

from fleet import metrics
from fleet.domain.supplying import Pace, Wish, Wishes
from fleet.flows.keep_unread import refuse_large
from fleet.flows.supply import Shelf, Unsure
from fleet.logs import unread
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.broker import Broker
from fleet.workers.broker_worker import BrokerWorker
from fleet.workers.receiver import shared_by
from protocols.message import ProtocolError, decode
from protocols.releases import FilePiece, FileWanted
from protocols.topics import parse

log = logging.getLogger(__name__)

WAIT_S = 0.25
TAKEN_AT_ONCE = 2000
SERVED_AT_ONCE = 100
FLYING_AT_MOST = 200
# Pieces that paho has and the broker has not taken yet: more would only wait in memory, and nobody could be served in
# turn any more.
WRITE_S = 5.0


class Supplier(BrokerWorker[Broker]):
    """Answers devices that ask for pieces of a release."""

    name = "supplier"

    def __init__(self, store: Store, settings: Settings) -> None:
        share = f"{shared_by(settings)}/" if settings.broker_protocol == "5" else ""
        super().__init__(settings, Broker(settings, self.name, [(f"{share}mc/1/+/up/file", 0)]))
        self.shelf = Shelf(store)
        self.wishes = Wishes()
        self.pace = Pace(settings.supply_rate)
        self.flying: deque[mqtt.MQTTMessageInfo] = deque()

    def round(self) -> None:
        """Take what has arrived, and answer some of it."""
        wait_s = self.pace.wait_s(time.monotonic()) if self.wishes else WAIT_S
        for message in self.broker.take(TAKEN_AT_ONCE, min(wait_s, WAIT_S)):
            self.heard(message)
        if not self.broker.is_up:
            self.wishes.clear()  # whoever waits for an answer asks again
            self.flying.clear()
        self.serve()
        metrics.SUPPLY_WAITING.set(len(self.wishes))

    def heard(self, message: mqtt.MQTTMessage) -> None:
        """Keep a wish until its turn; one that can not be read is only counted, since devices ask again and again."""
        metrics.MESSAGES.labels("file").inc()
        try:
            device, _, _ = parse(message.topic)
            payload = bytes(message.payload)
            refuse_large(payload)
            wanted = decode(FileWanted, payload)
        except ProtocolError as err:
            metrics.SUPPLY_REFUSED.labels("unreadable").inc()
            log.debug("unreadable wish on %s: %s", message.topic[:80], unread(err))
            return
        if not self.wishes.add(Wish(device, wanted.name, wanted.offset, wanted.length)):
            metrics.SUPPLY_REFUSED.labels("too_many").inc()

    def serve(self) -> None:
        """Answer the next wishes, as many as may go now."""
        for _ in range(SERVED_AT_ONCE):
            if not self.wishes or self.pace.wait_s(time.monotonic()) > 0:
                return
            self.answer(self.wishes.take())
            while len(self.flying) >= FLYING_AT_MOST:
                self.wait_for(self.flying.popleft())

    def answer(self, wish: Wish) -> None:
        """One piece."""
        try:
            data = self.shelf.piece(wish.name, wish.offset, wish.length)
        except Unsure:
            metrics.SUPPLY_REFUSED.labels("unsure").inc()
            return
        if not data:
            metrics.SUPPLY_REFUSED.labels("unknown").inc()
        text = base64.b64encode(data).decode()
        piece = FilePiece(name=wish.name, offset=wish.offset, data=text)
        self.flying.append(self.broker.tell(wish.device, "file", piece, qos=0))
        self.pace.went(len(data) or 1, time.monotonic())
        metrics.SUPPLIED.inc(len(data))
        metrics.SUPPLIED_PIECES.inc()

    def wait_for(self, info: mqtt.MQTTMessageInfo) -> None:
        """Until the broker has taken this piece; that is where it holds us back."""
        try:
            info.wait_for_publish(WRITE_S)
        except (RuntimeError, ValueError):
            pass  # there is no connection any more
