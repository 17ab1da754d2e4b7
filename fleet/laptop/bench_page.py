"""The workbench as a page: the hand of a newcomer on every simulated device."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Field

from fleet.laptop.bench import Bench, BenchRefusal
from fleet.laptop.bench_texts import languages, texts
from fleet.laptop.printer import SLIPS_KEPT
from fleet.laptop.slip import Slip
from fleet.laptop.ticket_picture import ticket_png

FOLDER = Path(__file__).parent / "bench"
STATIC = {"bench.css": "text/css", "bench.js": "text/javascript"}
COME_BACK_MS = 2000

Asked = Callable[[Request], str]
Id = Annotated[str, Field(min_length=1, max_length=40)]


class Press(BaseModel):
    """A key, and how long it is held."""

    board: Id
    pin: Id
    held_ms: Annotated[int, Field(ge=1, le=5000)] = 80


class Scan(BaseModel):
    """A code before a reader."""

    board: Id
    code: Annotated[str, Field(min_length=1, max_length=600)]


class Power(BaseModel):
    """A plug, in or out."""

    board: Id
    on: bool


class PaperState(BaseModel):
    """How much paper there is."""

    board: Id
    state: Id


class Duty(BaseModel):
    """Whether the simulated clerk works at a counter."""

    counter: Id
    on: bool


def router(bench: Bench, allow: Callable[..., Any], language: Asked, csrf: Asked) -> APIRouter:
    """The routes below /bench. `allow` is the guard of each; `language` and `csrf` say what a request is to get."""
    routes = APIRouter(prefix="/bench", dependencies=[Depends(allow)])
    show(routes, bench, language, csrf)
    touch(routes, bench)
    return routes


def show(routes: APIRouter, bench: Bench, language: Asked, csrf: Asked) -> None:
    """What can be looked at."""
    templates = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    @routes.get("", response_class=HTMLResponse)
    def page(request: Request) -> HTMLResponse:
        """The whole bench."""
        asked = language(request)
        spoken = asked if asked in languages() else "vi"
        text = templates.get_template("bench.html").render(
            t=texts(spoken),
            code=spoken,
            csrf=csrf(request),
            office=bench.office.office,
            seen=bench.everything(),
            codes=bench.codes(),
        )
        return HTMLResponse(text, headers={"Cache-Control": "no-store", "Content-Language": spoken})

    @routes.get("/live", response_class=EventSourceResponse)
    async def live() -> AsyncIterator[ServerSentEvent]:
        """Everything, and then each change."""
        async for one in bench.watch():
            yield ServerSentEvent(data=one, retry=COME_BACK_MS)

    @routes.get("/slip/{number}.png", response_class=Response)
    def slip(number: int) -> Response:
        """The picture of a slip."""
        found = bench.office.printer.slip(number)
        if found is None:
            raise HTTPException(404, f"slip {number} is no longer kept")
        return Response(picture(found), media_type="image/png", headers={"Cache-Control": "no-store"})

    @routes.get("/static/{name}", response_class=FileResponse)
    def static(name: str) -> FileResponse:
        """The page's own style and script."""
        if name not in STATIC:
            raise HTTPException(404, "there is no such file")
        return FileResponse(FOLDER / "static" / name, media_type=STATIC[name], headers={"Cache-Control": "no-cache"})


def touch(routes: APIRouter, bench: Bench) -> None:
    """What a hand can do. What is not there is refused with a sentence."""

    @routes.post("/press", status_code=204)
    async def press(body: Press) -> None:
        """Press a key."""
        with refused():
            await bench.press(body.board, body.pin, body.held_ms)

    @routes.post("/scan", status_code=204)
    async def scan(body: Scan) -> None:
        """Hold a code before a reader."""
        with refused():
            await bench.scan(body.board, body.code)

    @routes.post("/power", status_code=204)
    async def power(body: Power) -> None:
        """Pull a plug or put it in."""
        with refused():
            await bench.power(body.board, body.on)

    @routes.post("/paper", status_code=204)
    async def paper(body: PaperState) -> None:
        """Take paper out or put it in."""
        with refused():
            await bench.paper(body.board, body.state)

    @routes.post("/duty", status_code=204)
    async def duty(body: Duty) -> None:
        """Sit down at a counter, or give it back to its clerk."""
        with refused():
            (bench.give_back if body.on else bench.take_over)(body.counter)


@contextmanager
def refused() -> Iterator[None]:
    """A refusal of the bench as an answer."""
    try:
        yield
    except BenchRefusal as err:
        raise HTTPException(409, str(err)) from err


@lru_cache(SLIPS_KEPT)
def picture(slip: Slip) -> bytes:
    """The slip's PNG, made once."""
    return ticket_png(slip)
