"""amqtt in Mosquitto's place, where none is installed: slower, forgetful, and of MQTT 3.1.1 only.

Receipts keep it correct: what it forgets, devices send again. It asks for the same passwords and keeps the same access
rule as Mosquitto does. Run as `python -m fleet.laptop.stand_in PORT PASSWORDS`.
"""

import asyncio
import base64
import hashlib
import secrets
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from fleet.flows.enrol import FLEET_USER
from fleet.laptop.broker import PrivateBroker


class StandInBroker(PrivateBroker):
    """amqtt in a process of its own; one door for all."""

    name = "amqtt"
    protocol = "3.1.1"
    two_doors = False

    def command(self) -> list[str]:
        """This module, run by itself."""
        return [
            sys.executable,
            "-m",
            "fleet.laptop.stand_in",
            str(self.devices_port),
            str(self.directory / "passwords"),
        ]

    def settings(self) -> dict[str, str]:
        """It needs no other file."""
        return {}


class PasswordFile(BaseAuthPlugin):  # type: ignore[misc]
    """Who may connect: those in Mosquitto's password file, a device under no client id but its own."""

    @dataclass
    class Config:
        """What amqtt may be told of this plugin."""

        file: str

    async def authenticate(self, *, session: Session) -> bool:
        """Whether this connection is let in."""
        name, password = session.username or "", session.password or ""
        if name != FLEET_USER and (session.client_id != name or not says(name, session.will_topic)):
            return False  # amqtt asks nobody about the topic of a last will
        return is_known(name, password, self.config.file)


class OwnTopics(BaseTopicPlugin):  # type: ignore[misc]
    """A device writes only what it says and reads only what it is told."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """Whether this session may use this topic so."""
        name = (session.username if session is not None else None) or ""
        if name == FLEET_USER:
            return True
        if action == Action.PUBLISH:
            return says(name, topic)
        return (topic or "").startswith(f"mc/1/{name}/down/")


def is_known(name: str, password: str, passwords: str) -> bool:
    """Whether the file of passwords has this one."""
    known = dict(line.split(":", 1) for line in Path(passwords).read_text().splitlines())
    return name in known and fits(password, known[name])


def says(device: str, topic: str | None) -> bool:
    """Whether this is a topic on which the device says something, or none."""
    return topic is None or topic.startswith(f"mc/1/{device}/up/")


def fits(password: str, stored: str) -> bool:
    """Whether this is the password of a `$7$` hash."""
    _, _, rounds, salt, digest = stored.split("$")
    found = hashlib.pbkdf2_hmac("sha512", password.encode(), base64.b64decode(salt), int(rounds))
    return secrets.compare_digest(found, base64.b64decode(digest))


async def serve(port: int, passwords: str) -> None:
    """Be a broker until told to stop."""
    settings: dict[str, Any] = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {
            f"{__spec__.name}.{PasswordFile.__name__}": {"file": passwords},
            f"{__spec__.name}.{OwnTopics.__name__}": {},
        },
    }
    broker = Broker(settings)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    reloads = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, reloads.set)
    await broker.start()
    letting_go = asyncio.create_task(let_go(broker, passwords, reloads))
    await told.wait()
    letting_go.cancel()
    await broker.shutdown()


async def let_go(broker: Broker, passwords: str, reloads: asyncio.Event) -> None:
    """The file is read at each connection; when told to read it again, end the sessions of those it no longer knows."""
    while True:
        await reloads.wait()
        reloads.clear()
        for session, handler in list(broker.sessions.values()):
            if not is_known(session.username or "", session.password or "", passwords):
                await handler.handle_connection_closed()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
