"""The doorkeeper's order: what cannot wait, what waits for others, and what is tried again."""

import logging
from collections.abc import Iterable, Sequence, Set

import pytest

from fleet.domain.access import AccessFailed, Credential
from fleet.flows.may_connect import Registry
from fleet.workers import doorkeeper as module
from fleet.workers.doorkeeper import BATCH_S, CUT_AGAIN_S, STRANGERS_AGAIN_S, Doorkeeper


class Listed(Registry):
    """A registry that is a dictionary."""

    def __init__(self, *devices: str) -> None:
        self.now = {device: Credential(device, "one") for device in devices}
        self.there: list[str] = []
        self.heard_of = set(self.now)

    def may_connect(self) -> dict[str, Credential]:
        return self.now

    def changes(self, *gone: str, **passwords: str) -> None:
        left = {device: one for device, one in self.now.items() if device not in gone}
        self.now = left | {device: Credential(device, password) for device, password in passwords.items()}
        self.heard_of |= self.now.keys()

    def strangers(self, listed: Set[str]) -> frozenset[str]:
        return frozenset(listed - self.heard_of)

    def revoked_but_there(self) -> list[str]:
        return self.there


class Heard:
    """A broker that writes down what it is told, and may be away."""

    def __init__(self) -> None:
        self.in_doubt = False
        self.wanted: dict[str, Credential] = {}
        self.kept: Set[str] = frozenset()
        self.told: list[dict[str, str]] = []
        self.cuts: list[str] = []
        self.trouble = self.deaf = ""
        self.full = False

    def put(self, credentials: Iterable[Credential]) -> None:
        self.wanted |= {one.device: one for one in credentials}

    def remove(self, device: str) -> None:
        self.wanted.pop(device, None)

    def listed(self) -> Set[str]:
        return self.told[-1].keys() if self.told else frozenset()

    def keep(self, devices: Set[str]) -> None:
        self.kept = devices

    def apply(self) -> Sequence[str]:
        if self.trouble or self.full:
            raise AccessFailed(self.trouble or "no space left on device")
        before = self.told[-1] if self.told else {}
        kept = {device: before[device] for device in self.kept if device in before}
        self.told.append(kept | {device: one.hashed for device, one in self.wanted.items()})
        self.in_doubt = False
        return [device for device, hashed in before.items() if self.told[-1].get(device) != hashed]

    def cut(self, device: str) -> None:
        if self.trouble or self.deaf:
            raise AccessFailed(self.trouble or self.deaf)
        self.cuts.append(device)

    def leave(self) -> None:
        pass


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.s = 1000.0

    def monotonic(self) -> float:
        return self.s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_the_first_look_tells_all_and_the_next_nothing(clock: Clock, heard: Heard) -> None:
    keeper = Doorkeeper(Listed("q-1", "q-2"), heard, look_s=0)
    keeper.round()
    keeper.round()
    assert (heard.told, heard.cuts) == ([{"q-1": "one", "q-2": "one"}], [])


def test_new_devices_wait_for_one_another(clock: Clock, heard: Heard) -> None:
    listed = Listed("q-1")
    keeper = Doorkeeper(listed, heard, look_s=0)
    keeper.round()
    for number in range(4):
        clock.s += BATCH_S / 4 - 0.1
        listed.changes(**{f"n-{number}": "one"})
        keeper.round()
    assert len(heard.told) == 1
    clock.s += 0.5
    keeper.round()
    assert (len(heard.told), len(heard.told[-1])) == (2, 5)


def test_a_new_device_alone_waits_for_nobody(clock: Clock, heard: Heard) -> None:
    listed = Listed("q-1")
    keeper = Doorkeeper(listed, heard, look_s=0)
    keeper.round()
    clock.s += BATCH_S
    listed.changes(n="one")
    keeper.round()
    assert "n" in heard.told[-1]


def test_a_revoked_device_waits_for_nobody_and_is_cut_off_twice_within_five_seconds(clock: Clock, heard: Heard) -> None:
    listed = Listed("q-1", "q-2")
    keeper = Doorkeeper(listed, heard, look_s=0)
    keeper.round()
    clock.s += 0.1
    listed.changes("q-1")
    keeper.round()
    assert (heard.told[-1], heard.cuts) == ({"q-2": "one"}, ["q-1"])
    for _ in range(4):
        clock.s += CUT_AGAIN_S / 2
        keeper.round()
    assert heard.cuts == ["q-1", "q-1"]


def test_a_device_with_another_secret_is_cut_off_once_for_it_may_come_back(clock: Clock, heard: Heard) -> None:
    listed = Listed("q-1", "q-2")
    keeper = Doorkeeper(listed, heard, look_s=0)
    keeper.round()
    listed.changes(**{"q-1": "two"})
    for _ in range(4):
        keeper.round()
        clock.s += CUT_AGAIN_S
    assert (heard.told[-1]["q-1"], heard.cuts) == ("two", ["q-1"])


