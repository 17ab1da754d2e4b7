"""The bench's book: one claim a board, whatever happens; claim files that are wrong; what survives a cut."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.provisioning.book import Book, BookError, ClaimExpired, NoClaim
from fleet.provisioning.book_lines import ENROLLED, KEEPING
from fleet.provisioning.claims import BadClaims, Claim, claim_of, claims_in

NOW = 1_800_000_000_000
LATER = NOW + 3_600_000


def body(number: int, until: int = LATER, hw: str | None = None, **others: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "claim": f"CLAIM{number}",
        "device": f"nut-{number}",
        "key": f"{number:064x}",
        "roles": ["rating"],
        "office": "Phường Tân An",
        "counter": f"Quầy {number}",
        "until": until,
        "hw": hw,
        "network": {"host": "10.0.0.2", "port": 8883, "protocol": 5},
        **others,
    }


def claim(number: int, until: int = LATER, hw: str | None = None) -> Claim:
    return claim_of(body(number, until, hw))


def test_a_board_gets_the_same_claim_whatever_happened_before(tmp_path: Path) -> None:
    book = Book(tmp_path)
    assert book.add([claim(1), claim(2), claim(3, hw="AA03")]) == 3
    first = book.bind("aa01", NOW).claim.id
    assert book.bind("aa03", NOW).claim.id == "CLAIM3"  # it was made for this board
    assert book.bind("aa02", NOW).claim.id != first
    assert book.free(NOW) == 0
    with pytest.raises(NoClaim, match="no claim is left"):
        book.bind("aa04", NOW)
    book.step("aa01", KEEPING)
    book.close()
    book = Book(tmp_path)
    assert book.add([claim(1), claim(2)]) == 0  # the same file once more
    page = book.bind("aa01", NOW)
    assert (page.claim.id, page.step) == (first, KEEPING)
    book.close()


def test_a_claim_that_expired_is_named_and_another_is_taken_where_there_is_one(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.add([claim(1, until=NOW)])
    with pytest.raises(ClaimExpired, match="CLAIM1 has expired"):
        book.bind("aa01", NOW)
    book.add([claim(2, until=NOW + 1)])
    assert book.bind("aa01", NOW).claim.id == "CLAIM2"
    with pytest.raises(ClaimExpired, match="CLAIM2 has expired"):
        book.bind("aa01", NOW + 2)
    book.add([claim(3)])
    assert book.bind("aa01", NOW + 2).claim.id == "CLAIM3"
    book.step("aa01", ENROLLED, 12.5, "pass")
    assert book.bind("aa01", LATER + 1).claim.id == "CLAIM3"  # it is that device for good
    book.close()


def test_a_burnt_key_is_forgotten_and_the_file_is_its_users_alone(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.add([claim(7), claim(8)])
    book.bind("aa01", NOW)
    book.step("aa01", ENROLLED, 20.0, "pass")
    book.keep_record("r1", {"record": "{}", "proof": "00"})
    book.keep_record("r2", {"record": "{}", "proof": "01"})
    book.sent("r1")
    book.close()
    book = Book(tmp_path)
    text = book.path.read_text()
    assert f"{7:064x}" not in text and f"{8:064x}" in text
    assert book.path.stat().st_mode & 0o777 == 0o600
    assert list(book.records()) == ["r2"]
    assert [(page.hw, page.step, page.seconds) for page in book.pages()] == [("aa01", ENROLLED, 20.0)]
    with pytest.raises(BookError, match="another bench works with this book"):
        Book(tmp_path)
    book.close()


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_book_cut_off_anywhere_never_gives_a_claim_to_two_boards(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("book")
    bound: dict[str, str] = {}
    book = Book(folder)
    book.add([claim(number) for number in range(4)])
    for hw in data.draw(st.lists(st.sampled_from(["a1", "a2", "a3", "a4"]), max_size=8)):
        claimed = book.bind(hw, NOW).claim.id
        assert bound.setdefault(hw, claimed) == claimed
        if data.draw(st.booleans()):
            book.step(hw, KEEPING)
        if data.draw(st.booleans()):  # the power goes while the next line is being written
            book.close()
            with book.path.open("ab") as file:
                file.write(b'{"bound": "CLAIM3", "hw": "ff"}'[: data.draw(st.integers(0, 31))])
            book = Book(folder)
    assert len(set(bound.values())) == len(bound)
    assert {page.hw: page.claim.id for page in book.pages()} == bound
    book.close()


def test_a_book_that_somebody_wrote_into_is_not_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "book.jsonl").write_text('{"bound": "X", "hw": "aa"}\n')
    with pytest.raises(BookError, match="line 1"):
        Book(tmp_path)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "line 2: expected a claim, it is no JSON"),
        ("[]", r"expected version 1, found \[\]"),
        (json.dumps({"v": 2}), "expected version 1, found 2"),
        (json.dumps({**body(1), "device": ""}), "device: expected a text"),
        (json.dumps({**body(1), "roles": []}), "roles: expected some roles"),
        (json.dumps({**body(1), "network": None}), "network: expected the broker's host"),
        (json.dumps({**body(1), "until": "soon"}), "until: expected UTC milliseconds"),
        (json.dumps({**body(1), "key": "5ecre7" * 9}), "key: expected 32 bytes in hexadecimal$"),
        (json.dumps({**body(1), "hw": 7}), "hw: expected a text or null"),
    ],
)
def test_a_line_that_is_no_claim_is_named_and_never_its_key(tmp_path: Path, line: str, sentence: str) -> None:
    file = tmp_path / "claims.jsonl"
    file.write_text(json.dumps(body(2)) + "\n" + line + "\n")
    with pytest.raises(BadClaims, match=sentence) as told:
        claims_in(file)
    assert "5ecre7" not in str(told.value)


def test_a_file_without_claims_and_no_file_at_all_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(BadClaims, match="at least one claim"):
        claims_in(tmp_path / "empty")
    with pytest.raises(BadClaims, match="no such file"):
        claims_in(tmp_path / "none")


def test_the_wifi_of_the_place_is_added_to_what_the_device_is_offered() -> None:
    offered = claim(1).with_wifi("Mot cua", "mat khau")
    assert offered["network"] == {**body(1)["network"], "ssid": "Mot cua", "wifi_password": "mat khau"}
    assert claim(1).with_wifi(None, None)["network"] == body(1)["network"]
    assert "wifi_password" not in claim(1).with_wifi("open", "")["network"]
