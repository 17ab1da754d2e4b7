"""motcua release root, sign: who says whose keys are believed, and who signs that, each on a machine of his own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from securesystemslib.signer import Key
from tuf.api.metadata import Root

from fleet.commands.release_keys import PassphraseFile, opened_key
from fleet.commands.release_shown import fingerprint, holders_shown, release_shown
from fleet.commands.shared import Refused, err, out, say
from fleet.domain.release_drafts import ROOT_SIGNERS, Holders, holders_of, root_draft
from fleet.domain.release_images import images_of
from fleet.domain.release_roles import RELEASE, ROOT, root_of
from fleet.domain.signed_documents import SignedDocument, of_metadata
from fleet.release_folder import Bad, ReleaseFolder, read_file, with_signatures, write_whole
from fleet.release_keys import KeyRefused, read_public, signed

Refusals = (*Bad, KeyRefused)
Folder = Annotated[Path, typer.Argument(help="The folder of releases.")]


def root(
    folder: Folder,
    root_key: Annotated[
        list[Path] | None, typer.Option(help="A public key of the root role; three times.", show_default=False)
    ] = None,
    release_key: Annotated[
        list[Path] | None, typer.Option(help="The public key that signs releases.", show_default=False)
    ] = None,
    fleet_key: Annotated[
        list[Path] | None, typer.Option(help="The public key of the fleet's server.", show_default=False)
    ] = None,
    signers: Annotated[
        int | None, typer.Option(help=f"So many root keys must sign a root; at first {ROOT_SIGNERS}.")
    ] = None,
) -> None:
    """Say whose keys have which role: the first root, or the next one with other keys; it is to be signed then."""
    here = ReleaseFolder(folder)
    try:
        given = [list(map(read_public, files or [])) for files in (root_key, release_key, fleet_key)]
        before = here.chain()[-1].root if here.numbers(ROOT) else None
        wanted = holders(before, given, signers)
        if before is not None and wanted == holders_of(before):
            raise Refused(f"root {before.version}: expected other keys than it has, found none")
        version = 1 if before is None else before.version + 1
        draft = of_metadata(root_draft(wanted, version))
        path = here.keep(ROOT, draft, version)
    except Refusals as problem:
        raise Refused(str(problem)) from None
    out.print(holders_shown(root_of(draft), before, {}))
    say(f"{path}: to be signed; fingerprint {fingerprint(draft)}")


def sign(
    file: Annotated[Path, typer.Argument(help="The root or the release, in its folder: 1.root.json, 12.targets.json.")],
    key: Annotated[Path, typer.Option(help="Your private key.")],
    passphrase_file: PassphraseFile = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Sign a release only if these sources make the very same images.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: it was looked at before.")] = False,
) -> None:
    """Look at a root or a release, and sign it. Nothing but this one file is changed."""
    try:
        document = read_file(file)
        here = ReleaseFolder(file.parent)
        may = who_may(document, here)
        if rebuild:
            rebuilt(document, here)
        signer = opened_key(key, passphrase_file)
        keyid = signer.public_key.keyid
        if keyid not in may:
            raise Refused(f"{key}: expected a key that may sign {file.name}, found {keyid[:8]}, which may not")
        if not (yes or agreed()):
            raise Refused("expected a person who says yes, or --yes; nothing was signed")
        document = with_signatures(document, signed(document.signed, [signer]))
        document.wire()
        write_whole(file, document.tuf_file())
    except Refusals as problem:
        raise Refused(str(problem)) from None
    say(f"{file}: signed by {', '.join(sorted(one[:8] for one in document.signatures))}")


def holders(before: Root | None, given: Sequence[Sequence[Key]], signers: int | None) -> Holders:
    """Who shall have which role: those that were given, else those that have it. Raises Refused."""
    for name, keys in zip(("--root-key", "--release-key", "--fleet-key"), given, strict=True):
        if before is None and not keys:
            raise Refused(f"{name}: expected the public keys of each role for a first root, found none")
    if before is None:
        return Holders(given[0], given[1], given[2], signers or ROOT_SIGNERS)
    has = holders_of(before)
    changed = {name: keys for name, keys in zip(("root", "release", "fleet"), given, strict=True) if keys}
    sorted_keys = {name: sorted(keys, key=lambda one: one.keyid) for name, keys in changed.items()}
    return replace(has, **sorted_keys, root_signers=signers or has.root_signers)  # type: ignore[arg-type]


def who_may(document: SignedDocument, folder: ReleaseFolder) -> list[str]:
    """The ids of the keys whose signatures this document wants; what it says is shown. Raises one of Refusals."""
    said = document.metadata().signed
    if isinstance(said, Root):
        before = folder_root(folder, said.version - 1)
        out.print(holders_shown(root_of(document), before, document.signatures))
        found = [one.roles[ROOT].keyids for one in (said, before) if one is not None]
        say(f"fingerprint {fingerprint(document)}")
        return [keyid for keyids in found for keyid in keyids]
    for image in images_of(said):
        folder.image(image)
    out.print(release_shown(said, document.signatures))
    say(f"fingerprint {fingerprint(document)}")
    return list(folder.chain()[-1].root.roles[RELEASE].keyids)


def rebuilt(document: SignedDocument, here: ReleaseFolder) -> None:
    """Build the images of a release again. Raises Refused where others come out, or one of Refusals."""
    from fleet.commands.release_check import rebuilt as built_again

    said = document.metadata().signed
    if isinstance(said, Root):
        raise Refused("rebuild: expected a release, found a root, which nobody builds")
    for image in images_of(said):
        finding = built_again(image, here.image(image))
        say(f"{finding.what}: {finding.found}")
        if not finding.good:
            raise Refused(f"{image.path}: expected what these sources make, found another image; nothing was signed")


def agreed() -> bool:
    """Whether a person has looked at it and says yes."""
    return err.is_terminal and typer.confirm("Sign it?", err=True)


def folder_root(folder: ReleaseFolder, version: int) -> Root | None:
    """This root of the folder, which may be there alone on the stick of a signer."""
    return root_of(folder.document(ROOT, version)) if folder.file(ROOT, version).exists() else None
