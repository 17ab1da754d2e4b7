"""Devices with a key prove it, are given another one, and whoever only says so gets nowhere."""

from base64 import b64decode
from pathlib import Path

import pytest

from fleet.domain.claims import Wanted
from fleet.domain.device_problems import INCIDENTS
from fleet.domain.incidents import Kind
from fleet.domain.proving import NONCES_KEPT
from fleet.flows.claim import make_claims
from fleet.flows.device_health import devices_seen
from fleet.flows.enrol import hashed, revoke
from fleet.flows.presence import welcome
from fleet.flows.prove import KeyRefused, Proven, kept, prove, rotate, untold
from fleet.store import device_keys, devices, incidents
from fleet.store.database import Store
from protocols.commands import Reply, Secret
from protocols.presence import Hello
from protocols.sealing import hello_proof, kept_id, password_of, unsealed
from tests.fleet.office import NINE, OFFICE, open_office

HOUR_MS = 3_600_000


class Board:
    """A board with the firmware's memory of keys, and the fleet that it speaks to."""

    def __init__(self, store: Store, device: str, key: bytes, claim: str | None, hw: str = "e661") -> None:
        self.store, self.device, self.hw, self.claim = store, device, hw, claim
        self.keys, self.slot, self.boot, self.n = {"a": key}, "a", 1, 0
        self.epoch: int | None = None

    def hello(self, **other: object) -> Hello:
        """Its next hello, or one that says something else than it should."""
        self.n += 1
        said = {"hw": self.hw, "boot": self.boot, "nonce": f"{self.hw}-{self.n}", "epoch": self.epoch}
        said |= {"slot": self.slot, "claim": self.claim, **other}
        proof = hello_proof(self.keys[self.slot], self.device, **said)  # type: ignore[arg-type]
        return Hello(firmware="0.2", board="test", roles=[], up=5, proof=proof, **said)  # type: ignore[arg-type]

    def says(self, hello: Hello | None = None, at_ms: int = NINE, **how: bool) -> Proven:
        """Say hello; what it proves. A device that is welcome keeps its epoch."""
        hello = hello or self.hello()
        found = prove(self.store, self.device, hello, at_ms, **how)
        assert found is not None
        if found.welcome:
            self.epoch = welcome(self.store, self.device, hello, at_ms).epoch
        return found

    def keeps(self, secret: Secret) -> Reply:
        """Take a new key; what it answers."""
        new = unsealed(self.keys[self.slot], secret.sealed)
        self.keys = {self.slot: self.keys[self.slot], secret.slot: new}
        return Reply(id=kept_id(secret.slot, new), ok=True)

    def comes_with(self, slot: str) -> Proven:
        """Connect anew with this key."""
        self.slot = slot
        return self.says()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_office(tmp_path)[0]


@pytest.fixture
def board(store: Store) -> Board:
    (file,) = make_claims(store, [Wanted("kp-9", ("keypad",), OFFICE, "quay-1")], "lan", 24, NINE)
    return Board(store, "kp-9", bytes.fromhex(file.key), file.claim)


def own_key(board: Board) -> Board:
    """The board after its claim."""
    secret = board.says().secret
    assert secret is not None
    assert kept(board.store, board.device, board.keeps(secret), NINE)
    assert board.comes_with(secret.slot).welcome
    board.keys, board.claim = {board.slot: board.keys[board.slot]}, None
    return board


def happened(board: Board) -> dict[str, int]:
    with board.store.reading() as connection:
        return {one.kind.value: one.n for one in incidents.of_device(connection, board.device)}


def troubles(board: Board, now_ms: int) -> list[str]:
    """What its page says of incidents."""
    (seen,) = [one for one in devices_seen(board.store, now_ms) if one.id == board.device]
    return [one.trouble.value for one in seen.problems if one.trouble in INCIDENTS]


def at_office(store: Store, office: str) -> list[str]:
    """The devices of this office at which something happened."""
    with store.reading() as connection:
        return [one.device for one in incidents.at_office(connection, office, NINE, NINE + 25 * HOUR_MS)]


def broker_knows(board: Board, key: bytes) -> bool:
    with board.store.reading() as connection:
        known = dict(devices.passwords(connection))[board.device]
    salt = known.split("$")[3]
    return known == hashed(password_of(key), b64decode(salt))


