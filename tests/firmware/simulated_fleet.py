"""A broker of its own, and a fleet that stores what boards send: just enough of it to meet the real link."""

import asyncio
import base64
import json
import os
import socket
import subprocess
import time
from collections import Counter

import paho.mqtt.client as paho

from fleet.laptop.broker import free_port

MOSQUITTO = "/usr/sbin/mosquitto"
DAY_MS = 86_400_000
CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
set_tcp_nodelay true
"""


class Broker:
    """A Mosquitto that can be killed and started again on its port.

    `settings` are added to its own. `door`: the settings of a second listener, for devices at `devices_port`.
    """

    def __init__(self, directory, settings="", door=""):
        self.port = self.devices_port = free_port()
        text = CONFIG.format(port=self.port) + settings
        if door:
            self.devices_port = free_port()
            text += f"listener {self.devices_port} 127.0.0.1\n{door}"
        if os.geteuid() == 0:
            text += "user root\n"
        self.config = directory / "mosquitto.conf"
        self.config.write_text(text)
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [MOSQUITTO, "-c", self.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"Mosquitto did not listen on port {self.port} within 20 s")

    def kill(self):
        self.process.kill()
        self.process.wait()


class Fleet:
    """Stores events under their identity and answers hellos. `receipts` off: it stores in silence.

    `files` are what it has of releases, by their names; `assign` is asked for a `down/release` for each hello.
    """

    def __init__(self, broker, epoch=3, config=None, state=None):
        self.epoch = epoch
        self.config = config
        self.state = state or {}
        self.receipts = True
        self.report = False
        self.welcomes = True
        self.refuses = set()
        self.files = {}
        self.assign = None
        self.told_refused = []
        self.stored = {}
        self.copies = Counter()
        self.heard = []
        self.changed = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.version = 0
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.on_connect = lambda client, *_: client.subscribe("mc/1/+/up/#", 1)
        self.client.on_message = lambda _, __, message: self.loop.call_soon_threadsafe(self.hear, message)
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def stop(self):
        self.client.loop_stop()
        self.client.disconnect()

    def say(self, device, name, data, retain=False):
        self.client.publish(f"mc/1/{device}/down/{name}", json.dumps(data), qos=1, retain=retain)

    def say_state(self, device, **parts):
        self.version += 1
        self.say(device, "state", {"version": self.version, "now": now_ms(), **parts})

    def hear(self, message):
        _, _, device, _, name = message.topic.split("/")
        data = json.loads(message.payload)
        self.heard.append((device, name, data))
        if name == "hello" and self.welcomes:
            welcome = {"now": now_ms(), "epoch": self.epoch, "generation": 1, "nonce": data["nonce"]}
            if self.report:
                welcome.update(generation=2, report=True)
            self.say(device, "welcome", welcome)
            if self.config is not None:
                self.say(device, "config", self.config)
            self.say_state(device, **self.state)
            if self.assign is not None and (release := self.assign(device, data)) is not None:
                self.say(device, "release", release)
        elif name == "file":
            self.supply(device, data)
        elif name == "events":
            self.store(device, data)
        self.changed.set()

    def supply(self, device, wanted):
        """A piece of a file, by QoS 0 as it is."""
        end = wanted["offset"] + wanted["length"]
        piece = self.files.get(wanted["name"], b"")[wanted["offset"] : end]
        data = dict(name=wanted["name"], offset=wanted["offset"], data=base64.b64encode(piece).decode())
        self.client.publish(f"mc/1/{device}/down/file", json.dumps(data), qos=0)

    def store(self, device, batch):
        refused = []
        for event in batch["events"]:
            key = (device, batch["epoch"], batch["boot"], event["seq"])
            if event["seq"] in self.refuses:
                refused.append(event["seq"])
                continue
            assert self.stored.setdefault(key, event) == event, f"two events are {key}"
            self.copies[key] += 1
        if self.receipts and (not refused or len(batch["events"]) == 1):
            self.told_refused += refused
            receipt = {"epoch": batch["epoch"], "boot": batch["boot"], "now": now_ms(), "refused": refused}
            through = batch["events"][-1]["seq"] - len(refused)
            self.say(device, "receipt", dict(receipt, through=min(through, self.without_gap(device, batch))))

    def without_gap(self, device, batch):
        """The last event that came or was refused before one that did not: a broker drops what nobody listens to."""
        through = batch["oldest"] - 1
        while (device, batch["epoch"], batch["boot"], through + 1) in self.stored or through + 1 in self.told_refused:
            through += 1
        return through

    def events(self, kind=None):
        """All that is stored, in the order of boot and seq."""
        found = [self.stored[key] for key in sorted(self.stored)]
        return [event for event in found if kind is None or event["kind"] == kind]

    def said(self, name):
        return [data for _, one, data in self.heard if one == name]

    async def until(self, condition, what, within_s=60.0):
        """Wait until it is so; what the fleet has heard changes it."""
        deadline = time.monotonic() + within_s
        while not condition():
            self.changed.clear()
            left = deadline - time.monotonic()
            try:
                await asyncio.wait_for(self.changed.wait(), max(left, 0.001))
            except TimeoutError:
                heard = Counter(name for _, name, _ in self.heard)
                heard.update(" ".join((one["kind"], one.get("reason", ""))).strip() for one in self.events())
                raise AssertionError(f"expected {what} within {within_s:g} s; heard {dict(heard)}") from None


def now_ms():
    return int(time.time() * 1000)


def lease(service="a", prefix="A", last=50, name="srv-1/1/1/42"):
    return {
        "id": name,
        "service": service,
        "prefix": prefix,
        "day": "2026-11-22",
        "first": 1,
        "last": last,
        "secret": "00" * 16,
        "since": now_ms() - DAY_MS,
        "expires": now_ms() + DAY_MS,
    }


def config(*roles, version=1):
    services = [{"button": 1, "service": "a", "prefix": "A", "name": "Chứng thực"}]
    return {
        "version": version,
        "roles": list(roles),
        "office": "Một cửa",
        "hotline": "1022",
        "services": services,
        "scale": 5,
    }
