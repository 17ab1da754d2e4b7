"""From what devices told to what a technician sees."""

from dataclasses import replace

from fleet.domain.commands import Verb
from fleet.domain.release_fits import Application
from fleet.flows import command
from fleet.flows.device_health import device_history, devices_seen, latest_versions
from fleet.flows.presence import healthy, seen
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from protocols import events
from protocols.events import Event
from protocols.presence import Alive, Health
from tests.fleet.office import NINE, Speaker

MIN = 60_000
NOW = NINE + 120 * MIN


def say(store: Store, speaker: Speaker, *what: Event) -> None:
    for event in what:
        receive(store, [Arrival(speaker.topic, speaker.batch(speaker.does(event), oldest=0))], NOW)


def test_paper_is_forecast_and_a_fault_lasts_until_it_is_over(store: Store) -> None:
    printer, keypad = Speaker("tp-1"), Speaker("q-1")
    say(
        store,
        printer,
        events.Booted(reason="power", firmware="0.1", up=1, at=NINE + 1),
        events.PaperSeen(state="ok", metres_left=20, up=2, at=NINE + 2),
        *(events.TicketPrinted(service="ho-tich", number=n, up=n * MIN, at=NINE + n * MIN) for n in range(1, 61)),
        events.PaperSeen(state="low", metres_left=10, up=60 * MIN, at=NINE + 60 * MIN),
    )
    say(
        store,
        keypad,
        events.FaultSeen(part="key key_next", reason="down for 30 s", up=MIN, at=NINE + MIN),
        events.FaultSeen(part="scanner", reason="does not answer", up=90 * MIN, at=NINE + 90 * MIN),
        events.SelfTested(part="key key_next", result="pass", reason="up again", up=2 * MIN, at=NINE + 2 * MIN),
    )
    for device in ("tp-1", "q-1"):
        seen(store, device, Alive(), NOW)
    healthy(store, {"tp-1": (Health(up=NOW - NINE, heap_free=70_000, paper="low"), NOW)}, NOW)
    found = {one.id: one for one in devices_seen(store, NOW)}
    paper = found["tp-1"]
    assert (paper.paper, paper.tickets_left) == ("low", 60)
    assert paper.paper_until_ms is not None and abs(paper.paper_until_ms - NINE - 120 * MIN) < MIN
    assert [one.trouble for one in paper.problems] == ["paper_low"]
    assert [one.trouble for one in found["q-1"].problems] == ["scanner"]
    assert (found["q-1"].counter_name, found["q-1"].office_name) == ("Quầy 1", "Phường Tân An")
    say(store, keypad, events.CodeScanned(what="unknown", up=95 * MIN, at=NINE + 95 * MIN))
    assert {one.id: one for one in devices_seen(store, NOW)}["q-1"].problems == ()


def test_a_device_has_a_history(store: Store) -> None:
    seen(store, "tp-1", Alive(), NOW)
    say(store, Speaker("tp-1"), events.Booted(reason="watchdog", firmware="0.1", up=1, at=NINE + 1))
    asked = command.ask(store, "tp-1", Verb.IDENTIFY, "lan", NOW)
    history = device_history(store, "tp-1", NOW)
    assert history.commands == (asked,)
    assert [(one.what, one.word, one.more) for one in history.told] == [("boot", "watchdog", "0.1")]
    assert [(one.office, one.counter, one.to_ms) for one in history.places] == [("Phường Tân An", "", None)]


def test_a_release_that_is_for_some_alone_makes_nobody_old(store: Store) -> None:
    first, second, *_ = (replace(one, board="pico", firmware="0.8.0") for one in devices_seen(store, NINE))
    trying = replace(second, firmware="0.9.0", application=Application(12))
    assert latest_versions([first, trying], set()) == {"pico": "0.8.0"}
    assert latest_versions([first, trying], {12}) == {"pico": "0.9.0"}
