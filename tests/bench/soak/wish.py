"""What kind of soak is wanted: by variables of the environment, or by a test."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.soak.house import PROCESSES

MINUTES, DEVICES, PACE_S = 3.0, 300, 4.0
EVERY_S = 4.0
# One fault after another, on average.


@dataclass(frozen=True)
class Wish:
    """What kind of run. `hastens`: a dead linker's windows are not waited for, but linked as if a minute had passed.

    `spoilt`: its receiver loses something. `enough`: it goes on until its devices have said so many events.
    """

    seconds: float = MINUTES * 60
    devices: int = DEVICES
    boards: bool = True
    database: str = "sqlite"
    seed: int = 0
    pace_s: float = PACE_S
    every_s: float = EVERY_S
    hastens: bool = False
    processes: tuple[str, ...] = PROCESSES
    spoilt: bool = False
    enough: int = 0


def wished(environment: Mapping[str, str]) -> Wish:
    """What was asked for by variables; what is empty was not."""

    def value(name: str, otherwise: object) -> str:
        return environment.get(name) or str(otherwise)

    return Wish(
        seconds=float(value("MINUTES", MINUTES)) * 60,
        devices=int(value("DEVICES", DEVICES)),
        boards=value("BOARDS", 1) != "0",
        database=value("DATABASE", "sqlite"),
        seed=int(value("SEED", random.randrange(1_000_000))),
    )
