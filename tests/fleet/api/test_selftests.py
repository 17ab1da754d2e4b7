"""Records of self-tests come to the fleet: only what the claim's board signed, once, even after its key was burnt."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.api_rights import Scope
from fleet.domain.claims import ClaimFile, Wanted
from fleet.domain.selftests import BadRecord, record_of
from fleet.flows.claim import make_claims, use_within
from fleet.flows.keep_selftest import tests_of as kept_tests
from fleet.store import device_keys
from protocols.sealing import record_proof
from tests.fleet.api.conftest import OTHER, Town
from tests.fleet.office import OFFICE

HW = "e6614c311b7e6f35"


def signed(made: ClaimFile, **others: Any) -> dict[str, str]:
    said = {
        "v": 1,
        "claim": made.claim,
        "device": made.device,
        "hw": HW,
        "board": "pico_w",
        "firmware": "0.1.0",
        "passed": True,
        "parts": [{"part": "flash", "result": "pass", "found": "1408 KiB"}],
        **others,
    }
    record = json.dumps(said, ensure_ascii=False)
    return {"record": record, "proof": record_proof(bytes.fromhex(made.key), record.encode()), "tool": "motcua bench"}


def test_a_record_is_kept_once_even_after_the_claims_key_is_gone(town: Town) -> None:
    [claim] = make_claims(town.store, [Wanted(None, ("rating",), OFFICE)], "lan", 24, town.now_ms)
    with town.store.writing() as connection:
        use_within(connection, claim.claim, HW, town.now_ms)
        device_keys.forget(connection, claim.device)
    body = signed(claim)
    program = town.program(Scope.ENROL)
    for _ in range(2):
        answer = program.ask("POST", "/selftests", json=body)
        assert answer.status_code == 201
        assert (answer.json()["device"], answer.json()["passed"]) == (claim.device, True)
    [kept] = kept_tests(town.store, claim.device, 9)
    assert (kept.record, kept.proof, kept.hw, kept.by) == (body["record"], body["proof"], HW, "test")
    assert program.ask("POST", "/selftests", json=signed(claim, passed=False)).status_code == 201
    assert len(kept_tests(town.store, claim.device, 9)) == 2


def test_what_the_board_did_not_sign_is_not_kept(town: Town) -> None:
    one, two = make_claims(town.store, [Wanted(None, ("rating",), OFFICE)] * 2, "lan", 24, town.now_ms)
    program = town.program(Scope.ENROL)

    def told(body: dict[str, str]) -> tuple[int, str]:
        answer = program.ask("POST", "/selftests", json=body)
        return answer.status_code, answer.json()["type"].rsplit(":", 1)[1]

    right = signed(one)
    assert told({**right, "record": right["record"].replace("1408", "9999")}) == (422, "not-proved")
    assert told({**right, "proof": signed(two)["proof"]}) == (422, "not-proved")
    assert told(signed(one, device=two.device)) == (422, "not-proved")
    assert told(signed(one, claim="00000000J")) == (404, "no-such-claim")
    assert told({**right, "record": "{}"}) == (422, "unfit")
    assert told({**right, "proof": "zz"}) == (422, "unfit")
    elsewhere = town.program(Scope.ENROL, office=OTHER)
    assert elsewhere.ask("POST", "/selftests", json=right).status_code == 404
    assert kept_tests(town.store, one.device, 9) == kept_tests(town.store, two.device, 9) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"v": 2}, "record"),
        ({"hw": "xyz"}, "hw"),
        ({"board": "\x1b[2J"}, "board"),
        ({"claim": 7}, "claim"),
        ({"passed": 1}, "passed"),
        ({"parts": []}, "parts"),
        ({"parts": ["flash"]}, "parts"),
        ({"parts": [{"part": "flash", "result": "great"}]}, "result"),
        ({"parts": [{"part": "flash", "result": "fail"}]}, "passed"),
    ],
)
def test_what_is_wrong_with_a_record_is_named(change: dict[str, Any], field: str) -> None:
    claim = ClaimFile("K7MP4QXTH", "nut-1", "00" * 32, ("rating",), "x", None, 0, None)
    with pytest.raises(BadRecord) as told:
        record_of(signed(claim, **change)["record"])
    assert told.value.field == field


@given(st.text() | st.recursive(st.none() | st.booleans() | st.text(), lambda x: st.lists(x)).map(json.dumps))
def test_any_other_text_is_no_record(text: str) -> None:
    with pytest.raises(BadRecord):
        record_of(text)