def test_a_claim_burns_and_only_its_board_is_welcomed_with_a_key_that_nobody_saw(board: Board) -> None:
    first = board.says()
    assert not first.welcome and first.secret is not None and first.secret.slot == "b"
    secret_of_the_claim = board.keys["a"]
    again = board.says(at_ms=NINE + 48 * HOUR_MS)
    assert not again.welcome and again.secret is not None, "it was lost; the claim is used, so its end does not matter"
    assert broker_knows(board, secret_of_the_claim)
    reply = board.keeps(again.secret)
    assert kept(board.store, "kp-9", reply, NINE) and not kept(board.store, "kp-9", reply, NINE)
    assert broker_knows(board, board.keys["b"])
    assert not board.says().welcome, "still with the claim's secret"
    assert board.comes_with("b") == Proven(welcome=True)
    with board.store.reading() as connection:
        keys = device_keys.keys_of(connection, "kp-9")
        place = devices.place_now(connection, "kp-9", NINE)
    assert keys is not None and (keys.slot, keys.key, keys.claim, keys.next_key) == ("b", board.keys["b"], None, None)
    assert place is not None and place.counter == "quay-1" and happened(board) == {}
    assert board.says().welcome


def test_a_second_board_with_the_same_claim_gets_nothing_whenever_it_comes(board: Board) -> None:
    thief = Board(board.store, "kp-9", board.keys["a"], board.claim, hw="24dc")
    secret = board.says().secret
    assert secret is not None and thief.says() == Proven(welcome=False)
    assert kept(board.store, "kp-9", board.keeps(secret), NINE)
    assert thief.says() == Proven(welcome=False)
    assert board.comes_with("b").welcome
    assert thief.says() == Proven(welcome=False)
    assert happened(board) == {"claim_reused": 3}
    assert at_office(board.store, OFFICE) == ["kp-9"] and at_office(board.store, "elsewhere") == []


def test_an_expired_claim_and_one_for_another_board_enrol_nobody(store: Store) -> None:
    late, bound = make_claims(
        store,
        [Wanted("kp-8", ("keypad",), OFFICE), Wanted("kp-9", ("keypad",), OFFICE, hw="24dc")],
        "lan",
        24,
        NINE,
    )
    board = Board(store, "kp-8", bytes.fromhex(late.key), late.claim)
    assert board.says(at_ms=NINE + 24 * HOUR_MS) == Proven(welcome=False) and happened(board) == {"claim_expired": 1}
    assert at_office(store, OFFICE) == ["kp-8"], "where it was to stand"
    board = Board(store, "kp-9", bytes.fromhex(bound.key), bound.claim)
    assert board.says() == Proven(welcome=False) and happened(board) == {"claim_reused": 1}
    assert Board(store, "kp-9", bytes.fromhex(bound.key), bound.claim, hw="24dc").says().secret is not None


def test_a_key_is_changed_and_changed_back_to_the_first_slot(board: Board) -> None:
    own_key(board)
    assert untold(board.store, 9, NINE) == []
    assert rotate(board.store, "kp-9", NINE) and not rotate(board.store, "kp-9", NINE)
    (told,) = untold(board.store, 9, NINE)
    assert untold(board.store, 9, NINE) == [], "it is told again after its next hello"
    again = board.says()
    assert again.welcome and again.secret is not None and told == ("kp-9", told[1]) and told[1].slot == "a"
    old = board.keys["b"]
    assert kept(board.store, "kp-9", board.keeps(again.secret), NINE)
    assert board.says().welcome, "with the old one until the broker cuts it off"
    assert board.comes_with("a").welcome and broker_knows(board, board.keys["a"])
    board.keys["b"] = old
    assert board.comes_with("b") == Proven(welcome=False) and happened(board) == {"forged": 1}


def test_a_reply_that_was_lost_is_made_good_by_the_hello_with_the_new_key(board: Board) -> None:
    own_key(board)
    rotate(board.store, "kp-9", NINE)
    secret = board.says().secret
    assert secret is not None
    reply = board.keeps(secret)
    assert board.comes_with("a").welcome and broker_knows(board, board.keys["a"])
    assert not kept(board.store, "kp-9", reply, NINE), "it is late, and changes nothing"


def test_who_cannot_open_the_new_key_cannot_say_that_it_is_kept(board: Board) -> None:
    own_key(board)
    rotate(board.store, "kp-9", NINE)
    secret = board.says().secret
    assert secret is not None
    before = board.keys["b"]
    assert not kept(board.store, "kp-9", Reply(id="key-a-00000000", ok=True), NINE)
    reply = board.keeps(secret)
    assert not kept(board.store, "kp-9", Reply(id=reply.id, ok=False, reason="flash"), NINE)
    assert not kept(board.store, "tp-1", reply, NINE) and broker_knows(board, before)


