"""The lobby's screen: who is called where, whose turn comes soon, how long it takes; seen from across a room.

A television signs in once, as a person of the role `display`, and stays signed in. It may speak: from recorded
clips, by the numbers of docs/voices.md, or else with the browser's own voice.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, Response

from fleet.clock import now_ms
from fleet.domain.lobby_now import CallShown, LobbyNow, LobbyQueue
from fleet.domain.rights import Permission, Person
from fleet.pages.headers import POLICY
from fleet.pages.live import stream
from fleet.pages.own_office import own_office
from fleet.pages.rendering import Fragment, page
from fleet.pages.rights import allow, language

Viewer = Annotated[Person, Depends(allow(Permission.SEE_LOBBY))]
FOLDER = re.compile(r"[0-9]{2}")
CLIP = re.compile(r"[0-9]{3}")
SOUNDS = {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav"}
OWN_FOLDERS = {"vi": "01", "en": "02"}
SPEAKS = "media-src 'self'"


@dataclass(frozen=True)
class Calls:
    """The last calls, the newest first, and until when numbers are given."""

    calls: tuple[CallShown, ...]
    timezone: str
    given_until_ms: int | None
    closed: bool


Section = Calls | tuple[LobbyQueue, ...]


def lobby_router(look: Callable[[str, int], LobbyNow], voices: Path) -> APIRouter:
    """The screens of all offices. `voices` holds folders of clips; it need not be there."""
    router = APIRouter()

    def seen(request: Request, office: str, person: Viewer) -> str:
        return own_office(request, office, person).id

    @router.get("/lobby/{office}")
    def lobby(request: Request, office: Annotated[str, Depends(seen)], voice: str = "") -> Response:
        """The screen. `voice`: the folders to speak from, one after another, `01,04`; else that of the language."""
        now = look(office, now_ms())
        wanted = [one for one in voice.split(",") if FOLDER.fullmatch(one)] or [OWN_FOLDERS[language(request)]]
        clips = {folder: ",".join(clips_of(voices, folder)) for folder in wanted}
        answer = page(request, "lobby.html", now_ms=now.now_ms, office=now, sections=sections(now), clips=clips)
        answer.headers["Content-Security-Policy"] = f"{POLICY}; {SPEAKS}"
        return answer

    @router.get("/live/lobby/{office}")
    async def live_lobby(request: Request, office: Annotated[str, Depends(seen)], person: Viewer) -> Response:
        """The parts of the screen, as they change."""

        def look_again(_: Person) -> Mapping[str, Section]:
            return sections(look(office, now_ms()))

        def show(fragment: Fragment, name: str, section: Section) -> str:
            return fragment(f"lobby/{name}.html", section=section)

        return stream(request, person, office, look_again, show)

    @router.get("/voices/{folder}/{clip}")
    def clip(folder: str, clip: str, person: Viewer) -> Response:
        """One recorded clip."""
        found = clip_file(voices, folder, clip) if FOLDER.fullmatch(folder) and CLIP.fullmatch(clip) else None
        if found is None:
            raise HTTPException(404)
        return FileResponse(found, headers={"Cache-Control": "private, max-age=86400"}, media_type=SOUNDS[found.suffix])

    return router


def sections(office: LobbyNow) -> dict[str, Section]:
    """The parts of the screen by the name of their template."""
    return {
        "calls": Calls(office.calls, office.timezone, office.given_until_ms, office.closed),
        "queues": office.queues,
    }


def clips_of(voices: Path, folder: str) -> list[str]:
    """The numbers of the clips that are there."""
    place = voices / folder
    files = place.iterdir() if place.is_dir() else ()
    return sorted({one.stem for one in files if CLIP.fullmatch(one.stem) and one.suffix in SOUNDS})


def clip_file(voices: Path, folder: str, clip: str) -> Path | None:
    """The file of a clip, in whichever form it is there."""
    files = (voices / folder / f"{clip}{suffix}" for suffix in SOUNDS)
    return next((one for one in files if one.is_file()), None)
