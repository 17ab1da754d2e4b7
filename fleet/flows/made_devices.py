"""Devices of a made day, and their troubles: off line for a while, restarted without a clock, told twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from fleet.domain.recording import Began, Came
from protocols.event import encode_event
from protocols.events import Event
from protocols.identity import event_id

MIN = 60_000
OFF_LINE, RESTARTED, ANCHORED = 0.1, 0.08, 0.67
# Shares: of devices that are cut off once a day, that restart once, and of the latter that tell the fleet their uptime.
REPEATED = 0.02


@dataclass(frozen=True)
class Troubles:
    """What befalls a device: from when to when it is cut off, when it restarts, and until when it has no clock then."""

    off_ms: int | None = None
    on_ms: int | None = None
    restart_ms: int | None = None
    clock_ms: int | None = None
    anchored: bool = True


class Trouble:
    """Gives troubles to devices."""

    def __init__(self, chance: Random, opens_ms: int, closes_ms: int) -> None:
        self.chance = chance
        self.opens_ms = opens_ms
        self.closes_ms = closes_ms

    def of_device(self) -> Troubles:
        """What befalls the next device."""
        off_ms = on_ms = restart_ms = clock_ms = None
        if self.chance.random() < OFF_LINE:
            off_ms = self.chance.randint(self.opens_ms, self.closes_ms)
            on_ms = off_ms + self.chance.randint(20, 240) * MIN
        if self.chance.random() < RESTARTED:
            restart_ms = self.chance.randint(self.opens_ms, self.closes_ms)
            clock_ms = restart_ms + self.chance.randint(5, 60) * MIN
        return Troubles(off_ms, on_ms, restart_ms, clock_ms, self.chance.random() < ANCHORED)


@dataclass
class MadeDevice:
    """A device: what it does is numbered as it happens, whenever it is told."""

    name: str
    began_ms: int
    troubles: Troubles
    first_boot: int
    """Of this day; with the one after a restart a day has two."""
    done: list[tuple[int, int, Event]] = field(default_factory=list)
    """(when, in which boot, what)"""
    seqs: dict[int, int] = field(default_factory=dict)

    def does(self, ms: int, event: type[Event], **fields: object) -> str:
        """Something happens on it; its identity."""
        ms = max(ms, self.done[-1][0] if self.done else ms)
        boot, began_ms, clock = self.first_boot, self.began_ms, True
        restart_ms, clock_ms = self.troubles.restart_ms, self.troubles.clock_ms
        if restart_ms is not None and clock_ms is not None and ms >= restart_ms:
            boot, began_ms, clock = self.first_boot + 1, restart_ms, ms >= clock_ms
        up_ms = ms - began_ms
        self.done.append((ms, boot, event(up=up_ms, at=ms if clock else None, **fields)))
        seq = self.seqs.get(boot, 0)
        self.seqs[boot] = seq + 1
        return event_id(self.name, 1, boot, seq)

    def is_off_line(self, ms: int) -> bool:
        """Whether the fleet can neither hear nor tell it anything."""
        off_ms, on_ms = self.troubles.off_ms, self.troubles.on_ms
        return off_ms is not None and on_ms is not None and off_ms <= ms < on_ms

    def told(self, chance: Random) -> tuple[list[Came], Sequence[Began]]:
        """Its events as they come to the fleet, and what it tells of its boots."""
        came = []
        numbers: dict[int, int] = {}
        last_ms = 0
        for ms, boot, event in self.done:
            seq = numbers.get(boot, 0)
            numbers[boot] = seq + 1
            heard_ms = self.troubles.on_ms if self.is_off_line(ms) and self.troubles.on_ms is not None else ms
            last_ms = max(last_ms, heard_ms + chance.randint(100, 900))
            one = Came(last_ms, self.name, 1, boot, {**encode_event(event), "seq": seq})
            came.append(one)
            if chance.random() < REPEATED:
                came.append(Came(last_ms + 5_000, self.name, 1, boot, one.event))
        boots = [Began(self.name, 1, self.first_boot, self.began_ms, True)]
        if self.troubles.restart_ms is not None and self.troubles.anchored:
            boots.append(Began(self.name, 1, self.first_boot + 1, self.troubles.restart_ms, True))
        return came, boots
