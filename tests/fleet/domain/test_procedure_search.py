"""The catalogue searched as people type, against a definition that looks at every word of every procedure."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.procedure_search import ProcedureIndex, plain, words_of
from fleet.domain.procedures import Procedure

SYLLABLES = "đăng ký khai sinh tử kết hôn chứng thực bản sao từ chính đất đai biến động hộ tịch ho khái 1.001193"
WORDS = st.sampled_from(SYLLABLES.split())
NAMES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
PIECES = st.lists(WORDS | WORDS.map(plain) | WORDS.map(lambda word: word[:2]) | st.text(max_size=3), max_size=3)


def slow_plain(text: str) -> str:
    """Letter by letter: each becomes the plain letter that it is made of."""
    return "".join(
        "d" if c in "đĐ" else unicodedata.normalize("NFD", c)[0] for c in text if not unicodedata.combining(c)
    )


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(0, 9)), max_size=12, unique_by=lambda one: one[0]), PIECES)
def test_found_is_whatever_has_a_word_that_begins_with_each_word_asked(
    known: list[tuple[str, int]], asked: list[str]
) -> None:
    procedures = [Procedure(f"1.{n:06d}", name, field="Hộ tịch" if n % 2 else "") for n, (name, _) in enumerate(known)]
    uses = {one.code: count for one, (_, count) in zip(procedures, known, strict=True)}
    question = " ".join(asked)
    found = ProcedureIndex(procedures, uses).search(question, most=100)

    def matches(one: Procedure) -> bool:
        words = words_of(slow_plain(f"{one.code} {one.name} {one.field}"))
        return all(any(word.startswith(piece) for word in words) for piece in words_of(slow_plain(question)))

    assert {one.procedure.code for one in found} == {one.code for one in procedures if matches(one)}
    assert all(one.uses == uses[one.procedure.code] for one in found)
    if not words_of(question):
        assert [one.uses for one in found] == sorted(uses.values(), reverse=True)
    assert ProcedureIndex(procedures, uses).search(question, most=2) == found[:2]


@settings(deadline=None)
@given(st.permutations(["khai", "sinh", "lại"]), st.sampled_from(["NFC", "NFD"]), st.booleans())
def test_the_order_and_the_spelling_of_words_do_not_matter(words: list[str], form: str, capitals: bool) -> None:
    index = ProcedureIndex(
        [Procedure("1.004884", "Đăng ký lại khai sinh"), Procedure("1.000656", "Đăng ký khai tử")], {}
    )
    question = unicodedata.normalize(form, " ".join(words))
    assert [one.procedure.code for one in index.search(question.upper() if capitals else question)] == ["1.004884"]
    assert [one.procedure.code for one in index.search(slow_plain(" ".join(words)))] == ["1.004884"]


def test_tones_as_typed_come_first_then_whole_words_then_what_is_used_most() -> None:
    names = {
        "1.000001": "Chứng thực chữ ký",
        "1.000002": "Chúng tôi",
        "1.000003": "Đăng ký kết hôn",
        "1.000004": "Đăng ký khai sinh",
        "1.000005": "Đăng kiểm",
    }
    index = ProcedureIndex([Procedure(*one) for one in names.items()], {"1.000002": 90, "1.000004": 7, "1.000005": 900})

    def codes(question: str) -> list[str]:
        return [one.procedure.code[-1] for one in index.search(question)]

    assert codes("chứng") == ["1", "2"], "as it was typed"
    assert codes("chung") == ["2", "1"], "no tones were typed: by use"
    assert codes("dang ky") == ["4", "3"]
    assert codes("dang k") == ["5", "4", "3"]
    assert codes("ky") == ["4", "3", "1"], "7 uses, then the shorter name"
    assert codes("1.000003") == codes("000003") == ["3"]
    assert codes("???") == codes("") == ["5", "2", "4", "3", "1"], "nothing is asked: by use"
    assert codes("ky xyz") == []
