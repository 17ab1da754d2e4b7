"""motcua devices: what a device's parts can, and what they shall do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.shared import Data, Device, Refused, opened, out
from fleet.commands.shared import say as said
from fleet.domain.config_fields import show_field
from fleet.domain.templates import Origin, Setting
from fleet.flows import equip, rating_reasons, rating_scale
from fleet.flows.effective import effective_of
from fleet.store.database import Store
from protocols.message import Message


def printer(
    device: Device,
    letters: Annotated[int | None, typer.Option(help="The line of the trial page that reads right: 1 to 4.")] = None,
    code: Annotated[int | None, typer.Option(help="The QR code that is there: 5 or 6.")] = None,
    bar: Annotated[int | None, typer.Option(help="The longest bar with both ends: 7 (58 mm) or 8 (80 mm).")] = None,
    cutter: Annotated[bool | None, typer.Option(help="The page was cut off.", show_default=False)] = None,
    status: Annotated[bool | None, typer.Option(help="The printer answers questions.", show_default=False)] = None,
    data: Data = None,
) -> None:
    """Say what a device's printer can, by the numbers of its trial page; without options, what is known of it."""
    told = {name: on for name, on in (("cutter", cutter), ("status", status)) if on is not None}
    with equipping(data) as store:
        changes = {**equip.on_the_trial_page(letters, code, bar), **told}
        known = (
            equip.set_printer(store, device, changes, now_ms())
            if changes
            else equip.printer_of(store, device, now_ms())
        )
    show_all(known)


def reader(
    device: Device,
    scanner: Annotated[
        str | None, typer.Option(help="auto, gm65 (takes commands) or plain (only sends codes).")
    ] = None,
    mode: Annotated[str | None, typer.Option(help="continuous, or sensing: when something comes before it.")] = None,
    repeat: Annotated[int | None, typer.Option(help="Seconds in which the same code is one reading.")] = None,
    marks: Annotated[str | None, typer.Option(help="What stands before a code in an address: 'ma= /hs/'.")] = None,
    data: Data = None,
) -> None:
    """Say what hangs on a device's reader line, and how it shall read; without options, what was said."""
    asked = {"scanner": scanner, "mode": mode, "repeat_s": repeat, "marks": marks}
    changes = {name: value for name, value in asked.items() if value is not None}
    with equipping(data) as store:
        known = (
            equip.set_reader(store, device, changes, now_ms()) if changes else equip.reader_of(store, device, now_ms())
        )
    show_all(known)


def display(
    device: Device,
    show: Annotated[str | None, typer.Option(help="matrix, segments, text or none.")] = None,
    modules: Annotated[int | None, typer.Option(help="Modules of 8 x 8 LEDs in the matrix: 1 to 8.")] = None,
    light: Annotated[int | None, typer.Option(help="How bright: 0 to 15.")] = None,
    voice: Annotated[str | None, typer.Option(help="dfplayer or none.")] = None,
    volume: Annotated[int | None, typer.Option(help="How loud: 0 to 30.")] = None,
    language: Annotated[
        list[int] | None,
        typer.Option(help="A folder of clips, 1 to 99; several times: each call is spoken in all, in this order."),
    ] = None,
    data: Data = None,
) -> None:
    """Say what a device's call display is made of, how bright and loud it is, and in which languages it speaks."""
    asked = {"show": show, "modules": modules, "light": light, "voice": voice, "volume": volume}
    changes: dict[str, str | int | list[int]] = {name: value for name, value in asked.items() if value is not None}
    if language:
        changes["languages"] = language
    with equipping(data) as store:
        known = (
            equip.set_display(store, device, changes, now_ms())
            if changes
            else equip.display_of(store, device, now_ms())
        )
    show_all(known)


def scale(
    device: Device,
    levels: Annotated[int | None, typer.Argument(help="How many rating buttons it has: 3, 4 or 5.")] = None,
    data: Data = None,
) -> None:
    """Say how many rating buttons a device has, from the worst to the best; left out: what was said."""
    with equipping(data) as store:
        known = (
            rating_scale.scale_of(store, device)
            if levels is None
            else rating_scale.set_scale(store, device, levels, now_ms())
        )
    out.print(f"scale         {known.levels}\nversion       {known.version}", highlight=False)


def reasons(
    device: Device,
    reason: Annotated[
        list[str] | None,
        typer.Option(help="A code such as long_wait; several times: a button each, from the worst score's on."),
    ] = None,
    score: Annotated[
        list[int] | None,
        typer.Option(help="A score after which it is asked; several times. Unless said, the lower half."),
    ] = None,
    wait: Annotated[int | None, typer.Option(help="Seconds in which the buttons are reasons: 3 to 30.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Ask nothing after a rating.")] = False,
    data: Data = None,
) -> None:
    """Say which reasons a device's rating buttons offer after a low rating; without options, what was said."""
    if none and (reason or score or wait is not None):
        raise Refused("expected --none alone, found another option beside it")
    with equipping(data) as store:
        if none:
            known = rating_reasons.set_reasons(store, device, now_ms(), [], [])
        elif reason or score or wait is not None:
            known = rating_reasons.set_reasons(store, device, now_ms(), reason or None, score or None, wait)
        else:
            known = rating_reasons.reasons_of(store, device, now_ms())
    out.print(f"reasons       {' '.join(known.reasons) or 'none: nothing is asked'}", highlight=False)
    out.print(f"scores        {' '.join(map(str, known.scores)) or 'the lower half'}", highlight=False)
    out.print(f"wait_s        {known.wait_s}", highlight=False)


def sleep(
    device: Device,
    after: Annotated[int | None, typer.Option(help="Seconds without a press; left out: it stays awake.")] = None,
    data: Data = None,
) -> None:
    """Let rating buttons on a battery sleep when nobody presses; a press wakes them."""
    with equipping(data) as store:
        equip.set_sleep(store, device, after)
    out.print(
        f"{device} {'stays awake' if after is None else f'sleeps {after} s after the last press'}", highlight=False
    )


def settings(device: Device, data: Data = None) -> None:
    """Show every field that a device has, and who said so: the device itself, a template, or nobody."""
    with opened(data) as store:
        found = effective_of(store, device, now_ms())
    if not found:
        raise Refused(f"nothing is known of {device!r}")
    for name, one in found.items():
        said(f"{name:20}{show_field(one.value):24}{whence(one)}".rstrip())


def inherit(
    device: Device,
    field: Annotated[list[str], typer.Argument(help="A field that was said of this device, such as display.volume.")],
    data: Data = None,
) -> None:
    """Fields are no longer the device's own: it has them from the templates of its office and of what is above."""
    with equipping(data) as store:
        equip.inherit(store, device, field)
    said(f"{device} has {', '.join(field)} from where it stands")


def whence(setting: Setting) -> str:
    """Who said so."""
    if setting.layer is not None:
        return f"{setting.layer.template.id}, version {setting.layer.version}"
    return "its own" if setting.origin is Origin.DEVICE else ""


@contextmanager
def equipping(data: Data) -> Iterator[Store]:
    """The store; what cannot be set in it is refused."""
    with opened(data) as store:
        try:
            yield store
        except equip.EquipError as problem:
            raise Refused(str(problem)) from None


def show_all(part: Message) -> None:
    """Everything that is known of a part, a line each."""
    for name in part.FIELDS:
        out.print(f"{name:14}{show_field(getattr(part, name))}", highlight=False, markup=False)
