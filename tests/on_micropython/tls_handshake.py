"""Runs on the MicroPython VM: `tls_handshake.py <port>`, with the network as JSON in NETWORK; one JSON line.

How long it took until the broker's welcome, and for how long at most the rest of the device stood still meanwhile.
"""

import asyncio
import gc
import json
import os
import sys
import time

from firmware.connection import Connection
from firmware.greeting import connect
from firmware.mqtt import MQTT_5, Answer, Mqtt

TCP, NO_DELAY = 6, 1


class Guest:
    """Says nothing after the first packet."""

    turns = 0

    def fill(self, now):
        pass

    def due_ms(self, now):
        pass

    def take(self, what):
        if isinstance(what, Answer):
            raise OSError("welcome")  # what ends a connection


async def tick(gaps):
    """The rest of the device: wants its turn each millisecond."""
    last_us = time.ticks_us()
    while True:
        await asyncio.sleep_ms(1)
        now_us = time.ticks_us()
        gaps.append(time.ticks_diff(now_us, last_us))
        last_us = now_us


async def main(port, described):
    known = json.loads(described)
    gaps = []
    task = asyncio.create_task(tick(gaps))
    await asyncio.sleep_ms(50)
    gc.collect()
    gaps.clear()
    began_us = time.ticks_us()
    stream, _ = await asyncio.open_connection("127.0.0.1", port)
    stream.s.setsockopt(TCP, NO_DELAY, 1)
    if known:
        from firmware.tls import TlsStream, tls_of

        stream = TlsStream(stream.s, tls_of(known, "b-1"))
    mqtt = Mqtt(MQTT_5, bytearray(512))
    connect(mqtt, "b-1", "b-1", "pw", 30, ("t/gone", b"gone"))
    try:
        await Connection(stream, mqtt, Guest(), asyncio.Event(), time.ticks_ms).serve()
    except OSError as err:
        took_us = time.ticks_diff(time.ticks_us(), began_us)
        await asyncio.sleep_ms(5)
        task.cancel()
        print(json.dumps({"ended": str(err), "took_us": took_us, "gap_us": max(gaps)}))


asyncio.run(main(int(sys.argv[1]), os.getenv("NETWORK")))
