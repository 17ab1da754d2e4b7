import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from fleet.laptop.morning import Visitor
from fleet.laptop.office import OFFICE
from fleet.laptop.pace import Pace
from fleet.laptop.paper import Paper
from fleet.laptop.residents import ALIKE, TICKETS_A_DAY, Lobby, label_on, today
from fleet.laptop.sample_dossiers import codes
from fleet.laptop.simulated_office import SimulatedOffice
from tests.fleet.laptop.boards_in_memory import office_in_memory

PACE = 1000
SOON_S = 60


@asynccontextmanager
async def living(people=True, **more):
    boards, queue = office_in_memory(OFFICE)
    office = SimulatedOffice(OFFICE, boards, pace=PACE, people=people, **more)
    life = asyncio.create_task(office.run())
    try:
        await asyncio.sleep(0)
        yield office, queue
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


async def until(found, within_s=SOON_S):
    async with asyncio.timeout(within_s):
        while not found():
            await asyncio.sleep(0.02)


def visitor(**changes):
    plan = {
        "arrives_minutes": 0.0,
        "service": "ho-tich",
        "priority": False,
        "comes_at": 1,
        "takes_minutes": 1.0,
        "dossiers": (codes()[0],),
        "score": 5,
    }
    return Visitor(**(plan | changes))


def test_a_short_morning_is_played_through_the_boards_alone():
    async def story():
        async with living() as (office, queue):
            await until(lambda: len(queue.finished) >= 8 and queue.ratings and queue.scanned)
            printer = office.boards["may-in-1"]
            assert set(printer.presses) <= {"priority", *(f"service_{n}" for n in (1, 2, 3, 4))}
            assert set(queue.finished) <= set(queue.called)
            assert len(set(queue.called)) == len(queue.called)
            assert all(code.endswith(b"\r") and code[:-1].decode() in codes() for code in queue.scanned)
            assert all(armed for _, _, armed in queue.ratings)

    asyncio.run(story())


def test_who_left_is_called_recalled_and_missed():
    async def story():
        async with living(people=False) as (office, queue):
            label = await office.residents.take_ticket(visitor(comes_at=None))
            clerk = asyncio.create_task(office.clerks["quay-1"].serve_one())
            await asyncio.wait_for(clerk, SOON_S)
            assert (queue.called, queue.recalled, queue.missed, queue.finished) == ([label], [label], [label], [])
            assert not office.lobby.waiting

    asyncio.run(story())


def test_a_number_taken_by_a_hand_is_served_and_its_rating_left_to_the_hand():
    async def story():
        async with living(people=False) as (office, queue):
            await office.boards["may-in-1"].press("service_4")
            await asyncio.wait_for(office.clerks["quay-1"].serve_one(), SOON_S)
            assert (queue.called, queue.finished) == (["D001"], ["D001"])
            assert (queue.recalled, queue.scanned, queue.ratings) == ([], [], [])

    asyncio.run(story())


def test_who_is_slow_comes_at_the_second_call():
    async def story():
        async with living(people=False) as (office, queue):
            label = await office.residents.take_ticket(visitor(comes_at=2, score=None))
            await asyncio.wait_for(office.clerks["quay-1"].serve_one(), SOON_S)
            assert (queue.recalled, queue.finished, queue.ratings) == ([label], [label], [])

    asyncio.run(story())


def test_a_visit_is_call_scan_finish_and_a_press_on_that_counters_buttons():
    async def story():
        async with living(people=False) as (office, queue):
            await office.residents.take_ticket(visitor(score=4, dossiers=codes()[:2]))
            await asyncio.wait_for(office.clerks["quay-3"].serve_one(), SOON_S)
            assert office.boards["quay-3"].presses == ["key_next", "key_finish"]
            assert queue.scanned == [code.encode() + b"\r" for code in codes()[:2]]
            assert queue.ratings == [("nut-3", "score_4", 1)]

    asyncio.run(story())


@pytest.mark.parametrize("levels, pressed", [(3, "score_3"), (4, "score_4"), (5, "score_5"), (0, "score_5")])
def test_whoever_is_very_satisfied_presses_the_best_face_that_there_is(levels, pressed):
    async def story():
        async with living(people=False) as (office, queue):
            office.boards["nut-1"].read_keys(*(f"score_{level}" for level in range(1, levels + 1)))
            await office.residents.take_ticket(visitor(score=5, dossiers=()))
            await asyncio.wait_for(office.clerks["quay-1"].serve_one(), SOON_S)
            assert queue.ratings == [("nut-1", pressed, 1)]

    asyncio.run(story())


@pytest.mark.parametrize("levels", ALIKE)
def test_what_people_press_grows_with_what_they_think_and_uses_every_face(levels):
    assert list(ALIKE[levels]) == sorted(ALIKE[levels])
    assert set(ALIKE[levels]) == set(range(1, levels + 1)) and len(ALIKE[levels]) == 5


