"""A conversation with Mosquitto's dynamic security, over the fleet's own connection."""

import json
import logging
import queue
import threading
import time
from collections.abc import Sequence
from itertools import count
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from fleet.broker_client import broker_client, broker_host
from fleet.domain.access import AccessFailed
from fleet.provisioning.dynsec_commands import Command
from fleet.settings import Settings

log = logging.getLogger(__name__)

CONTROL = "$CONTROL/dynamic-security/v1"
ANSWERS = f"{CONTROL}/response"
VERSION = "$SYS/broker/version"
KEEPALIVE_S = 30
REACHED_WITHIN_S = 5.0
VERSION_WITHIN_S = 2.0
ANSWERED_WITHIN_S = 60.0
AT_ONCE = 50
LISTED_AT_ONCE = 500


class Control:
    """Commands go out, answers come back; the connection returns by itself, and says that it was gone."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.was_gone = True
        self.ready = threading.Event()
        self.versioned = threading.Event()
        self.version = ""
        self.refusal = ""
        self.answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self.serials = count(1)
        self.client: mqtt.Client | None = None

    def ask(self, commands: Sequence[Command]) -> list[dict[str, Any]]:
        """Tell all of this in one message; the answers. Raises AccessFailed if one is refused."""
        answers = self.ask_at_once(commands)
        for command, answer in zip(commands, answers, strict=True):
            if "error" in answer:
                about = command.get("username") or command.get("rolename") or "all"
                raise Refusal(str(command["command"]), str(about), str(answer["error"]))
        return answers

    def work_off(
        self, commands: Sequence[Command], at_once: int = AT_ONCE, within_s: float = ANSWERED_WITHIN_S
    ) -> bool:
        """Tell as much of this as there is time for, some in each message; whether it was all. Raises AccessFailed."""
        until_s = time.monotonic() + within_s
        for first in range(0, len(commands), at_once):
            if first and time.monotonic() > until_s:
                return False
            self.ask(commands[first : first + at_once])
        return True

    def ask_at_once(self, commands: Sequence[Command]) -> list[dict[str, Any]]:
        """One message and its answer. Raises AccessFailed."""
        client = self.reached()
        while not self.answers.empty():
            self.answers.get_nowait()  # of a question that nobody waits for any more
        serial = f"motcua {next(self.serials)}"
        body = {"commands": [{**command, "correlationData": serial} for command in commands]}
        client.publish(CONTROL, json.dumps(body), qos=1)
        while True:
            try:
                found = self.answers.get(timeout=ANSWERED_WITHIN_S)
            except queue.Empty:
                raise AccessFailed(
                    f"Mosquitto's dynamic security did not answer within {ANSWERED_WITHIN_S:.0f} s: is the plugin "
                    f"loaded, and may {self.settings.broker_user!r} write {CONTROL}?"
                ) from None
            if "gone" in found:
                raise AccessFailed("Mosquitto was lost while its dynamic security was told")
            answers: list[dict[str, Any]] = found.get("responses", [])
            if answers and answers[0].get("correlationData") == serial:
                return answers

    def everything(self, command: str, name: str, **more: object) -> list[Any]:
        """All of a list that the plugin gives in parts. Raises AccessFailed."""
        found: list[Any] = []
        while True:
            asked = {"command": command, "count": LISTED_AT_ONCE, "offset": len(found), **more}
            data = self.ask([asked])[0]["data"]
            found += data[name]
            if len(found) >= int(data["totalCount"]) or not data[name]:
                return found

    def reached(self) -> mqtt.Client:
        """The connection, listening for answers. Raises AccessFailed."""
        if self.client is None:
            self.client = broker_client(self.settings)
            self.client.on_connect = self.connected
            self.client.on_subscribe = self.subscribed
            self.client.on_disconnect = self.disconnected
            self.client.on_message = self.heard
            self.client.reconnect_delay_set(1, 10)
            self.client.connect_async(broker_host(self.settings), self.settings.broker_port, KEEPALIVE_S)
            self.client.loop_start()
        if not self.ready.wait(REACHED_WITHIN_S):
            raise AccessFailed(self.refusal or "Mosquitto cannot be reached, to tell its dynamic security")
        self.versioned.wait(VERSION_WITHIN_S)
        return self.client

    def leave(self) -> None:
        """Say no more."""
        if self.client is not None:
            self.client.disconnect()
            self.client.loop_stop()

    def connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        """paho: the broker answered; whatever it knew before may be gone."""
        if reason.is_failure:
            self.refusal = f"Mosquitto refuses the account {self.settings.broker_user!r}: {reason}"
            return
        self.was_gone = True
        client.subscribe([(ANSWERS, 1), (VERSION, 0)])

    def subscribed(self, _client: mqtt.Client, _data: Any, _mid: int, reasons: list[ReasonCode], _more: Any) -> None:
        """paho: whether we may hear answers."""
        if reasons[0].is_failure:
            self.refusal = (
                f"Mosquitto does not let the account {self.settings.broker_user!r} read {ANSWERS}: it needs a role "
                "that may administer dynamic security"
            )
            return
        self.refusal = ""
        self.ready.set()

    def disconnected(
        self, _client: mqtt.Client, _data: Any, _flags: Any, _reason: ReasonCode, _properties: Any
    ) -> None:
        """paho: the connection is gone; whoever waits for an answer waits in vain."""
        self.ready.clear()
        self.was_gone = True
        self.answers.put({"gone": True})

    def heard(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        """paho: an answer, or the broker's version."""
        if message.topic == VERSION:
            self.version = message.payload.decode(errors="replace")
            self.versioned.set()
            return
        try:
            self.answers.put(json.loads(message.payload))
        except ValueError:
            log.warning("an answer of Mosquitto's dynamic security is no JSON: %r", message.payload[:80])


class Refusal(AccessFailed):
    """The plugin refuses a command, in its own words."""

    def __init__(self, command: str, about: str, error: str) -> None:
        super().__init__(f"Mosquitto's dynamic security refuses {command} of {about!r}: {error}")
        self.error = error
