"""Keys of releases that a laptop's office has for itself, in one folder of its data, so that an update can be tried.

A province has them with several people (`docs/releases.md`). These have no passphrase: they are worth what their
folder is.
"""

from pathlib import Path

from securesystemslib.signer import CryptoSigner

from fleet.domain.release_drafts import Holders, root_draft
from fleet.domain.signed_documents import SignedDocument, of_metadata
from fleet.flows.publish_release import ROOT as ROOT_NAME
from fleet.flows.publish_release import publish
from fleet.private_files import private_folder
from fleet.release_folder import ROOT, ReleaseFolder
from fleet.release_keys import new_key, signed, write_key
from fleet.settings import Settings
from fleet.store import releases
from fleet.store.database import Store

FOLDER = "releases"
ROOTS, RELEASE, FLEET = ("root-1", "root-2", "root-3"), "release", "fleet"


def own_folder(data: Path) -> ReleaseFolder:
    """Where they lie, with the releases that are made of them."""
    return ReleaseFolder(data / FOLDER)


def key_file(here: ReleaseFolder, name: str) -> Path:
    """The private key of this name."""
    return here.path / "keys" / f"{name}.pem"


def with_own_keys(settings: Settings, store: Store, now_ms: int) -> Settings:
    """The settings with keys of the laptop's own, made at its first start; as they are where they name others."""
    if settings.release_key is not None or settings.release_root is not None:
        return settings
    here = own_folder(settings.data)
    first = here.file(ROOT, 1)
    if not first.exists():
        make(here)
    with store.writing() as connection:
        if not releases.roots(connection):
            publish(connection, {f"{ROOT_NAME}1": here.document(ROOT, 1).wire()}, (), "motcua run", now_ms)
    return settings.model_copy(update={"release_key": key_file(here, FLEET), "release_root": first})


def make(here: ReleaseFolder) -> None:
    """All keys anew, and the first root last: where it is, they are there."""
    private_folder(key_file(here, FLEET).parent)
    made = {name: new_key() for name in (*ROOTS, RELEASE, FLEET)}
    for name, signer in made.items():
        key_file(here, name).unlink(missing_ok=True)  # of a start that was cut: nothing was signed with it
        write_key(signer, key_file(here, name), None)
    here.keep(ROOT, first_root(made), 1)


def first_root(made: dict[str, CryptoSigner]) -> SignedDocument:
    """A root by which these keys have their roles."""
    keys = {name: signer.public_key for name, signer in made.items()}
    holders = Holders([keys[name] for name in ROOTS], [keys[RELEASE]], [keys[FLEET]])
    draft = of_metadata(root_draft(holders))
    return SignedDocument(draft.signed, signed(draft.signed, [made[name] for name in ROOTS[:2]]))
