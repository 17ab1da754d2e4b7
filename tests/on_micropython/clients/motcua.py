"""Events by motcua's client and outbox: each is on flash before it counts, and forgotten when the fleet has stored it.

This is the shipping code without the device around it: no roles, clock, configuration or presence, and of the contract
only what a receipt says. As on a device the outbox is open before the link is loaded (`firmware/starting.py`).
"""

import asyncio
import json
import os
import time

from firmware.outbox import Outbox
from firmware.sparing import lent

DEVICE = "b-1"
MOST_IN_FLIGHT = int(os.getenv("TASKS") or "10")
# As many as the other clients have tasks that publish.

CONNACK = 0x20


class Told:
    """A receipt."""

    def __init__(self, epoch, boot, through, refused, now):
        self.epoch = epoch
        self.boot = boot
        self.through = through
        self.refused = refused


class Client:
    """Appends, sends batches, hears receipts."""

    turns = 0

    def __init__(self, port):
        self.port = port
        self.outbox = Outbox(os.getenv("ROOT"), 3, 1)
        from firmware.delivery import Delivery
        from firmware.mqtt import MQTT_5, Mqtt

        self.delivery = Delivery(self.outbox)
        self.mqtt = Mqtt(MQTT_5, bytearray(1024 + 64))
        self.woken = asyncio.Event()
        self.welcome = False

    def run(self, events, idle):
        asyncio.run(self.carry(events, idle))

    async def carry(self, events, idle):
        from firmware.connection import Connection

        stream, _ = await asyncio.open_connection("127.0.0.1", self.port)
        stream.s.setsockopt(6, 1, 1)
        lent("greeting").connect(self.mqtt, DEVICE, DEVICE, "", 30, ("t/gone", b"gone"))
        self.connection = Connection(stream, self.mqtt, self, self.woken, time.ticks_ms)
        serving = asyncio.create_task(self.connection.serve())
        for payload in events:
            self.outbox.append({"kind": "rating", "text": payload})
            self.woken.set()
            await asyncio.sleep_ms(0)
        while idle or self.outbox.waiting():
            await asyncio.sleep_ms(60_000 if idle else 5)
        serving.cancel()

    def fill(self, now):
        mqtt, delivery = self.mqtt, self.delivery
        while self.welcome and len(mqtt.unacknowledged) < MOST_IN_FLIGHT and not mqtt.waiting:
            sending = delivery.next(now)
            if sending is None:
                return
            delivery.departed(sending, mqtt.publish("mc/1/b-1/up/events", sending.pieces, 1), now)
            sending.pieces.clear()

    def due_ms(self, now):
        return self.delivery.due_ms(now)

    def take(self, what):
        if hasattr(what, "payload"):
            if what.packet_id is not None:
                self.connection.owe(what.packet_id)
            self.delivery.receipt(Told(**json.loads(what.payload)), time.ticks_ms())
        elif what.kind == CONNACK:
            self.welcome = True
            self.delivery.start(self.mqtt.unacknowledged)
            lent("greeting").subscribe(self.mqtt, "mc/1/b-1/down/+", 1)