def test_a_broker_that_is_away_is_told_when_it_is_back_and_the_trouble_is_said_once(
    clock: Clock, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    listed = Listed("q-1", "q-2")
    keeper = Doorkeeper(listed, heard, look_s=0)
    keeper.round()
    heard.trouble = "passwords: no space left on device"
    listed.changes("q-1")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            keeper.round()
        heard.trouble = ""
        keeper.round()
    assert (heard.told[-1], heard.cuts) == ({"q-2": "one"}, ["q-1"])
    assert caplog.text.count("no space left on device") == 1
    assert "the broker knows again who may connect" in caplog.text


def test_who_came_and_was_revoked_while_the_broker_was_away_is_not_let_in_when_it_is_back(
    clock: Clock, heard: Heard
) -> None:
    listed = Listed("q-1")
    keeper = Doorkeeper(listed, heard, look_s=0)
    keeper.round()
    heard.trouble = "no broker"
    clock.s += BATCH_S
    listed.changes(**{"q-2": "one"})
    keeper.round()
    listed.changes("q-2")
    keeper.round()
    heard.trouble = ""
    clock.s += BATCH_S
    listed.changes(**{"q-3": "one"})
    keeper.round()
    assert heard.told[-1] == {"q-1": "one", "q-3": "one"}


def test_what_stands_in_the_way_of_a_list_does_not_keep_a_session_alive_nor_the_other_way_round(
    clock: Clock, heard: Heard
) -> None:
    listed = Listed("q-1", "q-2", "q-3")
    keeper = Doorkeeper(listed, heard, look_s=0)
    keeper.round()
    heard.deaf = "no broker"
    listed.changes("q-1")
    keeper.round()
    listed.changes("q-2")
    keeper.round()
    assert (heard.told[-1], heard.cuts) == ({"q-3": "one"}, [])
    heard.deaf, heard.trouble = "", ""
    keeper.round()
    assert sorted(heard.cuts) == ["q-1", "q-2"]
    heard.full = True
    listed.changes("q-3")
    clock.s += CUT_AGAIN_S
    keeper.round()
    assert sorted(heard.cuts) == ["q-1", "q-1", "q-2", "q-2"], "for the second time, though the list is not written"


def test_a_broker_that_may_have_forgotten_is_told_again(clock: Clock, heard: Heard) -> None:
    keeper = Doorkeeper(Listed("q-1"), heard, look_s=0)
    keeper.round()
    heard.in_doubt = True
    keeper.round()
    keeper.round()
    assert len(heard.told) == 2


def test_who_was_revoked_while_nobody_kept_the_door_and_is_still_there_is_cut_off(clock: Clock, heard: Heard) -> None:
    listed = Listed("q-1")
    listed.there = ["q-9"]
    Doorkeeper(listed, heard, look_s=0).round()
    assert heard.cuts == ["q-9"]


def test_an_empty_registry_cuts_off_nobody_until_a_person_says_so(
    clock: Clock, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    heard.told.append({f"q-{n}": "one" for n in range(6)})
    listed = Listed()
    keeper = Doorkeeper(listed, heard, look_s=0)
    for _ in range(3):
        keeper.round()
    clock.s += BATCH_S
    listed.changes(new="one", gone="one")
    keeper.round()
    listed.changes("gone")
    keeper.round()
    assert heard.told[-1] == {f"q-{n}": "one" for n in range(6)} | {"new": "one"}, "who is known comes and goes"
    assert heard.cuts == ["gone"]
    assert caplog.text.count("found 6 of which it has never heard") == 1
    heard.told.append({"new": "one"})  # as `motcua devices strangers --confirm` does it
    clock.s += STRANGERS_AGAIN_S
    with caplog.at_level(logging.INFO):
        keeper.round()
    assert (heard.told[-1], keeper.strangers) == ({"new": "one"}, frozenset())
    assert "the broker knows again who may connect" in caplog.text


@pytest.mark.parametrize(("strange", "known", "stay"), [(4, 0, 0), (5, 4, 5), (5, 5, 0)])
def test_a_few_whom_the_registry_does_not_know_go_at_once(
    clock: Clock, heard: Heard, strange: int, known: int, stay: int
) -> None:
    heard.told.append({f"s-{n}": "one" for n in range(strange)} | {f"q-{n}": "one" for n in range(known)})
    Doorkeeper(Listed(*(f"q-{n}" for n in range(known))), heard, look_s=0).round()
    assert len(heard.told[-1]) == known + stay


def test_most_of_a_fleet_may_be_revoked_at_once(clock: Clock, heard: Heard) -> None:
    listed = Listed(*(f"q-{n}" for n in range(6)))
    keeper = Doorkeeper(listed, heard, look_s=0)
    keeper.round()
    listed.changes(*(f"q-{n}" for n in range(6)))
    keeper.round()
    assert heard.told[-1] == {}
