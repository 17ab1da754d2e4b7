import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from fleet.laptop.bench import NEWS_KEPT, Bench, BenchRefusal
from fleet.laptop.call_display import PLAY, frame
from fleet.laptop.office import OFFICE
from fleet.laptop.segments import BARS, bars
from fleet.laptop.simulated_office import SimulatedOffice
from tests.fleet.laptop.boards_in_memory import all_listen, office_in_memory


@asynccontextmanager
async def bench_of(people=False):
    boards, queue = office_in_memory(OFFICE)
    bench = Bench(SimulatedOffice(OFFICE, boards, pace=1000, people=people))
    life = [asyncio.create_task(bench.office.run()), asyncio.create_task(bench.run())]
    try:
        while not all_listen(boards):
            await asyncio.sleep(0)
        yield bench, queue
    finally:
        for one in life:
            one.cancel()
            with suppress(asyncio.CancelledError):
                await one


async def news_until(watching, found):
    async with asyncio.timeout(20):
        async for one in watching:
            if found(one):
                return one
    raise AssertionError("the news ended before it came")


def test_a_press_lights_a_lamp_and_everybody_hears_of_it():
    async def story():
        async with bench_of() as (bench, _):
            watching = bench.watch()
            assert (await anext(watching))["what"] == "everything"
            await bench.press("nut-2", "score_4")
            lit = await news_until(watching, lambda one: one["what"] == "lamp" and one["pin"] == "lamp_4")
            assert lit == {"what": "lamp", "board": "nut-2", "pin": "lamp_4", "level": 1}
            assert bench.everything()["lamps"]["nut-2"]["lamp_4"] == 1

    asyncio.run(story())


def test_a_ticket_comes_out_and_is_shown():
    async def story():
        async with bench_of() as (bench, _):
            watching = bench.watch()
            await bench.press("may-in-1", "service_2")
            slip = await news_until(watching, lambda one: one["what"] == "slip")
            assert bench.office.printer.slip(slip["number"]).lines[1].text == "B001"
            assert bench.everything()["slips"] == [1]

    asyncio.run(story())


def test_a_key_of_a_counter_shows_on_its_display_and_sends_the_clerk_away():
    async def story():
        async with bench_of() as (bench, _):
            watching = bench.watch()
            await bench.press("may-in-1", "service_1")
            await bench.press("quay-1", "key_next")
            shown = await news_until(watching, lambda one: one["what"] == "display")
            assert (shown["board"], shown["text"]) == ("quay-1", "A001")
            assert bench.everything()["clerks"] == {"quay-1": False, "quay-2": True, "quay-3": True}
            bench.give_back("quay-1")
            assert bench.everything()["clerks"]["quay-1"] is True

    asyncio.run(story())


def test_a_code_reaches_the_reader_with_its_end():
    async def story():
        async with bench_of() as (bench, queue):
            await bench.scan("quay-3", "  000.00.27.H29-261002-0001 ")
            assert queue.scanned == [b"000.00.27.H29-261002-0001\r"]

    asyncio.run(story())


def test_a_board_without_power_is_dark_and_refuses_the_hand():
    async def story():
        async with bench_of() as (bench, _):
            await bench.press("nut-1", "score_5")
            await bench.power("nut-1", False)
            assert bench.everything()["power"]["nut-1"] is False
            assert bench.everything()["lamps"]["nut-1"] == {}
            with pytest.raises(BenchRefusal, match="nut-1 does not answer"):
                await bench.press("nut-1", "score_5")
            await bench.power("nut-1", True)
            await bench.press("nut-1", "score_5")

    asyncio.run(story())


