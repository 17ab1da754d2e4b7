"""Who may connect, out of the registry: hashes of passwords, and what is derived of keys."""

import pytest

from fleet.domain.access import AccessFailed, Credential
from fleet.flows.enrol import hashed, renew_password, revoke
from fleet.flows.may_connect import Registry
from fleet.store import device_keys, devices
from fleet.store.database import Store
from fleet.store.device_keys import NewKey
from fleet.store.rows import run, sql
from protocols.sealing import password_of, psk_of
from tests.fleet.office import NINE

ONE, TWO = bytes(range(32)), bytes(range(1, 33))


def give(store: Store, device: str, key: bytes) -> None:
    with store.writing() as connection:
        device_keys.give(connection, [NewKey(device, key)], NINE)
        devices.set_password(connection, device, hashed(password_of(key)))


def test_a_device_with_a_password_of_its_own_has_its_hash_alone(store: Store) -> None:
    found = Registry(store).may_connect()
    assert set(found) == {"tp-1", "q-1", "q-2", "nut-1", "nut-2"}
    assert (found["q-1"].password, found["q-1"].psk) == (None, None)
    assert found["q-1"].hashed.startswith("$7$")


def test_a_device_with_a_key_has_the_password_and_the_shared_key_that_are_made_of_it(store: Store) -> None:
    give(store, "q-1", ONE)
    found = Registry(store).may_connect()["q-1"]
    assert (found.password, found.psk) == (password_of(ONE), psk_of(ONE))


def test_once_the_next_key_is_on_flash_it_is_the_one_that_counts(store: Store) -> None:
    give(store, "q-1", ONE)
    registry = Registry(store)
    with store.writing() as connection:
        device_keys.begin_next(connection, "q-1", "b", TWO, NINE)
    assert registry.may_connect()["q-1"].psk == psk_of(ONE)
    with store.writing() as connection:
        device_keys.was_kept(connection, "q-1", NINE)
    assert registry.may_connect()["q-1"].psk == psk_of(TWO)
    with store.writing() as connection:
        device_keys.is_in_force(connection, "q-1", NINE)
    assert registry.may_connect()["q-1"].psk == psk_of(TWO)


def test_nothing_new_is_the_same_value_and_who_is_revoked_is_gone(store: Store) -> None:
    registry = Registry(store)
    before = registry.may_connect()
    assert registry.may_connect() is before
    renew_password(store, "q-1")
    revoke(store, "q-2", NINE)
    after = registry.may_connect()
    assert "q-2" not in after and after["q-1"] != before["q-1"] and after["tp-1"] is before["tp-1"]
    assert before["q-1"].mark != after["q-1"].mark


def test_who_is_revoked_and_still_there_is_named(store: Store) -> None:
    registry = Registry(store)
    with store.writing() as connection:
        devices.saw_presence(connection, "q-1", "online", NINE)
        devices.saw_presence(connection, "q-2", "lost", NINE)
    assert registry.revoked_but_there() == []
    for device in ("q-1", "q-2"):
        revoke(store, device, NINE)
    assert registry.revoked_but_there() == ["q-1"]


def test_keys_that_cannot_be_read_are_said_in_a_sentence(store: Store) -> None:
    give(store, "q-1", ONE)
    with store.writing() as connection:
        run(connection, sql("UPDATE device_keys SET key = 'AAAA' WHERE device = 'q-1'"))
    with pytest.raises(AccessFailed, match="expected the fleet key that sealed them"):
        Registry(store).may_connect()


def test_a_mark_tells_nothing_but_that_a_password_is_another() -> None:
    marks = {Credential("q-1", text).mark for text in ("$7$101$a$b", "$7$101$a$c", "$7$101$a$b")}
    assert len(marks) == 2
    assert all(len(mark) == 32 and "$" not in mark for mark in marks)
