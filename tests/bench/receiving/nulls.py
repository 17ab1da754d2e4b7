"""Subscribers that acknowledge and do nothing else, each a process: by paho, and by our own line without a receiver.

`python -m tests.bench.receiving.nulls {paho|line} PORT USER PASSWORD FILTER N` says what `null_subscriber.c` says:
"ready" once it is subscribed, and "done" after every N messages.
"""

import sys
import threading
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt

from fleet.settings import Settings
from fleet.workers.broker import Broker
from fleet.workers.line import Line

AT_ONCE = 500
WAIT_S = 0.25


def main(kind: str, port: str, user: str, password: str, topic: str, n: str) -> None:
    """Take messages until we are ended."""
    told = {"broker_host": "127.0.0.1", "broker_port": port, "broker_user": user, "broker_password": password}
    {"paho": by_paho, "line": by_line}[kind](Settings.model_validate(told), topic, counter(int(n)))


def counter(wanted: int) -> Callable[[int], None]:
    """Counts messages, and says "done" after every so many."""
    seen = 0

    def count(more: int) -> None:
        nonlocal seen
        before, seen = seen // wanted, seen + more
        if seen // wanted > before:
            print("done", flush=True)

    return count


def by_paho(settings: Settings, topic: str, count: Callable[[int], None]) -> None:
    """paho with manual acknowledgement, in its own thread."""

    def took(client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        client.ack(message.mid, message.qos)
        count(1)

    def subscribed(*_: Any) -> None:
        print("ready", flush=True)

    broker = Broker(settings, "null", [(topic, 1)])
    broker.client.on_message = took
    broker.client.on_subscribe = subscribed
    broker.start()
    threading.Event().wait()


def by_line(settings: Settings, topic: str, count: Callable[[int], None]) -> None:
    """The receiver's own connection."""
    line = Line(settings, "null", [(topic, 1)])
    line.start()
    line.subscribed.wait()
    print("ready", flush=True)
    while True:
        taken = line.take(AT_ONCE, WAIT_S)
        if taken:
            line.acknowledge(taken)
            count(len(taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
