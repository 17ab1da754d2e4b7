"""Days that nobody lived, made by chance after a model: for those who want to see an office of a certain size at work.

The model, and where its numbers come from, stands in docs/recordings.md. The same size, seed and day give the same
recording, byte for byte.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, exp, log, sqrt
from random import Random

from fleet.domain.day import bounds
from fleet.domain.holidays import holidays, worked
from fleet.domain.office_rhythm import OF_WEEKDAY, PEAK_MIN, SESSIONS
from fleet.domain.queue_policy import PRIORITY, QueuePolicy
from fleet.domain.queueing import Waiting, is_preferred, next_of
from fleet.domain.recording import Began, Came, Given, Recording, Stand
from fleet.flows.made_devices import MadeDevice, Trouble
from protocols import events

MIN = 60_000
HOUR = 60 * MIN
TIMEZONE = "Asia/Ho_Chi_Minh"
SERVICES = (("chung-thuc", "A", "Chứng thực"), ("ho-tich", "B", "Hộ tịch"), ("dat-dai", "C", "Đất đai"))
SHARES = (0.5, 0.3, 0.2)
SERVICE_MIN = (5.0, 11.0, 22.0)
VARIATION = 0.8
BUSY_SHARE = 0.6
# Of a counter's open time somebody is served.
NO_SHOW, PRIORITY_SHARE, SENIOR_SHARE = 0.06, 0.08, 0.15
TRANSFERRED, PARKED = 0.03, 0.02
RATED, RATED_TWICE = 0.35, 0.05
DOSSIERS = ((0, 0.05), (1, 0.75), (2, 0.15), (3, 0.05))
LARGEST = 5_000
FRIDAY = 4
SPREAD = 0.08
MOST_DAYS = 2_000
EARLIEST = date(2000, 1, 1)
# Devices count their boots from then on, two a day, so that days go together in one folder.


class BadSize(ValueError):
    """A size that no office has; the text says why."""


@dataclass
class Person:
    """Somebody with a number: what they come for, how long it takes, and when they may be called again."""

    service: int
    number: int
    came_ms: int
    needs_ms: int
    preferred: bool
    waits_for: int
    at_counter: int | None = None
    passed_ms: int | None = None


@dataclass
class Desk:
    """A counter of the made office."""

    place: int
    keypad: MadeDevice
    buttons: MadeDevice
    services: tuple[int, ...]
    free_ms: int
    recent: list[bool] = field(default_factory=list)
    paused: bool = False


def made_day(visits: int, seed: int, day: str = "2026-11-09") -> Recording:
    """A day on which so many take a number. Raises BadSize."""
    refuse_size(visits)
    refuse_past(day)
    chance = Random(f"{visits}/{seed}")  # noqa: S311 (a model, no secret)
    return MadeOffice(visits, visits, chance, day).recording()


def made_days(visits: int, seed: int, days: int, last: str) -> Iterator[Recording]:
    """As many working days of one office up to the last one, on which about so many take a number. Raises BadSize."""
    refuse_size(visits)
    if not 1 <= days <= MOST_DAYS:
        raise BadSize(f"days: expected a number from 1 to {MOST_DAYS}, found {days}")
    for day in working_days(days, date.fromisoformat(last)):
        refuse_past(day.isoformat())
        chance = Random(f"{visits}/{seed}/{day}")  # noqa: S311 (a model, no secret)
        come = round(visits * OF_WEEKDAY[min(day.weekday(), FRIDAY)] * chance.gauss(1, SPREAD))
        yield MadeOffice(min(max(come, 1), LARGEST), visits, chance, day.isoformat()).recording()


def working_days(days: int, last: date) -> list[date]:
    """The last so many days up to this one on which offices work, the oldest first."""
    found: list[date] = []
    day = last
    while len(found) < days:
        usual = day.weekday() < len(OF_WEEKDAY) and day not in holidays(day.year)
        if usual or day in worked(day.year):
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


def refuse_size(visits: int) -> None:
    """Raises BadSize."""
    if not 1 <= visits <= LARGEST:
        raise BadSize(f"visits: expected a number from 1 to {LARGEST}, found {visits}")


def refuse_past(day: str) -> None:
    """Raises BadSize."""
    if day < EARLIEST.isoformat():
        raise BadSize(f"day: expected {EARLIEST} or later, found {day}")


class MadeOffice:
    """The office, its people and its devices, on one day; `usual` people say how large it is."""

    def __init__(self, visits: int, usual: int, chance: Random, day: str) -> None:
        self.chance = chance
        self.day = day
        self.usual = usual
        self.first_boot = 1 + 2 * (date.fromisoformat(day) - EARLIEST).days
        self.start_ms = bounds(day, TIMEZONE)[0]
        self.opens_ms = self.start_ms + int(SESSIONS[0][0] * HOUR)
        self.closes_ms = self.start_ms + int(SESSIONS[1][1] * HOUR)
        mean_min = sum(share * minutes for share, minutes in zip(SHARES, SERVICE_MIN, strict=True))
        open_min = sum((to - begins) * 60 for begins, to, _ in SESSIONS)
        counters = max(1, ceil(usual * mean_min / (open_min * BUSY_SHARE)))
        self.trouble = Trouble(chance, self.opens_ms, self.closes_ms)
        self.printers = [self.device(f"tp-{one + 1}") for one in range(1 if usual < 300 else 2)]
        self.desks = [self.desk(one, counters) for one in range(counters)]
        self.people = self.arrivals(visits)
        self.rounds: Counter[tuple[str, int]] = Counter()
        self.turns: list[Given] = []

    def device(self, name: str) -> MadeDevice:
        """A device, with the troubles that chance gives it."""
        return MadeDevice(name, self.opens_ms - 30 * MIN, self.trouble.of_device(), self.first_boot)

    def desk(self, place: int, counters: int) -> Desk:
        """A counter: in a small office each calls for everything, in a larger one for two services."""
        services = (0, 1, 2) if counters < 4 else (place % 3, (place + 1) % 3)
        keypad, buttons = self.device(f"q-{place + 1}"), self.device(f"nut-{place + 1}")
        return Desk(place, keypad, buttons, services, self.opens_ms)

    def arrivals(self, visits: int) -> list[Person]:
        """Who comes when: in each session ever more until the peak, then ever fewer."""
        moments = []
        for _ in range(visits):
            begins, to, _ = self.chance.choices(SESSIONS, [share for _, _, share in SESSIONS])[0]
            length_min = (to - begins) * 60
            minutes = self.chance.triangular(0, length_min, PEAK_MIN)
            moments.append(self.start_ms + int((begins * 60 + minutes) * MIN))
        taken = [0] * len(SERVICES)
        people = []
        for came_ms in sorted(moments):
            service = self.chance.choices(range(len(SERVICES)), SHARES)[0]
            taken[service] += 1
            people.append(self.person(service, taken[service], came_ms))
        return people

    def person(self, service: int, number: int, came_ms: int) -> Person:
        """Somebody takes a number at a printer."""
        preferred = self.chance.random() < PRIORITY_SHARE
        senior = self.chance.random() < SENIOR_SHARE
        printer = self.printers[number % len(self.printers)]
        name = SERVICES[service][0]
        lease = f"{printer.name}-{name}"
        priority = PRIORITY if preferred else ""
        printer.does(
            came_ms, events.TicketTaken, service=name, number=number, lease=lease, priority=priority, senior=senior
        )
        printer.does(came_ms + 900, events.TicketPrinted, service=name, number=number)
        return Person(service, number, came_ms, self.service_ms(service), preferred or senior, service)

    def service_ms(self, service: int) -> int:
        """How long it takes: log-normal, of the service's mean."""
        sigma = sqrt(log(1 + VARIATION**2))
        minutes = exp(self.chance.gauss(log(SERVICE_MIN[service]) - sigma**2 / 2, sigma))
        return int(min(max(minutes, 0.5), 120) * MIN)

    def recording(self) -> Recording:
        """The day: whichever counter is free first calls whom the rules of the queue give it."""
        waiting: list[Person] = []
        coming = list(reversed(self.people))
        while True:
            desk = min(self.desks, key=lambda one: (one.free_ms, one.place))
            now_ms = desk.free_ms
            if now_ms >= self.closes_ms:
                break
            while coming and coming[-1].came_ms <= now_ms:
                waiting.append(coming.pop())
            if self.at_lunch(desk, now_ms):
                continue
            person = self.next(desk, waiting, now_ms)
            if person is None:
                desk.free_ms = max(now_ms + 15_000, min((one.came_ms for one in coming[-1:]), default=self.closes_ms))
                continue
            waiting.remove(person)
            self.serve(desk, person, waiting, now_ms)
        return self.told()

    def at_lunch(self, desk: Desk, now_ms: int) -> bool:
        """Between the sessions a counter pauses."""
        lunch_ms = self.start_ms + int(SESSIONS[0][1] * HOUR)
        back_ms = self.start_ms + int(SESSIONS[1][0] * HOUR)
        if desk.paused or not lunch_ms <= now_ms < back_ms:
            return False
        desk.paused = True
        desk.keypad.does(now_ms, events.Paused, reason="lunch")
        desk.keypad.does(back_ms, events.Resumed)
        desk.free_ms = back_ms + 1_000
        return True

    def next(self, desk: Desk, waiting: Sequence[Person], now_ms: int) -> Person | None:
        """Whom this counter calls."""
        able = {
            (SERVICES[one.service][0], one.number): one
            for one in waiting
            if one.came_ms <= now_ms and one.at_counter in (None, desk.place) and one.waits_for in desk.services
        }
        chosen = next_of(
            [
                Waiting(service, number, one.came_ms, 0 if one.preferred else None, str(number), one.passed_ms)
                for (service, number), one in able.items()
            ],
            desk.recent[-9:],
            now_ms,
            QueuePolicy(),
        )
        if chosen is None:
            return None
        desk.recent.append(is_preferred(chosen, now_ms))
        if desk.recent[-1]:
            for one in able.values():
                if one.came_ms < chosen.since_ms and one.passed_ms is None:
                    one.passed_ms = now_ms
        return able[chosen.service, chosen.number]

    def serve(self, desk: Desk, person: Person, waiting: list[Person], now_ms: int) -> None:
        """A visit, from the call to what closes it."""
        name, keypad = SERVICES[person.service][0], desk.keypad
        of_number: dict[str, object] = {"service": name, "number": person.number}
        if person.at_counter is not None:
            keypad.does(now_ms, events.Resumed, **of_number)
        else:
            self.give(desk, person, now_ms)
            keypad.does(now_ms, events.NumberCalled, **of_number)
        self.rounds[name, person.number] += 1
        if person.at_counter is None and self.chance.random() < NO_SHOW:
            keypad.does(now_ms + 40_000, events.NumberRecalled, **of_number)
            desk.free_ms = now_ms + 80_000
            keypad.does(desk.free_ms, events.NoShow, **of_number)
            desk.free_ms += 2_000
            return
        end_ms = now_ms + person.needs_ms
        dossiers = self.chance.choices([n for n, _ in DOSSIERS], [share for _, share in DOSSIERS])[0]
        for one in range(dossiers):
            code = f"H15.50.05.13-261008-{self.chance.randint(1, 9999):04d}"
            at_ms = now_ms + (one + 1) * person.needs_ms // (dossiers + 2)
            keypad.does(at_ms, events.CodeScanned, what="dossier", code=code)
        desk.free_ms = end_ms + self.chance.randint(2_000, 30_000)
        turn = self.chance.random()
        if turn < TRANSFERRED and person.at_counter is None:
            other = (person.service + 1) % len(SERVICES)
            keypad.does(end_ms, events.Transferred, to_service=SERVICES[other][0], **of_number)
            needs_ms = self.service_ms(other)
            waiting.append(Person(person.service, person.number, end_ms, needs_ms, person.preferred, other))
        elif turn < TRANSFERRED + PARKED and person.at_counter is None:
            keypad.does(end_ms, events.Parked, **of_number)
            back_ms = end_ms + self.chance.randint(10, 30) * MIN
            needs_ms = person.needs_ms // 2
            waiting.append(Person(person.service, person.number, back_ms, needs_ms, True, person.service, desk.place))
        else:
            self.finish(desk, end_ms, of_number)

    def give(self, desk: Desk, person: Person, now_ms: int) -> None:
        """The fleet's decision, before the keypad calls."""
        name = SERVICES[person.service][0]
        self.turns.append(
            Given(
                assigned_ms=now_ms,
                counter=f"quay-{desk.place + 1}",
                device=desk.keypad.name,
                service=name,
                number=person.number,
                round=self.rounds[name, person.number],
                want=len(self.turns) + 1,
                priority=person.preferred,
                since_ms=person.came_ms,
            )
        )

    def finish(self, desk: Desk, end_ms: int, of_number: dict[str, object]) -> None:
        """The visit is finished; some rate it, and some of these change their minds."""
        finish = desk.keypad.does(end_ms, events.VisitFinished, **of_number)
        if self.chance.random() >= RATED:
            return
        armed = None if desk.buttons.is_off_line(end_ms) else finish
        score = self.chance.choices((1, 2, 3, 4, 5), (2, 3, 10, 35, 50))[0]
        at_ms = end_ms + self.chance.randint(1_500, 20_000)
        desk.buttons.does(at_ms, events.RatingGiven, score=score, scale=5, armed=armed)
        if self.chance.random() < RATED_TWICE:
            desk.buttons.does(at_ms + 2_500, events.RatingGiven, score=5, scale=5, armed=armed)

    def told(self) -> Recording:
        """What the fleet hears of the day, when it hears it."""
        devices = [*self.printers, *(one for desk in self.desks for one in (desk.keypad, desk.buttons))]
        stands = [Stand(one.name, ("printer",), None, self.start_ms - 24 * HOUR) for one in self.printers]
        for desk in self.desks:
            counter = f"quay-{desk.place + 1}"
            stands.append(Stand(desk.keypad.name, ("keypad", "reader"), counter, self.start_ms - 24 * HOUR))
            stands.append(Stand(desk.buttons.name, ("rating",), counter, self.start_ms - 24 * HOUR))
        came: list[Came] = []
        boots: list[Began] = []
        for device in devices:
            told, began = device.told(self.chance)
            came += told
            boots += began
        return Recording(
            office=f"made-{self.usual}",
            name=f"Một cửa mô phỏng · {self.usual} lượt",
            hotline="1022",
            timezone=TIMEZONE,
            day=self.day,
            scan_opens_visit=False,
            services=SERVICES,
            counters=tuple(
                (f"quay-{one.place + 1}", f"Quầy {one.place + 1}", tuple(SERVICES[n][0] for n in sorted(one.services)))
                for one in self.desks
            ),
            stands=tuple(stands),
            boots=tuple(boots),
            turns=tuple(self.turns),
            events=tuple(sorted(came, key=lambda one: (one.ms, one.device, one.boot, one.event["seq"]))),
        )
