"""Runs on the MicroPython VM: `mqtt_speed.py <port> <messages> <bytes> <most in flight>`; one JSON line.

The shipping connection and nothing else: so many QoS 1 messages as fast as the broker acknowledges them.
"""

import asyncio
import json
import sys
import time

from firmware.connection import Connection
from firmware.greeting import connect
from firmware.mqtt import MQTT_5, Answer, Mqtt

ROOM_BYTES = 1024 + 64


class Done(Exception):
    """All is acknowledged."""


class Speaker:
    """Says its messages, so many in flight at most."""

    turns = 0

    def __init__(self, mqtt, messages, size, most):
        self.mqtt = mqtt
        self.left = messages
        self.payload = b"x" * size
        self.most = most
        self.welcome = False
        self.began_us = 0

    def fill(self, now):
        mqtt = self.mqtt
        if not self.welcome:
            return
        while self.left and len(mqtt.unacknowledged) < self.most:
            if mqtt.publish("t/speed", self.payload, 1) is None:
                return
            self.left -= 1

    def due_ms(self, now):
        if self.welcome and not self.left and not self.mqtt.unacknowledged:
            raise Done
        return

    def take(self, what):
        if isinstance(what, Answer):
            self.welcome = True
            self.began_us = time.ticks_us()


async def main(port, messages, size, most):
    stream, _ = await asyncio.open_connection("127.0.0.1", port)
    mqtt = Mqtt(MQTT_5, bytearray(ROOM_BYTES))
    connect(mqtt, "speed", "speed", "speed", 30, ("t/gone", b"gone"))
    speaker = Speaker(mqtt, messages, size, most)
    try:
        await Connection(stream, mqtt, speaker, asyncio.Event(), time.ticks_ms).serve()
    except Done:
        took_us = time.ticks_diff(time.ticks_us(), speaker.began_us)
        print(json.dumps({"per_s": messages * 1_000_000 / took_us}))


asyncio.run(main(*[int(one) for one in sys.argv[1:5]]))