def test_what_the_call_display_shows_and_says_is_news():
    async def story():
        async with bench_of() as (bench, _):
            assert bench.everything()["screens"]["bang-1"]["show"] == "none"
            watching = bench.watch()
            await anext(watching)
            bench.office.boards["bang-1"].write("panel", b"\x0cA001 1\r\n")
            written = await news_until(watching, lambda one: one["what"] == "screen" and one["show"] == "text")
            assert (written["board"], written["lines"]) == ("bang-1", ["A001 1"])
            bench.office.boards["bang-1"].write("voice", frame(PLAY, 1 << 8 | 22))
            said = await news_until(watching, lambda one: one["what"] == "screen" and one["said"])
            assert said["said"] == [{"folder": 1, "language": "vi", "words": {"vi": "B", "en": "B"}}]
            assert bench.everything()["screens"]["bang-1"]["said"] == said["said"]
            await bench.power("bang-1", False)
            dark = await news_until(watching, lambda one: one["what"] == "screen" and one["show"] == "none")
            assert (dark["lines"], dark["volume"]) == ([], None)

    asyncio.run(story())


def test_a_board_that_reads_three_keys_has_three_faces():
    async def story():
        async with bench_of() as (bench, _):
            assert bench.everything()["scales"] == {"nut-1": 5, "nut-2": 5, "nut-3": 5}
            watching = bench.watch()
            await anext(watching)
            bench.office.boards["nut-2"].read_keys("score_1", "score_2", "score_3")
            news = await news_until(watching, lambda one: one["what"] == "scale")
            assert news == {"what": "scale", "board": "nut-2", "levels": 3}
            assert bench.everything()["scales"] == {"nut-1": 5, "nut-2": 3, "nut-3": 5}

    asyncio.run(story())


def test_a_display_goes_dark_with_its_board():
    async def story():
        async with bench_of() as (bench, _):
            await bench.office.displays["quay-1"].write(b"A001\r")
            await bench.power("quay-1", False)
            assert bench.everything()["displays"]["quay-1"]["text"] == ""

    asyncio.run(story())


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        (lambda bench: bench.press("nut-9", "score_1"), "there is no board 'nut-9'"),
        (lambda bench: bench.press("nut-1", "key_next"), "nut-1 has no key 'key_next'"),
        (lambda bench: bench.press("nut-1", "lamp_1"), "nut-1 has no key 'lamp_1'"),
        (lambda bench: bench.scan("nut-1", "x"), "nut-1 has no reader"),
        (lambda bench: bench.scan("quay-1", "  "), "a code has 1 to 512 bytes, this one 0"),
        (lambda bench: bench.scan("quay-1", "ô" * 300), "this one 600"),
        (lambda bench: bench.scan("quay-1", "a\rb"), "a code has"),
        (lambda bench: bench.paper("quay-1", "out"), "quay-1 has no printer"),
        (lambda bench: bench.paper("may-in-1", "wet"), "expected one of ok, low, out"),
    ],
)
def test_what_is_not_there_is_refused_with_a_sentence(deed, sentence):
    async def story():
        async with bench_of() as (bench, _):
            with pytest.raises(BenchRefusal, match=sentence):
                await deed(bench)

    asyncio.run(story())


def test_a_page_that_does_not_read_is_let_go():
    async def story():
        async with bench_of() as (bench, _):
            slow = bench.watch()
            await anext(slow)
            for _ in range(NEWS_KEPT + 10):
                bench.give_back("quay-1")
            heard = [one async for one in slow]
            assert 0 < len(heard) < NEWS_KEPT

    asyncio.run(story())


def test_pages_are_told_to_go_when_the_bench_ends():
    async def story():
        async with bench_of() as (bench, _):
            watching = bench.watch()
            await anext(watching)
        assert [one async for one in watching] == []

    asyncio.run(story())


def test_segments_show_labels_right_justified():
    assert bars("A012") == ["", "abcefg", "abcdef", "bc", "abdeg"]
    assert bars("----") == ["", "g", "g", "g", "g"]
    assert bars("") == [""] * 5
    assert bars("é\u0000") == [""] * 5


def test_no_two_digits_look_alike():
    digits = [BARS[one] for one in "0123456789"]
    assert len(set(digits)) == 10
