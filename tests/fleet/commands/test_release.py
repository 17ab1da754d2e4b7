"""`motcua release`: keys, roots, images and signatures in a folder; what is wrong is refused, and nothing is lost."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from fleet.commands import release_build, release_check, release_keys, release_publish, release_root, shared
from fleet.domain.images import image_of
from fleet.flows.assign_release import Signing, trouble
from fleet.laptop import own_releases, romfs
from fleet.laptop.application_image import Built
from fleet.laptop.own_releases import with_own_keys
from fleet.release_folder import trust_of
from fleet.release_keys import pem_of, write_key
from fleet.settings import Settings
from fleet.store import releases
from tests.fleet.commands.conftest import Motcua
from tests.release_keys import key

FIRST = ["an", "binh", "chi", "release", "fleet"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder with keys; people say yes, and an image is a small thing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(release_root, "agreed", lambda: True)
    monkeypatch.setattr(release_build, "build_image", small_image)
    for name in [*FIRST, "dung", "em", "release 2"]:
        write_key(key(name), tmp_path / f"{name}.pem", None)
        (tmp_path / f"{name}.pem.pub").write_text(pem_of(key(name).public_key))
    yield tmp_path


def small_image(board: str, minimum: int, progress: object) -> Built:
    """As large as a test needs it."""
    scratch = Path("scratch", board)
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / "main.mpy").write_text(f"{board} {Path('source').read_text() if Path('source').exists() else ''}")
    data = romfs.image(scratch)
    return Built(image_of(board, "6.3", "0.9.0", data, minimum), data)


def refused(result: Result, text: str) -> None:
    assert result.exit_code == 1 and text in " ".join(result.stderr.split()), result.stderr


def first_root(motcua: Motcua) -> None:
    made = motcua("release", "root", "here", *root_keys("an", "binh", "chi"), *role("release"), *role("fleet"))
    assert made.exit_code == 0, made.stderr
    for name in ("an", "chi"):
        assert motcua("release", "sign", "here/1.root.json", "--key", f"{name}.pem").exit_code == 0


def root_keys(*names: str) -> list[str]:
    return [word for name in names for word in ("--root-key", f"{name}.pem.pub")]


def role(name: str, of: str = "") -> list[str]:
    return [f"--{of or name}-key", f"{name}.pem.pub"]


def signed_release(motcua: Motcua, number: int, *options: object, by: str = "release") -> None:
    made = motcua("release", "build", "here", *(options or ("--board", "simulated")))
    assert made.exit_code == 0, made.stderr
    assert motcua("release", "sign", f"here/{number}.targets.json", "--key", f"{by}.pem").exit_code == 0


def test_keys_are_made_under_a_passphrase_and_never_twice(
    motcua: Motcua, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(motcua("release", "keys", "keys/new.pem"), "expected --passphrase-file, or a terminal")
    monkeypatch.setattr(release_keys, "asked", lambda question, confirm=False: "ngắn")
    refused(motcua("release", "keys", "keys/new.pem"), "12 letters at least, found 4")
    Path("pass").write_text("một câu đủ dài\nno more\n")
    monkeypatch.setattr(release_keys, "new_key", lambda: key("dung"))
    made = motcua("release", "keys", "keys/new.pem", "--passphrase-file", "pass")
    assert made.exit_code == 0 and key("dung").public_key.keyid in made.output
    refused(motcua("release", "keys", "keys/new.pem", "--no-passphrase"), "there is a key already")
    Path("keys/new.pem").unlink()
    refused(motcua("release", "keys", "keys/new.pem", "--no-passphrase"), "new.pem.pub: there is a key already")


def test_from_a_first_root_to_a_release_that_is_whole(motcua: Motcua, place: Path) -> None:
    first_root(motcua)
    assert "fingerprint" in motcua("release", "check", "here").output
    signed_release(motcua, 1, "--board", "simulated", "--board", "esp32")
    checked = motcua("release", "check", "here", "--root", "here/1.root.json")
    assert checked.exit_code == 0 and "✗" not in checked.output, checked.output
    assert len(checked.output.splitlines()) == 5
    shown = motcua("release", "show", "here").output
    assert "root, 2 of 3" in shown and "release 1, signed by" in shown
    refused(motcua("release", "publish", "here", "--data", "nowhere"), "no database")


def test_each_signs_what_he_may_and_nothing_else(motcua: Motcua, place: Path) -> None:
    made = motcua("release", "root", "here", *root_keys("an", "binh", "chi"), *role("release"))
    refused(made, "--fleet-key: expected the public keys of each role for a first root, found none")
    first_root(motcua)
    signed_release(motcua, 1)
    before = Path("here/1.targets.json").read_bytes()
    for name in ("fleet", "an", "dung"):
        refused(motcua("release", "sign", "here/1.targets.json", "--key", f"{name}.pem"), "which may not")
    refused(motcua("release", "sign", "here/1.root.json", "--key", "release.pem"), "which may not")
    refused(motcua("release", "sign", "here/2.root.json", "--key", "an.pem"), "expected a document of a release")
    assert Path("here/1.targets.json").read_bytes() == before


def test_signatures_made_side_by_side_come_together(motcua: Motcua, place: Path) -> None:
    motcua("release", "root", "here", *root_keys("an", "binh", "chi"), *role("release"), *role("fleet"))
    file = Path("here/1.root.json")
    draft = file.read_bytes()
    for name in ("an", "chi"):
        Path(name).mkdir()
        Path(name, file.name).write_bytes(draft)
        assert motcua("release", "sign", f"{name}/1.root.json", "--key", f"{name}.pem").exit_code == 0
    merged = motcua("release", "merge", file, "an/1.root.json", "chi/1.root.json")
    assert merged.exit_code == 0 and all(key(name).public_key.keyid[:8] in merged.output for name in ("an", "chi"))
    assert motcua("release", "check", "here").exit_code == 0, "two of three have signed it"
    whole = file.read_bytes()
    assert motcua("release", "merge", file, "an/1.root.json").exit_code == 0 and file.read_bytes() == whole, "once more"

    said = json.loads(Path("an/1.root.json").read_bytes())
    signature = said["signatures"][0]
    for found, text in (
        ({**said, "signatures": [{**signature, "sig": "00" * 384}]}, "found other bytes; nothing was merged"),
        ({**said, "signatures": [{**signature, "keyid": key("dung").public_key.keyid}]}, "which may not"),
        ({**said, "signed": {**said["signed"], "version": 2}}, "expected the same document, found another one"),
    ):
        Path("other.json").write_text(json.dumps(found))
        refused(motcua("release", "merge", file, "other.json"), text)
        assert file.read_bytes() == whole
    signed_release(motcua, 1)
    Path("copy.json").write_bytes(Path("here/1.targets.json").read_bytes())
    unsigned = json.loads(Path("copy.json").read_bytes())
    Path("here/1.targets.json").write_text(json.dumps({**unsigned, "signatures": []}))
    assert motcua("release", "merge", "here/1.targets.json", "copy.json").exit_code == 0
    assert motcua("release", "check", "here").exit_code == 0, "a release, too"


def test_nobody_signs_without_having_looked(motcua: Motcua, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first_root(motcua)
    assert motcua("release", "build", "here", "--board", "simulated").exit_code == 0
    monkeypatch.setattr(release_root, "agreed", lambda: False)
    sign = ("release", "sign", "here/1.targets.json", "--key", "release.pem")
    refused(motcua(*sign), "nothing was signed")
    refused(motcua("release", "check", "here"), "found 1 that is not")
    image = next(Path("here/targets").iterdir())
    image.write_bytes(image.read_bytes() + b"more")
    refused(motcua(*sign, "--yes"), image.name)


def test_nobody_signs_an_image_that_these_sources_do_not_make(
    motcua: Motcua, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_root(motcua)
    assert motcua("release", "build", "here", "--board", "simulated").exit_code == 0
    sign = ("release", "sign", "here/1.targets.json", "--key", "release.pem", "--rebuild")
    fresh = small_image("simulated", 0, None).data
    monkeypatch.setattr(release_check, "compiled", lambda board: fresh)
    refused(motcua("release", "sign", "here/1.root.json", "--key", "an.pem", "--rebuild"), "found a root")
    Path("source").write_text("changed since")
    monkeypatch.setattr(release_check, "compiled", lambda board: small_image(board, 0, None).data)
    result = motcua(*sign)
    refused(result, "found another image; nothing was signed")
    assert "others in main.mpy" in result.output
    monkeypatch.setattr(release_check, "compiled", lambda board: fresh)
    assert motcua(*sign).exit_code == 0 and motcua("release", "check", "here", "--rebuild").exit_code == 0


def test_a_laptop_has_keys_of_its_own_to_try_a_release(
    motcua: Motcua, place: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter([*FIRST, "not made"])
    monkeypatch.setattr(own_releases, "new_key", lambda: key(next(names)))
    monkeypatch.setattr(release_publish, "build_image", lambda board, minimum: small_image(board, minimum, None))
    refused(motcua("release", "try", "--data", data), "expected a key that `motcua run` has made")
    settings = Settings(data=data)
    with shared.store_of(settings) as store:
        told = with_own_keys(settings, store, 1)
        assert with_own_keys(settings, store, 2) == told, "made once"
        other = settings.model_copy(update={"release_key": Path("of the province")})
        assert with_own_keys(other, store, 3) == other
        with store.reading() as connection:
            assert trouble(connection, Signing(told.release_key)) is None
            assert releases.roots(connection) == [trust_of(data / "releases" / "1.root.json")]
    assert all(one.stat().st_mode & 0o077 == 0 for one in (data / "releases" / "keys").iterdir())
    for number in (1, 2):
        tried = motcua("release", "try", "--data", data)
        assert tried.exit_code == 0 and f"release {number} (0.9.0) is published" in tried.output, tried.stderr
    assert motcua("release", "check", data / "releases").exit_code == 0


def test_roots_change_hands_and_old_releases_stay_good(motcua: Motcua, place: Path) -> None:
    first_root(motcua)
    signed_release(motcua, 1)
    refused(motcua("release", "root", "here", *role("release")), "expected other keys than it has, found none")
    assert (
        motcua("release", "root", "here", *root_keys("an", "dung", "em"), *role("release 2", "release")).exit_code == 0
    )
    for name in ("dung", "em"):
        assert motcua("release", "sign", "here/2.root.json", "--key", f"{name}.pem").exit_code == 0
    refused(motcua("release", "check", "here"), "found 1 that is not")
    refused(motcua("release", "build", "here", "--board", "esp32"), "by the keys of root 1")
    for name in ("an", "binh"):
        assert motcua("release", "sign", "here/2.root.json", "--key", f"{name}.pem").exit_code == 0
    refused(motcua("release", "check", "here"), "found 1 that is not")  # the last release, by a key of before
    signed_release(motcua, 2, "--again", 1, by="release 2")
    assert motcua("release", "check", "here").exit_code == 0
    said = json.loads(Path("here/2.targets.json").read_text())["signed"]
    assert said["targets"] == json.loads(Path("here/1.targets.json").read_text())["signed"]["targets"]


def test_sequences_only_grow_and_no_draft_is_lost(motcua: Motcua, place: Path) -> None:
    refused(motcua("release", "build", "here"), "found no root")
    first_root(motcua)
    signed_release(motcua, 7, "--board", "simulated", "--sequence", 7)
    refused(motcua("release", "build", "here", "--board", "simulated", "--sequence", 7), "one after 7")
    refused(motcua("release", "build", "here", "--again", 5), "5.targets.json: expected a document")
    refused(motcua("release", "build", "here", "--again", 8), "a sequence before 8, found 8")
    refused(motcua("release", "build", "here", "--again", 7, "--minimum", 3), "found --board or --minimum")
    assert motcua("release", "build", "here", "--board", "simulated", "--minimum", 7).exit_code == 0
    refused(motcua("release", "build", "here", "--board", "simulated"), "8.targets.json: nobody has signed it")


def test_whatever_was_changed_is_found(motcua: Motcua, place: Path) -> None:
    first_root(motcua)
    signed_release(motcua, 1)
    files = {path: path.read_bytes() for path in Path("here").rglob("*") if path.is_file()}
    for path, content in files.items():
        half = len(content) // 2
        path.write_bytes(content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :])
        assert motcua("release", "check", "here").exit_code == 1, path
        path.unlink()
        assert path.name == "1.targets.json" or motcua("release", "check", "here").exit_code == 1, path
        path.write_bytes(content)
    assert motcua("release", "check", "here").exit_code == 0
    Path("other.json").write_bytes(files[Path("here/1.targets.json")])
    refused(motcua("release", "check", "here", "--root", "other.json"), "found 1 that is not")