def test_an_elder_presses_priority_first():
    async def story():
        async with living(people=False) as (office, _):
            await office.residents.take_ticket(visitor(priority=True))
            assert office.boards["may-in-1"].presses == ["priority", "service_1"]

    asyncio.run(story())


def test_people_survive_boards_that_go_away():
    async def story():
        async with living() as (office, queue):
            await until(lambda: len(queue.finished) >= 2)
            for board in office.boards.values():
                await board.unplug()
            served = len(queue.finished)
            await until(lambda: sum(board.refused for board in office.boards.values()) >= 5)
            assert len(queue.finished) == served
            for board in office.boards.values():
                await board.plug_in_again()
            await until(lambda: len(queue.finished) >= served + 3)

    asyncio.run(story())


def test_a_clerk_who_steps_aside_leaves_the_keys_alone_and_who_is_called_goes_there():
    async def story():
        async with living(people=False) as (office, _):
            clerk = office.clerks["quay-1"]
            work = asyncio.create_task(clerk.run())
            clerk.step_aside()
            label = await office.residents.take_ticket(visitor())
            for _ in range(3):  # meanwhile somebody else's clerk is busy
                await office.residents.take_ticket(visitor(service="dat-dai"))
                await asyncio.wait_for(office.clerks["quay-2"].serve_one(), SOON_S)
            assert office.boards["quay-1"].presses == []
            await office.boards["quay-1"].press("key_next")
            await until(lambda: label not in office.lobby.waiting)
            assert office.boards["quay-1"].presses == ["key_next"]
            await office.residents.take_ticket(visitor())
            clerk.step_back()
            await until(lambda: "key_finish" in office.boards["quay-1"].presses)
            work.cancel()

    asyncio.run(story())


def test_without_people_nobody_presses_anything():
    async def story():
        async with living(people=False) as (office, _), living() as (_, elsewhere):
            await until(lambda: len(elsewhere.finished) >= 3)  # time enough for anybody
            assert all(not board.presses for board in office.boards.values())

    asyncio.run(story())


class PaceKept:
    """A pace that passes at once and remembers what was asked of it."""

    def __init__(self, times=30):
        self.times = times
        self.asked = []
        KEPT.append(self)

    async def minutes(self, office_minutes, least_s=0.0):
        self.asked.append(office_minutes)
        await asyncio.sleep(0)


KEPT = []


def test_after_a_days_worth_of_tickets_people_of_that_service_come_at_real_pace(monkeypatch):
    async def story():
        async with living(people=False) as (office, _):
            monkeypatch.setattr("fleet.laptop.residents.Pace", PaceKept)
            KEPT.clear()
            residents = office.residents
            residents.pace = PaceKept(1000)
            residents.taken[today(), "ho-tich"] = TICKETS_A_DAY
            await residents._pass_minutes(3.0, "ho-tich")
            await residents._pass_minutes(4.0, "dat-dai")
            assert [(one.times, one.asked) for one in KEPT] == [(1000, [4.0]), (1, [3.0])]

    asyncio.run(story())


def test_before_a_room_that_stays_full_whoever_waited_longest_gives_up():
    async def story():
        async with living(people=False) as (office, _):
            office.lobby.room = 2
            office.residents.pace = PaceKept()
            office.lobby.sit("A001", visitor())
            office.lobby.sit("A002", visitor())
            await asyncio.wait_for(office.residents._until_there_is_room(), SOON_S)
            assert list(office.lobby.waiting) == ["A002"]

    asyncio.run(story())


def test_the_biggest_line_that_looks_like_a_number_is_the_number():
    paper = Paper()
    paper.feed(b"B 017\n\x1d!\x22A 012\n\x1d!\x00028 1022\n\x1dV\x00" + b"hello\n\x1dV\x00")
    assert [label_on(slip) for slip in paper.roll.slips] == ["A012", None]


def test_the_lobby_fills_and_empties():
    lobby = Lobby(room=2)
    lobby.sit("A001", visitor())
    lobby.sit("A002", visitor(comes_at=2))
    assert lobby.full
    assert lobby.call("A001", 1) is not None
    assert lobby.call("A001", 2) is None
    assert lobby.call("A002", 1) is None
    assert lobby.call("A002", 2) is not None
    assert lobby.call("Z999", 1) is None
    assert not lobby.full


@pytest.mark.parametrize("times", [0, -1, 1e9])
def test_a_pace_that_nobody_walks_is_refused(times):
    with pytest.raises(ValueError, match="expected 1 to 1000"):
        Pace(times)


def test_pace_shortens_minutes_but_not_below_the_least():
    assert Pace(30).seconds(1) == 2.0
    assert Pace(1).seconds(1) == 60.0
    assert Pace(1000).seconds(1, least_s=2.0) == 2.0
