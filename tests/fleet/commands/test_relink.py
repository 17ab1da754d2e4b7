"""motcua relink."""

from pathlib import Path

import pytest

from fleet.flows.link import link_marked
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from fleet.store.day_parts import day_of
from fleet.store.rows import run, sql
from protocols import events
from tests.fleet.commands.conftest import Motcua
from tests.fleet.office import DAY, NINE, OFFICE, Speaker, hello, open_office

MIN = 60_000


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A folder with a linked day, on which somebody was served and rated, and which somebody then spoilt by hand."""
    store, _ = open_office(tmp_path)
    keypad, buttons = Speaker("q-1"), Speaker("nut-1")
    for speaker in (keypad, buttons):
        welcome(store, speaker.device, hello(), NINE)
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=0, at=NINE))
    done = keypad.does(events.VisitFinished(up=MIN, at=NINE + MIN))
    keypad.does(events.NoShow(up=2 * MIN, at=NINE + 2 * MIN))
    buttons.does(events.RatingGiven(score=1, scale=5, armed=f"q-1/1/1/{done}", up=MIN, at=NINE + MIN))
    receive(store, [Arrival(one.topic, one.batch()) for one in (keypad, buttons)], NINE + 3 * MIN)
    link_marked(store, NINE + 3 * MIN)
    store.close()
    return tmp_path


def spoil(folder: Path, *statements: str) -> Store:
    store = Store(f"sqlite:///{folder / 'motcua.sqlite'}")
    with store.writing() as connection:
        for statement in statements:
            run(connection, sql(statement))
    return store


def test_a_day_that_is_right_stays_as_it_is(motcua: Motcua, linked: Path) -> None:
    told = motcua("relink", "--data", linked)
    assert (told.exit_code, told.output) == (0, "1 days read, 0 changed\n")


def test_what_is_wrong_is_said_first_and_mended_then(motcua: Motcua, linked: Path) -> None:
    store = spoil(
        linked,
        "UPDATE visits SET outcome = 'parked', rated = false",
        "UPDATE ratings SET counted = false, reason = 'late'",
        "DELETE FROM unlinked",
        "INSERT INTO counter_days (office, day, counter, state, since_ms, reason) "
        "VALUES ('tan-an', '2026-11-09', 'quay-9', 'free', 1, '')",
    )
    for option, word in (("--dry-run", "would change"), ("", "changed")):
        told = motcua(
            "relink", *filter(None, [option]), "--from", DAY, "--to", DAY, "--office", OFFICE, "--data", linked
        )
        assert told.exit_code == 0, told.output
        assert told.output.splitlines() == [
            f"{OFFICE} {DAY}: visits: 1 changed (outcome 1, rated 1)",
            "  ~ visit q-1/1/1/0 at quay-1, ho-tich 1: outcome parked → done, rated False → True",
            f"{OFFICE} {DAY}: ratings: 1 changed (counted 1, reason 1)",
            f"{OFFICE} {DAY}: unlinked: 1 new",
            "  + no_show q-1/1/1/2: no visit was open at this counter",
            f"{OFFICE} {DAY}: counters: 1 gone",
            f"1 days read, 1 {word}",
        ]
    with store.reading() as connection:
        day = day_of(connection, OFFICE, DAY)
    assert [(one.outcome, one.rated) for one in day.visits] == [("done", True)]
    store.close()


def test_a_day_whose_events_were_deleted_stays(motcua: Motcua, linked: Path) -> None:
    late = "INSERT INTO horizons (kept, before_ms, purged_ms) VALUES ('events', 1794300000000, 1794300000000)"
    spoil(linked, late).close()
    told = motcua("relink", "--data", linked)
    assert "not linked: some of its events were deleted" in told.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--from", "9/11"), "--from: expected YYYY-MM-DD, found '9/11'"),
        (("--to", "x"), "--to: expected YYYY-MM-DD, found 'x'"),
        (("--office", "x"), "office: there is none of id 'x'"),
    ],
)
def test_what_is_asked_wrongly_is_refused(motcua: Motcua, linked: Path, options: tuple[str, ...], said: str) -> None:
    told = motcua("relink", *options, "--data", linked)
    assert told.exit_code == 1
    assert said in " ".join(told.output.split())
