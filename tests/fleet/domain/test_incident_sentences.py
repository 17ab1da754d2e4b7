"""What was found at incidents is said in Vietnamese, whatever the fleet writes down of them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from fleet.domain import proving
from fleet.domain.incident_sentences import found_in
from fleet.flows import prove

STRANGE = "%{0}\n<b>"


def written(module: ModuleType) -> Iterator[str]:
    """The sentences that a module makes, with a stranger's words wherever something is filled in."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    made = [one for one in ast.walk(tree) if isinstance(one, ast.JoinedStr)]
    pieces = {id(piece) for one in made for piece in one.values}
    for one in made:
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else STRANGE for part in one.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in pieces:
            yield str(node.value)


def test_every_sentence_of_an_incident_has_its_vietnamese() -> None:
    made = [one for module in (proving, prove) for one in written(module) if one.startswith("expected ")]
    by_parts = (f"expected {STRANGE}, found epoch", f"found {STRANGE}, of the board")  # below, as they come
    whole = [one for one in made if not any(part in one for part in by_parts)]
    assert len(whole) >= 8
    assert [one for one in whole if not found_in("vi", one)[1]] == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("expected the board e66, found e99", "cần bo mạch e66, thấy bo mạch e99"),
        (
            "expected epoch 3, boot 7 or later, found epoch 3, boot 2",
            "cần lần cấp 3, lần khởi động 7 trở đi, thấy lần cấp 3, lần khởi động 2",
        ),
        (
            "expected a proof by its key, found no proof, of the board e66",
            "cần chữ ký bằng khóa của thiết bị, bo mạch e66 không gửi chữ ký",
        ),
        (
            "expected a proof by its key, found one that it did not make, for slot a, of the board e66",
            "cần chữ ký bằng khóa của thiết bị, bo mạch e66 gửi chữ ký sai (ngăn khóa a)",
        ),
    ],
)
def test_what_was_found_is_said_with_its_values(found: str, said: str) -> None:
    assert found_in("vi", found) == (said, True)
    assert found_in("en", found) == (found, True)


def test_what_has_no_vietnamese_stays_english() -> None:
    assert found_in("vi", "expected {0}, found something new") == ("expected {0}, found something new", False)
