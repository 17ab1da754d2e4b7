"""What staff decide of a device's parts, from the command to what the device does, with real processes."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.__main__ import app
from fleet.clock import now_ms
from fleet.domain.devices_now import DeviceNow
from fleet.flows.watch import devices_now
from fleet.store import devices
from fleet.store.database import Store
from protocols.display import Display
from protocols.events import RatingGiven, decode_event
from protocols.message import from_json
from tests.journeys.house import an_office, next_shows, settings_in, stored_events, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

LABEL = ".###...###...###....#..."
# A001 begins so on the first row of LEDs.


def say(folder: Path, *words: object) -> list[str]:
    """A command, as staff type it: what it printed."""
    result = CliRunner().invoke(app, ["devices", *map(str, words), "--data", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout.split()


def starts(folder: Path, device: str) -> list[str]:
    """Why this device started, each time of which is stored."""
    boots = sorted(one for one in stored_events(folder, "boot") if one[0] == device)
    return [str(json.loads(body)["reason"]) for *_, body in boots]


def test_a_call_display_speaks_and_buttons_are_as_many_as_staff_say(tmp_path: Path) -> None:
    async def journey() -> None:
        async with an_office(tmp_path) as office:
            store = Store(settings_in(tmp_path).database_url)
            screen, buttons = office.office.screen, office.boards.boards["nut-1"]

            def seen(device: str) -> DeviceNow:
                return next(one for one in devices_now(store, now_ms()) if one.id == device)

            await until("the usual volume", lambda: screen.voice.volume == Display.volume)
            assert "7" in await asyncio.to_thread(
                say, tmp_path, "display", "bang-1", "--volume", 7, "--language", 1, "--language", 4
            )
            await until("another volume", lambda: screen.voice.volume == 7)

            await office.boards.boards["may-in-1"].press("service_1")
            await until("a ticket", lambda: office.office.printer.slips)
            await next_shows(office.boards.boards["quay-1"], office.office.displays["quay-1"], "A001")
            await until("the number on the LEDs", lambda: screen.leds.dots()[0].startswith(LABEL))
            wanted = [(folder, "Mời số A không không một, đến quầy số một") for folder in (1, 4)]
            await until(
                "the call in both languages",
                lambda: [(one["folder"], one["words"]["vi"]) for one in screen.view()["said"]] == wanted,
            )

            here = asyncio.create_task(until("that it is here", lambda: not screen.leds.dots()[0].startswith(LABEL)))
            assert "done," in await asyncio.to_thread(say, tmp_path, "identify", "bang-1", "--seconds", 1)
            await here  # looked for from the beginning: it is over soon
            await until("the number again", lambda: screen.leds.dots()[0].startswith(LABEL))
            assert "done," in await asyncio.to_thread(say, tmp_path, "test-print", "may-in-1")
            await until("the page", lambda: "MOTCUA" in office.office.printer.slips[-1].slip.text)
            assert "done," in await asyncio.to_thread(say, tmp_path, "restart", "quay-1")
            await until("another boot", lambda: starts(tmp_path, "quay-1")[2:] == ["command"])

            assert await asyncio.to_thread(say, tmp_path, "scale", "nut-1", 3) == ["scale", "3", "version", "2"]
            await until("three keys", lambda: buttons.keys == {"score_1", "score_2", "score_3"})
            await buttons.ready()
            await buttons.press("score_3")
            await until("the press", lambda: stored_events(tmp_path, "rating"))
            press = decode_event(from_json(stored_events(tmp_path, "rating")[0][4].encode()))
            assert isinstance(press, RatingGiven)
            assert (press.score, press.scale, press.scale_version) == (3, 3, 2)
            assert seen("nut-1").told.scale == (3, 2)

            with store.writing() as connection:  # as a fleet of another version might say it
                devices.set_part(connection, "bang-1", "display", '{"volume": 30, "modules": 12}')
                devices.config_is_due(connection, ["bang-1"])
            refused = await until("a refusal", lambda: seen("bang-1").refused)
            assert refused is not None and (refused.key, refused.found) == ("display.modules", "12")
            assert screen.voice.volume == 7, "what it was before stays"
            with store.writing() as connection:
                devices.set_part(connection, "bang-1", "display", '{"show": "segments"}')
                devices.config_is_due(connection, ["bang-1"])
            await until("no refusal any more", lambda: seen("bang-1").refused is None and screen.show == "segments")
            store.close()

    asyncio.run(journey())
