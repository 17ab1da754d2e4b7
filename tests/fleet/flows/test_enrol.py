"""A device gets its identity; the broker is told who may connect."""

import subprocess
from pathlib import Path

import pytest

from fleet.flows.enrol import (
    FLEET_USER,
    EnrolError,
    broker_passwords,
    enrol,
    hashed,
    known,
    renew_password,
    revoke,
)
from fleet.laptop.stand_in import fits
from fleet.store import devices
from fleet.store.database import Store
from tests.fleet.office import NINE, OFFICE

BAD = {
    "an id with capitals": (("TP-9", ["printer"], OFFICE, None), "device id: expected 1 to 32 characters of a-z"),
    "an empty id": (("", ["printer"], OFFICE, None), "device id: expected 1 to 32"),
    "an id with a wildcard": (("tp+", ["printer"], OFFICE, None), "device id: expected"),
    "an id that would end a line": (("tp\nx", ["printer"], OFFICE, None), "device id: expected"),
    "the fleet's own user": ((FLEET_USER, ["printer"], OFFICE, None), "'fleet' is kept for the fleet itself"),
    "a process of the fleet": (("srv-send", ["printer"], OFFICE, None), "'srv-send' is kept for the fleet itself"),
    "an unknown role": (("tp-9", ["toaster"], OFFICE, None), "role: expected one of printer, .*found 'toaster'"),
    "an unknown office": (("tp-9", ["printer"], "nowhere", None), "office: expected the id of an office"),
    "an unknown counter": (("tp-9", ["rating"], OFFICE, "quay-9"), "counter: expected one of quay-1, quay-2, found"),
    "a taken id": (("q-1", ["rating"], OFFICE, None), "device id: 'q-1' is taken"),
}


SALT = bytes(range(12))


def lines(store: Store, salt: bytes | None = SALT) -> dict[str, str]:
    return dict(line.split(":", 1) for line in broker_passwords(store, "the fleet's own", salt).splitlines())


@pytest.mark.parametrize(("asked", "sentence"), BAD.values(), ids=BAD)
def test_what_cannot_be_enrolled_is_said_in_a_sentence_and_changes_nothing(
    store: Store, asked: tuple[str, list[str], str, str | None], sentence: str
) -> None:
    before = lines(store)
    with pytest.raises(EnrolError, match=sentence):
        enrol(store, *asked, NINE)
    assert lines(store) == before


def test_a_device_stands_at_its_place_from_now_on(store: Store) -> None:
    password = enrol(store, "nut-9", ["rating", "reader"], OFFICE, "quay-2", NINE)
    assert len(password) == 32
    with store.reading() as connection:
        row = devices.device(connection, "nut-9")
        before = devices.place_now(connection, "nut-9", NINE - 1)
        place = devices.place_now(connection, "nut-9", NINE)
    assert row is not None and (row.roles, row.epoch) == (("rating", "reader"), 0)
    assert before is None
    assert place is not None and (place.office, place.counter) == (OFFICE, "quay-2")
    assert "nut-9" in known(store)


def test_the_password_is_not_kept(store: Store) -> None:
    password = enrol(store, "nut-9", ["rating"], OFFICE, None, NINE)
    kept = lines(store)["nut-9"]
    assert password not in kept
    assert fits(password, kept)
    assert not fits(password + "x", kept)


def test_a_renewed_password_replaces_the_old_one(store: Store) -> None:
    old = enrol(store, "nut-9", ["rating"], OFFICE, None, NINE)
    new = renew_password(store, "nut-9")
    assert fits(new, lines(store)["nut-9"])
    assert not fits(old, lines(store)["nut-9"])


def test_a_revoked_device_is_no_longer_listed(store: Store) -> None:
    assert "q-1" in lines(store)
    revoke(store, "q-1", NINE)
    assert "q-1" not in lines(store)
    with pytest.raises(EnrolError, match="expected an enrolled device, found 'q-1'"):
        revoke(store, "q-1", NINE)
    with pytest.raises(EnrolError, match="expected an enrolled device, found 'stranger'"):
        revoke(store, "stranger", NINE)


def test_the_list_stays_the_same_text_until_somebody_comes_or_goes(store: Store) -> None:
    assert broker_passwords(store, "one", SALT) == broker_passwords(store, "one", SALT)
    assert broker_passwords(store, "one", SALT) != broker_passwords(store, "two", SALT)
    assert set(lines(store)) == {FLEET_USER, "tp-1", "q-1", "q-2", "nut-1", "nut-2"}


def test_the_fleets_line_tells_nothing_of_its_password_but_a_hash_under_a_random_salt(store: Store) -> None:
    first, second = lines(store, None)[FLEET_USER], lines(store, None)[FLEET_USER]
    assert first.split("$")[3] != second.split("$")[3], "a salt that follows from the password would give it away"
    assert fits("the fleet's own", first) and fits("the fleet's own", second)


def test_two_devices_of_one_password_have_different_hashes() -> None:
    assert hashed("same") != hashed("same")


def test_the_hash_has_the_form_of_mosquittos_own(tmp_path: Path) -> None:
    """That Mosquitto takes ours is shown by every connection in tests/fleet/workers."""
    path = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", path, "tp-1", "secret"], check=True)
    name, made = path.read_text().strip().split(":", 1)
    assert name == "tp-1"
    assert fits("secret", made)
    assert [len(part) for part in hashed("secret").split("$")] == [len(part) for part in made.split("$")]
