"""motcua release publish: what was signed comes to the fleet, which checks all of it once more."""

from pathlib import Path
from typing import Annotated

import typer

from fleet.clock import now_ms
from fleet.commands.release_build import drafted, next_sequence, refusing
from fleet.commands.release_root import Folder
from fleet.commands.shared import Data, Refused, caller, opened, say, settings_of
from fleet.domain.images import Image
from fleet.domain.release_images import images_of
from fleet.flows.publish_release import RELEASE as RELEASE_NAME
from fleet.flows.publish_release import ROOT as ROOT_NAME
from fleet.flows.publish_release import Published, ReleaseRefused, publish
from fleet.laptop.application_image import build as build_image
from fleet.laptop.own_releases import RELEASE as OWN_KEY
from fleet.laptop.own_releases import key_file, own_folder
from fleet.release_folder import RELEASE, ReleaseFolder, with_signatures
from fleet.release_keys import read_key, signed
from fleet.store import releases
from fleet.store.database import Store

Note = Annotated[str, typer.Option(help="A line that people see beside it.")]


def publish_folder(folder: Folder, note: Note = "", data: Data = None) -> None:
    """Bring the roots and the last release of a folder to the fleet; no device gets it before somebody rolls it out."""
    with opened(data) as store:
        told(brought(store, ReleaseFolder(folder), note))


def try_one(
    minimum: Annotated[int, typer.Option(min=0, help="Only for devices that run this sequence or a later one.")] = 0,
    data: Data = None,
) -> None:
    """Build a release for simulated boards, sign it with the keys that `motcua run` has made, and publish it."""
    here = own_folder(settings_of(data).data)
    with refusing():
        key = read_key(existing(key_file(here, OWN_KEY)))
        number = next_sequence(here, None)
        draft = drafted(here, number, [build_image("simulated", minimum)])
        here.keep(RELEASE, with_signatures(draft, signed(draft.signed, [key])), number)
    with opened(data) as store:
        told(brought(store, here, ""))
    say(f"onto devices: motcua rollouts start firmware {number} --kind release --when any")


def existing(key: Path) -> Path:
    """The key of a laptop's own office. Raises Refused."""
    if not key.exists():
        raise Refused(f"{key}: expected a key that `motcua run` has made, found none; start it once")
    return key


def brought(store: Store, here: ReleaseFolder, note: str) -> Published:
    """Publish what the fleet has not. Raises Refused."""
    with refusing():
        documents = {f"{ROOT_NAME}{one.root.version}": one.wire for one in here.chain()}
        with store.reading() as connection:
            last = releases.last_sequence(connection)
        newer = [number for number in here.numbers(RELEASE) if number > last]
        images: list[Image] = []
        if newer:
            images = images_of(here.release(newer[-1]))
            documents[f"{RELEASE_NAME}{newer[-1]}"] = here.document(RELEASE, newer[-1]).wire()
        try:
            with store.writing() as connection:
                return publish(connection, documents, map(here.image, images), caller(), now_ms(), note)
        except ReleaseRefused as problem:
            raise Refused(f"{problem}; nothing was published") from None


def told(published: Published) -> None:
    """Say what the fleet knows now."""
    say(f"root {published.root} is known")
    if published.sequence is None:
        say("no release that the fleet does not know")
    else:
        boards = ", ".join(image.board for image in published.images)
        say(f"release {published.sequence} ({published.version}) is published for {boards}")
