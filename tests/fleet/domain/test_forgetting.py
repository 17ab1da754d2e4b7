"""What is taken out of an event, and that it is the same event afterwards."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.forgetting import has_holder, is_same, without_code, without_holder

CODE = "H29.27.05-261002-0001"
TEXTS = st.text(max_size=20)
BODIES = st.fixed_dictionaries(
    {"kind": TEXTS, "holder": st.one_of(st.none(), TEXTS), "code": st.one_of(st.none(), TEXTS, st.just(CODE))},
    optional={"up": st.integers(), "reason": TEXTS, "more": st.dictionaries(TEXTS, TEXTS, max_size=3)},
)


def body(data: object) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


@given(BODIES)
def test_of_a_body_nothing_but_the_holder_goes(data: dict[str, object]) -> None:
    kept = without_holder(body(data))
    assert json.loads(kept) == {**data, "holder": None}
    assert has_holder(body(data)) is (data["holder"] is not None)
    assert not has_holder(kept)
    assert without_holder(kept) == kept


@given(BODIES)
def test_an_event_of_which_something_was_forgotten_is_still_the_same(data: dict[str, object]) -> None:
    sent = body(data)
    assert is_same(without_holder(sent), sent)
    assert is_same(without_code(without_holder(sent), CODE), sent)
    assert not is_same(without_holder(sent), body({**data, "kind": f"{data['kind']}!"}))


def test_a_hash_that_is_there_is_not_another_one() -> None:
    assert not is_same(body({"holder": "aa"}), body({"holder": "bb"}))
    assert not is_same(body({"holder": "aa"}), body({"holder": None}))


@pytest.mark.parametrize("broken", ['{"holder":"9f3c', '{"holder" : "9f3c01d2","x', 'x"holder":"9f3c\\"01d2"}'])
def test_a_message_that_was_cut_short_loses_it_too(broken: str) -> None:
    assert "9f3c" not in without_holder(broken)
    assert "01d2" not in without_holder(broken)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (body({"code": CODE}), body({"code": None})),
        (f"found {CODE}, expected", "found erased, expected"),
        (body({"code": CODE + "2"}), body({"code": CODE + "2"})),
        (body({"code": "000." + CODE}), body({"code": "000." + CODE})),
        (f"https://tra-cuu/?ma={CODE}&x", "https://tra-cuu/?ma=erased&x"),
    ],
)
def test_only_the_whole_code_goes(text: str, left: str) -> None:
    assert without_code(text, CODE) == left
