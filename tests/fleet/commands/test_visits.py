"""motcua visits."""

from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.day import day_of
from fleet.domain.rights import Role
from fleet.flows.badges import give_badge
from fleet.flows.link import link_marked
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.sign_in import add_person
from fleet.store.database import Store
from protocols import events
from protocols.signing import badge_hash
from tests.fleet.commands.conftest import Motcua, Window, readable
from tests.fleet.office import DAY, NINE, OFFICE, Speaker, hello, open_office

MIN = 60_000
CODE = "H29.27.05-261002-0001"


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """A folder with a day on which two were served, one with a dossier and a rating."""
    store, _ = open_office(tmp_path)
    for device in ("tp-1", "q-1", "nut-1"):
        welcome(store, device, hello(), NINE)
    tell(store, NINE)
    store.close()
    return tmp_path


def tell(store: Store, start: int) -> None:
    """The events of that day."""
    printer, keypad, buttons = Speaker("tp-1"), Speaker("q-1"), Speaker("nut-1")
    for number in (1, 2):
        taken = start + number * MIN
        printer.does(events.TicketTaken(service="ho-tich", number=number, lease="l", up=taken - start, at=taken))
    add_person(store, "lan", "a long password", Role.CLERK, start, OFFICE)
    code = give_badge(store, "lan", start, number=7).code.removeprefix("MCB:").encode()
    for number in (1, 2):
        called = start + 10 * number * MIN
        keypad.does(events.NumberCalled(service="ho-tich", number=number, up=called - start, at=called))
        if number == 1:
            keypad.does(events.CodeScanned(what="dossier", code=CODE, up=called + 1 - start, at=called + 1))
            done = called + 5 * MIN + 9_000
            seq = keypad.does(events.VisitFinished(up=done - start, at=done))
            rating = events.RatingGiven(score=1, scale=5, armed=f"q-1/1/1/{seq}", up=done + 1 - start, at=done + 1)
            buttons.does(rating)
            signed_in = events.CodeScanned(what="badge", badge="staff", badge_hash=badge_hash(code), up=1, at=done + 2)
            keypad.does(signed_in)
    receive(store, [Arrival(one.topic, one.batch()) for one in (printer, keypad, buttons)], start + 60 * MIN)
    link_marked(store, start + 60 * MIN)


def test_the_visits_of_a_day_the_newest_first(motcua: Motcua, served: Path) -> None:
    result = motcua("visits", "--day", DAY, "--data", served)
    assert result.exit_code == 0
    title, heads, *rows = [line.rstrip() for line in result.stdout.splitlines()]
    assert title == f"Phường Tân An · {DAY}"
    assert heads.split() == ["number", "called", "counter", "clerk", "waited", "served", "outcome", "rated", "dossiers"]
    assert [row.split() for row in rows] == [
        ["A002", "09:20:00", "Quầy", "1", "CB-07", "18:00", "…"],
        ["A001", "09:10:00", "Quầy", "1", "9:00", "5:09", "done", "yes", CODE],
    ]


def test_a_score_is_never_shown_beside_a_visit(motcua: Motcua, served: Path) -> None:
    """All that is said of the rating is that there was one."""
    heads, _, rated = motcua("visits", "--day", DAY, "--data", served).stdout.splitlines()[1:4]
    assert "score" not in heads
    assert rated.split()[-2] == "yes"


def test_the_list_fits_a_window(window: Window, served: Path) -> None:
    code, shown = window("visits", "--day", DAY, "--data", served)
    assert (code, readable(shown)) == (0, True)
    assert CODE in shown


def test_only_so_many(motcua: Motcua, served: Path) -> None:
    shown = motcua("visits", "--day", DAY, "--most", 1, "--data", served).stdout
    assert "A002" in shown and "A001" not in shown


def test_today_is_the_default_and_the_offices_own_day(motcua: Motcua, data: Path) -> None:
    for arguments in ((), ("--today",)):
        before = day_of(now_ms(), "Asia/Ho_Chi_Minh")
        shown = motcua("visits", *arguments, "--data", data).stdout
        after = day_of(now_ms(), "Asia/Ho_Chi_Minh")
        assert shown in {f"Phường Tân An: no visits on {day}\n" for day in (before, after)}


def test_one_office_only(motcua: Motcua, served: Path) -> None:
    assert "A001" in motcua("visits", "--day", DAY, "--office", "tan-an", "--data", served).stdout
    result = motcua("visits", "--office", "nowhere", "--data", served)
    assert result.exit_code == 1
    assert "there is none of id 'nowhere'" in result.stderr


@pytest.mark.parametrize("day", ["bad", "2026-13-01", "2026-02-29", "09/11/2026", "20261109", "2026-W46-1", ""])
def test_what_is_no_day_is_said(motcua: Motcua, served: Path, day: str) -> None:
    result = motcua("visits", "--day", day, "--data", served)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"motcua: day: expected YYYY-MM-DD, found {day!r}\n"


def test_two_days_at_once_are_none(motcua: Motcua, served: Path) -> None:
    result = motcua("visits", "--today", "--day", DAY, "--data", served)
    assert result.exit_code == 1
    assert "expected --today or --day, found both" in result.stderr


def test_before_there_is_an_office(motcua: Motcua, tmp_path: Path) -> None:
    motcua("migrate", "--data", tmp_path)
    result = motcua("visits", "--data", tmp_path)
    assert result.exit_code == 1
    assert "no office yet" in result.stderr


def test_a_visit_is_explained_by_number_or_identity_in_two_languages(motcua: Motcua, served: Path) -> None:
    told = motcua("visits", "explain", "A001", "--day", DAY, "--language", "en", "--data", served)
    assert told.exit_code == 0, told.output
    assert f"Dossier {CODE} was scanned at Quầy 1 while this visit was open" in told.output
    assert "Quầy 1 pressed finish: served.  [q-1/1/1/2]" in told.output
    assert "nut-1" not in told.output, "which press it was is not said"
    same = motcua("visits", "explain", "q-1/1/1/0", "--day", DAY, "--data", served)
    assert "Quầy 1 gọi số A001: lượt phục vụ bắt đầu." in same.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("A009", "--day", DAY), "visit: Phường Tân An had none of number or identity 'A009' on 2026-11-09"),
        (("A001", "--day", "9/11"), "day: expected YYYY-MM-DD, found '9/11'"),
        (("A001", "--office", "x"), "office: expected the id of one, found 'x'"),
        (("A001", "--language", "fr"), "language: expected vi or en, found 'fr'"),
    ],
)
def test_what_cannot_be_explained_is_said(motcua: Motcua, served: Path, options: tuple[str, ...], said: str) -> None:
    told = motcua("visits", "explain", *options, "--data", served)
    assert told.exit_code == 1
    assert said in " ".join(told.output.split())
