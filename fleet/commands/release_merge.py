"""motcua release merge: signatures that were made side by side, each on its own copy, come together in one file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, Signature
from tuf.api.metadata import Root

from fleet.commands.release_root import Refusals, folder_root, who_may
from fleet.commands.shared import Refused, say
from fleet.domain.signed_documents import SignedDocument
from fleet.release_folder import ReleaseFolder, read_file, with_signatures, write_whole


def merge(
    file: Annotated[Path, typer.Argument(help="The root or the release, in its folder: 1.root.json, 12.targets.json.")],
    copies: Annotated[list[Path], typer.Argument(help="Copies of the same file that others have signed.")],
) -> None:
    """Add to a root or a release what was signed on copies of it. No key is needed: each signature is verified."""
    try:
        document, here = read_file(file), ReleaseFolder(file.parent)
        may = keys_that_may(document, here)
        for copy in copies:
            document = with_signatures(document, new_in(copy, document, may))
        document.wire()
        write_whole(file, document.tuf_file())
    except Refusals as problem:
        raise Refused(str(problem)) from None
    say(f"{file}: signed by {', '.join(sorted(one[:8] for one in document.signatures))}")


def new_in(copy: Path, document: SignedDocument, may: Mapping[str, Key]) -> dict[str, bytes]:
    """The signatures of a copy, each verified. Raises Refused, or one of Refusals."""
    other = read_file(copy)
    if other.signed != document.signed:
        raise Refused(f"{copy}: expected the same document, found another one; nothing was merged")
    for keyid, value in other.signatures.items():
        if keyid not in may:
            raise Refused(
                f"{copy}: expected keys that may sign it, found {keyid[:8]}, which may not; nothing was merged"
            )
        try:
            may[keyid].verify_signature(Signature(keyid, value.hex()), document.signed)
        except UnverifiedSignatureError:
            why = f"{copy}: expected a signature by {keyid[:8]}, found other bytes; nothing was merged"
            raise Refused(why) from None
    return dict(other.signatures)


def keys_that_may(document: SignedDocument, here: ReleaseFolder) -> dict[str, Key]:
    """The keys whose signatures this document wants; what it says is shown. Raises one of Refusals."""
    ids, said = who_may(document, here), document.metadata().signed
    roots = [folder_root(here, said.version - 1), said] if isinstance(said, Root) else [here.chain()[-1].root]
    return {keyid: one.keys[keyid] for one in roots if one is not None for keyid in ids if keyid in one.keys}
