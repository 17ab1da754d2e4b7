"""Days of one office as its devices tell them, one after the other; and very many devices that are known."""

from datetime import UTC, datetime, timedelta

from fleet.flows.presence import welcome
from fleet.flows.received import Arrival
from fleet.store import devices, places
from fleet.store.database import Store
from fleet.store.devices import ADD, ASSIGN
from fleet.store.places import OfficeRow
from fleet.store.rows import run, run_each, sql
from protocols import events
from protocols.batches import BatchHeader, encode_batch
from protocols.event import encode_event
from tests.fleet.office import PLAN, Speaker, hello

VISITS_OF_A_DAY, EVENTS_OF_A_VISIT = 500, 5
EVENTS_OF_A_DAY = VISITS_OF_A_DAY * EVENTS_OF_A_VISIT
PER_MESSAGE, PER_OFFICE = 16, 10
DAY_MS, STEP_MS = 86_400_000, 10_000
FIRST_MS = int(datetime(2014, 1, 6, 1, tzinfo=UTC).timestamp() * 1000)
# Eight in the morning in Việt Nam; ten million events are eleven years.
EPOCH = 1
WELCOMED = sql("UPDATE devices SET epoch = 1")
STARTED = sql("""
    INSERT INTO boots (device, epoch, boot, covered, offset_ms, anchor_sure, anchor_days, first_seen_ms)
    SELECT id, 1, 1, '[]', :ms, TRUE, 1, :ms FROM devices WHERE true ON CONFLICT DO NOTHING""")


def morning_ms(day: int) -> int:
    """When this day begins."""
    return FIRST_MS + day * DAY_MS


def date_of(day: int) -> str:
    """Its date at the office."""
    return str((datetime.fromtimestamp(FIRST_MS / 1000, UTC) + timedelta(days=day)).date())


def begin(store: Store, day: int) -> None:
    """All devices are switched on."""
    for device in PLAN.devices:
        welcome(store, device.id, hello(boot=day + 1, epoch=EPOCH if day else None), morning_ms(day))


def day_of_office(day: int, visits: int) -> list[Arrival]:
    """What its devices tell of a day, in messages of 16 events."""
    printer, keypad, buttons = (Speaker(name, EPOCH, day + 1) for name in ("tp-1", "q-1", "nut-1"))
    compact = date_of(day).replace("-", "")[2:]
    for n in range(visits):
        up = n * EVENTS_OF_A_VISIT * STEP_MS + 1
        number, at = n % 9_999 + 1, morning_ms(day) + up

        def when(step: int, up: int = up, at: int = at) -> dict[str, int]:
            return {"up": up + step * STEP_MS, "at": at + step * STEP_MS}

        printer.does(events.TicketTaken(service="ho-tich", number=number, lease="l", **when(0)))
        keypad.does(events.NumberCalled(service="ho-tich", number=number, **when(1)))
        keypad.does(events.CodeScanned(what="dossier", code=f"H15.50.05.13-{compact}-{number:04d}", **when(2)))
        finish = keypad.does(events.VisitFinished(**when(3)))
        buttons.does(events.RatingGiven(score=4, scale=5, armed=f"q-1/{EPOCH}/{day + 1}/{finish}", **when(4)))
    return [
        Arrival(one.topic, one.batch(*range(first, min(first + PER_MESSAGE, one.next)), oldest=0))
        for one in (printer, keypad, buttons)
        for first in range(0, one.next, PER_MESSAGE)
    ]


def know(store: Store, known: int, wanted: int) -> None:
    """So many devices are enrolled, ten at an office, and each has been welcomed."""
    added = range(known, wanted)
    values = {"kind": "board", "roles": "rating", "password": "", "now_ms": FIRST_MS, "scale": devices.SCALE}
    with store.writing() as connection:
        for n in range(-(-known // PER_OFFICE), -(-wanted // PER_OFFICE)):
            places.save_office(connection, OfficeRow(f"xa-{n}", f"Xã số {n}", "1022"), 0)
        run_each(connection, ADD, [{"id": f"nut-{n:06d}", **values} for n in added])
        stands = [{"device": f"nut-{n:06d}", "office": f"xa-{n // PER_OFFICE}", "counter": None} for n in added]
        run_each(connection, ASSIGN, [{**one, "from_ms": FIRST_MS} for one in stands])
        run(connection, WELCOMED)
        run(connection, STARTED, ms=FIRST_MS)


def told_by(known: int, messages: int, first_seq: int) -> list[Arrival]:
    """A rating of each message, from devices spread over all that are known; `first_seq`: none says it twice."""
    rating = encode_event(events.RatingGiven(score=5, scale=5, up=1))
    found = []
    for n in range(messages):
        device, seq = n * max(known // messages, 1) % known, first_seq + n
        at = FIRST_MS + DAY_MS + seq
        told = [{**rating, "up": DAY_MS + seq, "at": at, "seq": seq}]
        payload = encode_batch(BatchHeader(epoch=EPOCH, boot=1, oldest=seq), told)
        found.append(Arrival(f"mc/1/nut-{device:06d}/up/events", payload))
    return found
