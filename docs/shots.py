"""Pictures of pages: how one is taken, kept with few colours, and shown on the page of all of them."""

import asyncio
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

FOLDER = Path(__file__).parent / "pictures"
SHARPNESS = 1.2
COLOURS, KMEANS = 128, 1
STREAM_BEGINS_S = 1.0
DESK, PHONE, TELEVISION, UPRIGHT = (1280, 480), (390, 844), (1920, 1080), (1080, 1920)
SCREENS_OF_PHONE = 2


@dataclass(frozen=True)
class Shot:
    """A picture to take: the page at `place`, in this language; what it shows, in English and Vietnamese."""

    name: str
    place: str
    shows: str
    shows_vi: str
    size: tuple[int, int] = DESK
    language: str = "vi"
    dark: bool = False

    @property
    def highest(self) -> int:
        """So many pixels of the page are shown: a wall shows what fits on it, a phone is scrolled a little."""
        if self.size == PHONE:
            return SCREENS_OF_PHONE * PHONE[1]
        return 1_400 if self.size == DESK else self.size[1]


@dataclass(frozen=True)
class SignIn:
    """Where the pages are, and who looks at them; without a password somebody who needs none."""

    address: str
    name: str = ""
    password: str | None = None


async def take(browser: Browser, who: SignIn, shot: Shot) -> None:
    """The page in a browser of its own, once its letters and its stream are there."""
    width, height = shot.size
    context = await browser.new_context(
        locale="vi-VN" if shot.language == "vi" else "en-GB",
        viewport={"width": width, "height": height},
        device_scale_factor=SHARPNESS if shot.size in (DESK, PHONE) else 0.5,
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    if who.password is not None:
        await sign_in(page, who, shot.language)
    await page.goto(who.address + shot.place)
    await page.evaluate("document.fonts.ready")
    await asyncio.sleep(STREAM_BEGINS_S)
    whole = await page.evaluate("document.documentElement.scrollHeight")
    part = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(min(whole, shot.highest))}
    keep(shot.name, await page.screenshot(full_page=True, clip=part))  # type: ignore[arg-type]
    await page.goto("about:blank")  # ends its stream, so that the office stops at once
    await context.close()


async def sign_in(page: Page, who: SignIn, language: str) -> None:
    """As a person does, who then chooses the language."""
    await page.goto(who.address + "/login")
    await page.fill("input[name=name]", who.name)
    await page.fill("input[name=password]", who.password or "")
    await page.press("input[name=password]", "Enter")
    await page.wait_for_url(lambda url: "/login" not in url)
    chosen = page.locator(f"button[name=language][value={language}]")
    if await chosen.count():
        async with page.expect_navigation():
            await chosen.click()


def keep(name: str, png: bytes) -> None:
    """Write a picture with few colours: flat pages and black paper need no more."""
    picture = Image.open(BytesIO(png))
    if picture.mode == "RGBA" and picture.getextrema()[3][0] == 255:
        picture = picture.convert("RGB")
    method = Image.Quantize.FASTOCTREE if picture.mode == "RGBA" else Image.Quantize.MEDIANCUT
    path = FOLDER / f"{name}.png"
    picture.quantize(COLOURS, method, kmeans=KMEANS, dither=Image.Dither.NONE).save(path, optimize=True)
    say(f"{path.name}: {picture.width} × {picture.height}, {path.stat().st_size // 1024} KiB")


def say(what: str) -> None:
    """Progress, on the terminal."""
    print(what, flush=True)
