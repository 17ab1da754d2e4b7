"""From a press to an open page, and to the lamp: real firmware, broker, fleet and browser."""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Page

from fleet.laptop.boards import Board, Change
from fleet.laptop.run import Running
from tests.bench.figures import figure, percentile, progress
from tests.journeys.house import a_browser, an_office, until_awaited

PRESSES = 200
PAUSE_S = (0.35, 0.8)
# Residents do not press in step with anything; the page joins what happens within 200 ms of its last change.

LONGEST_S = 600
HELD_S = 0.08
LAMP_S = 2.0
# A pressed button's lamp is out again after this; each of the five is pressed in turn.

# When the page shows a higher number of waiting people than before, remember the time.
WATCH = """
() => {
  window.shownAt = {};
  const look = () => {
    const total = [...document.querySelectorAll("td.waiting b")].reduce((sum, one) => sum + Number(one.textContent), 0);
    if (!(total in window.shownAt)) window.shownAt[total] = Date.now();
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
  look();
}
"""


def run() -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


async def measure(folder: Path) -> None:
    """An office with nobody but us."""
    async with an_office(folder) as office, a_browser(office) as page:
        await asyncio.wait_for(measure_pages(office, page), LONGEST_S)
        await asyncio.wait_for(measure_lamps(office), LONGEST_S)


async def measure_pages(office: Running, page: Page) -> None:
    """Press for numbers, and see when the page says so."""
    dice = random.Random(1)
    await page.evaluate(WATCH)
    printer = office.boards.boards["may-in-1"]
    pressed_ms = []
    for number in range(1, PRESSES + 1):
        progress(f"press to page: {number}/{PRESSES}")
        pressed_ms.append(time.time() * 1000)
        await printer.press(f"service_{dice.randint(1, 4)}")
        await asyncio.sleep(dice.uniform(*PAUSE_S))

    async def all_shown() -> bool:
        return bool(await page.evaluate(f"() => {PRESSES} in window.shownAt"))

    await until_awaited("the page shows all who wait", all_shown)
    shown_ms = {int(n): at for n, at in (await page.evaluate("() => window.shownAt")).items()}
    took = [when_shown(shown_ms, number) - at for number, at in enumerate(pressed_ms, start=1)]
    figure("press_to_page_p50_ms", percentile(took, 0.5), "ms", len(took))
    figure("press_to_page_p99_ms", percentile(took, 0.99), "ms", len(took))


async def measure_lamps(office: Running) -> None:
    """Press to rate, and see when the lamp lights."""
    buttons = office.boards.boards["nut-1"]
    both = [await press_to_lamp(buttons, number % 5 + 1) for number in range(PRESSES)]
    felt, lamps = [one for one, _ in both], [one for _, one in both]
    figure("press_felt_p50_ms", percentile(felt, 0.5), "ms", len(felt))
    figure("press_felt_p99_ms", percentile(felt, 0.99), "ms", len(felt))
    figure("press_to_lamp_p50_ms", percentile(lamps, 0.5), "ms", len(lamps))
    figure("press_to_lamp_p99_ms", percentile(lamps, 0.99), "ms", len(lamps))


def when_shown(shown_ms: dict[int, float], number: int) -> float:
    """When the page first showed at least so many waiting."""
    return min(at for n, at in shown_ms.items() if n >= number)


async def press_to_lamp(board: Board, score: int) -> tuple[float, float]:
    """Milliseconds from where the press begins to the lamp that says so, and from where it ends to the button's own.

    How long a button was held is part of the event, and its lamp says that the event is kept.
    """
    progress(f"press to lamp: {score}")
    feeling = asyncio.ensure_future(turned(board.listen(), "lamp_armed"))
    waiting = asyncio.ensure_future(lit(board.listen(), f"lamp_{score}"))
    await asyncio.sleep(0)  # both listen
    pressed = time.perf_counter()
    await board.level(f"score_{score}", 0)
    await asyncio.sleep(HELD_S)
    released = time.perf_counter()
    await board.level(f"score_{score}", 1)
    felt, ended = await asyncio.gather(feeling, waiting)
    await asyncio.sleep(LAMP_S / 5)
    return (felt - pressed) * 1000, (ended - released) * 1000


async def turned(changes: AsyncIterator[Change], lamp: str) -> float:
    """When this lamp goes on or off."""
    async for change in changes:
        if change.pin == lamp:
            return time.perf_counter()
    raise AssertionError(f"expected {lamp} to turn")


async def lit(changes: AsyncIterator[Change], lamp: str) -> float:
    """When this lamp goes on."""
    async for change in changes:
        if change.pin == lamp and change.level == 1:
            return time.perf_counter()
    raise AssertionError(f"expected {lamp} to light")
