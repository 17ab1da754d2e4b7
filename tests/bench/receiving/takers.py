"""Who takes the messages, each a process: the receiver as an operator starts it, or one that does nothing."""

import os
import shutil
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

from fleet.flows.enrol import FLEET_USER
from fleet.laptop.broker import die_with_parent
from tests.bench.receiving.house import PASSWORD, House, wait_for
from tests.bench.receiving.messages import last_of
from tests.bench.receiving.usage import cpu_us, rss_mb

FILTER = "$share/fleet/mc/1/+/up/events"
ENDS_WITHIN_S = 60
UP = b"connected to the broker"
NULLS = ("paho", "line", "c")
C_SOURCE = Path(__file__).parent / "null_subscriber.c"


class Taker(ABC):
    """A process that takes messages."""

    process: "subprocess.Popen[bytes]"

    @abstractmethod
    def await_ready(self) -> None:
        """Until it is subscribed."""

    @abstractmethod
    def await_all(self, boot: int, messages: int, per_message: int) -> None:
        """Until it has taken the whole flood of this boot."""

    def pause(self) -> None:
        """Let it stand still; what comes waits at the broker."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """As the kernel would when memory is short."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it."""
        self.go_on()
        self.process.terminate()
        self.process.wait(ENDS_WITHIN_S)

    def leave(self) -> None:
        """End it, and whatever the broker keeps for it."""
        self.stop()

    def cpu_us(self) -> float:
        """What it has used so far."""
        return cpu_us(self.process.pid)

    def rss_mb(self) -> float:
        """What it holds."""
        return rss_mb(self.process.pid)


class Null(Taker):
    """Acknowledges, and does nothing else; says so after as many messages as a flood has."""

    def __init__(self, house: House, kind: str, messages: int) -> None:
        program = (
            [str(compiled(house.folder))]
            if kind == "c"
            else [sys.executable, "-m", "tests.bench.receiving.nulls", kind]
        )
        told = [str(house.broker.fleet_port), FLEET_USER, PASSWORD, FILTER, str(messages)]
        self.process = subprocess.Popen([*program, *told], stdout=subprocess.PIPE, preexec_fn=die_with_parent)

    def await_ready(self) -> None:
        """It says so."""
        self.await_word(b"ready\n")

    def await_all(self, boot: int, messages: int, per_message: int) -> None:
        """It says so."""
        self.await_word(b"done\n")

    def await_word(self, word: bytes) -> None:
        """Its next line."""
        assert self.process.stdout is not None
        found = self.process.stdout.readline()
        assert found == word, f"expected {word!r}, found {found!r}"


class Receiving(Taker):
    """`motcua receive`."""

    def __init__(self, house: House, db: str, number: int = 1, more: Mapping[str, str] | None = None) -> None:
        self.house, self.db = house, db
        self.log = house.folder / f"receive-{db}-{number}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fleet", "receive"],
                env={**os.environ, **told(house, db), **(more or {})},
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )

    def await_ready(self) -> None:
        """It says that it is connected, and somebody takes what devices say."""
        wait_for(lambda: UP in self.log.read_bytes() or self.has_ended(), "a receiver that is connected", 120)
        assert not self.has_ended(), self.log.read_text()[-2000:]
        wait_for(self.house.load.heard_by_somebody, "a receiver that has subscribed", 120)

    def has_ended(self) -> bool:
        """Whether it ended by itself."""
        return self.process.poll() is not None

    def await_all(self, boot: int, messages: int, per_message: int) -> None:
        """Until all is committed."""
        self.await_each(boot, messages, last_of(messages, per_message))

    def await_each(self, boot: int, messages: int, last: Mapping[str, int]) -> None:
        """Until all up to the last number of each device is committed."""
        wait_for(lambda: self.house.has(self.db, boot, last), f"{messages} messages to be stored")


def told(house: House, db: str) -> dict[str, str]:
    """The settings of a receiver, as its environment says them."""
    return {
        "MOTCUA_DATA": str(house.folder / db),
        "MOTCUA_DATABASE": house.stores[db].url,
        "MOTCUA_BROKER_HOST": "127.0.0.1",
        "MOTCUA_BROKER_PORT": str(house.broker.fleet_port),
        "MOTCUA_BROKER_USER": FLEET_USER,
        "MOTCUA_BROKER_PASSWORD": PASSWORD,
    }


def nulls_here() -> tuple[str, ...]:
    """Those that can run here: one wants a C compiler."""
    return NULLS if shutil.which("cc") else tuple(kind for kind in NULLS if kind != "c")


def compiled(folder: Path) -> Path:
    """The subscriber in C."""
    program = folder / "null_subscriber"
    if not program.exists():
        subprocess.run(["cc", "-O2", "-o", program, C_SOURCE], check=True)
    return program