def test_attacks_with_the_password_but_without_the_key(board: Board) -> None:
    own_key(board)
    first = board.hello()
    assert board.says(first).welcome
    assert board.says().welcome
    assert board.says(first) == Proven(welcome=False), "said once more by a stranger"
    assert board.says(first, retained=True) == Proven(welcome=False), "or by the broker, which is no attack"
    forged = Hello(
        firmware="x", board="x", roles=[], boot=9, up=1, nonce="q", epoch=9, hw="e661", slot="b", proof="0" * 32
    )
    assert board.says(forged) == Proven(welcome=False)
    naked = Hello(firmware="x", board="x", roles=[], boot=9, up=1, nonce="r", epoch=9)
    assert board.says(naked) == Proven(welcome=False)
    last = board.hello()
    assert board.says(last).welcome
    for field, other in (("boot", 99), ("epoch", 77), ("hw", "24dc"), ("nonce", "mine")):
        spoilt = Hello.from_dict({**last.to_dict(), field: other})
        assert board.says(spoilt) == Proven(welcome=False), field
    assert happened(board) == {"forged": 7}
    assert board.says().welcome, "the device itself goes on"


def test_its_first_hello_said_again_after_many_others_begins_no_other_life(board: Board) -> None:
    secret = board.says().secret
    assert secret is not None
    kept(board.store, "kp-9", board.keeps(secret), NINE)
    board.slot = secret.slot
    birth = board.hello()
    assert board.says(birth).welcome and board.epoch == 1
    for _ in range(NONCES_KEPT + 1):
        assert board.says().welcome
    assert prove(board.store, "kp-9", birth, NINE) == Proven(welcome=False) and happened(board) == {"forged": 1}
    assert board.says().welcome and board.epoch == 1


def test_what_the_broker_kept_and_says_again_is_no_news(board: Board) -> None:
    own_key(board)
    last, thief = board.hello(), Board(board.store, "kp-9", b"", None, hw="24dc")
    assert board.says(last).welcome
    thief.keys, thief.slot, thief.epoch = dict(board.keys), board.slot, board.epoch
    copy = thief.hello()
    for _ in range(3):
        assert thief.says(copy, retained=True) == Proven(welcome=False)
    assert happened(board) == {"cloned": 1}, "first heard when the sender came back"
    revoke(board.store, "kp-9", NINE)
    assert board.says(last, retained=True) == Proven(welcome=False) and "revoked_talks" not in happened(board)
    talks = board.hello()
    for _ in range(3):
        assert board.says(talks, retained=True) == Proven(welcome=False)
    assert board.says(talks) == Proven(welcome=False)
    assert happened(board) == {"cloned": 1, "revoked_talks": 2}


def test_a_copy_of_its_flash_on_another_board_is_seen(board: Board) -> None:
    own_key(board)
    board.boot = 5
    assert board.says().welcome
    copy = Board(board.store, "kp-9", b"", None, hw="24dc")
    copy.keys, copy.slot, copy.epoch, copy.boot, copy.n = dict(board.keys), board.slot, board.epoch, 6, 100
    assert copy.says() == Proven(welcome=False)
    copy.hw = "e661"  # it lies about its chip, but its counter is its own
    copy.boot = 4
    assert copy.says() == Proven(welcome=False) and happened(board) == {"cloned": 2}


def test_a_revoked_device_that_talks_is_seen_and_one_that_nobody_knows_is_none(board: Board) -> None:
    own_key(board)
    assert troubles(board, NINE) == []
    revoke(board.store, "kp-9", NINE)
    assert board.says() == Proven(welcome=False) and happened(board) == {"revoked_talks": 1}
    assert troubles(board, NINE + 23 * HOUR_MS) == ["revoked_talks"], "a technician sees it for a day"
    assert troubles(board, NINE + 24 * HOUR_MS) == []
    assert prove(board.store, "nobody", board.hello(), NINE) is None


def test_a_device_with_a_password_of_its_own_is_welcomed_as_ever(store: Store) -> None:
    hello = Hello(firmware="0.1", board="test", roles=[], boot=1, nonce="n", up=1)
    assert prove(store, "tp-1", hello, NINE) == Proven(welcome=True)
    for device, why in (("tp-1", "password of its own"), ("nobody", "expected an enrolled device")):
        with pytest.raises(KeyRefused, match=why):
            rotate(store, device, NINE)


def test_a_device_that_waits_for_its_board_has_no_key_to_change(board: Board) -> None:
    with pytest.raises(KeyRefused, match="waits for its board"):
        rotate(board.store, "kp-9", NINE)


def test_kinds_of_incidents_are_those_of_the_contract() -> None:
    assert {kind.value for kind in Kind} == {
        "forged",
        "cloned",
        "claim_expired",
        "claim_reused",
        "revoked_talks",
    }
