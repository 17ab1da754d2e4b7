"""Whatever is done to a log afterwards, somebody notices: what was changed, taken out, put in, or put elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from fleet.domain.audit import (
    BEGINNING,
    BadAuditFile,
    BrokenChain,
    Entry,
    Head,
    What,
    as_kept,
    entry_of,
    head_of,
    network_part,
    walk,
    what_changed,
)

LENGTH = 8
Chain = list[Entry]


def entry(what: What = What.USER_ADD, **said: object) -> Entry:
    return Entry(0, 1_000, "user:1", "lan", "page", "", what, "7", "tan-an", "{}", as_kept(said), "", "")


def chained(entries: Sequence[Entry], after: Head | None = None) -> Chain:
    last, made = after or Head(), Chain()
    for one in entries:
        made.append(replace(one, number=last.number + 1, before_hash=last.hash).sealed())
        last = Head(made[-1].number, made[-1].hash)
    return made


WHOLE = chained([entry(n=n) for n in range(LENGTH)])
HEAD = Head(LENGTH, WHOLE[-1].hash)


def changed(chain: Chain) -> Chain:
    return [*chain[:3], replace(chain[3], name="hoa"), *chain[4:]]


def changed_and_sealed(chain: Chain) -> Chain:
    return [*chain[:3], replace(chain[3], name="hoa").sealed(), *chain[4:]]


def left_out(chain: Chain) -> Chain:
    return [*chain[:3], *chain[4:]]


def put_in(chain: Chain) -> Chain:
    return [*chain[:3], replace(chain[3], what="user.unlock").sealed(), *chain[3:]]


def put_elsewhere(chain: Chain) -> Chain:
    return [*chain[:3], chain[4], chain[3], *chain[5:]]


def moved_between_columns(chain: Chain) -> Chain:
    return [*chain[:3], replace(chain[3], who="user", name=":1lan"), *chain[4:]]


def without_its_old_end(chain: Chain) -> Chain:
    return chain[3:]


DEEDS = {
    changed: (4, "of what it says"),
    changed_and_sealed: (5, "one that follows"),
    left_out: (4, "the next number, found number 5"),
    put_in: (5, "the next number, found number 4"),
    put_elsewhere: (4, "found number 5"),
    moved_between_columns: (4, "of what it says"),
    without_its_old_end: (4, "number 1, or a later entry that says what was cut off"),
}


def test_a_chain_that_nobody_touched_is_whole() -> None:
    assert walk(WHOLE) == walk(WHOLE, HEAD) == HEAD
    assert walk([]) == Head()


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_what_was_done_to_it_is_found_where_it_was_done(deed: Callable[[Chain], Chain]) -> None:
    number, said = DEEDS[deed]
    with pytest.raises(BrokenChain, match=said) as found:
        walk(deed(WHOLE))
    assert found.value.number == number


def test_a_new_end_is_noticed_by_who_kept_the_old_one() -> None:
    shorter = WHOLE[:5]
    assert walk(shorter).number == 5  # nothing in it says that there was more
    with pytest.raises(BrokenChain, match="an end at 5"):
        walk(shorter, HEAD)
    other = [*shorter, *chained([entry(n=70 + n) for n in range(5)], Head(5, shorter[-1].hash))]
    assert walk(other).number == 10
    with pytest.raises(BrokenChain, match="which was kept") as found:
        walk(other, HEAD)
    assert found.value.number == LENGTH


def test_an_old_end_that_was_cut_off_stands_in_the_log_by_its_hash() -> None:
    through = WHOLE[2]
    said = {"through": through.number, "hash": through.hash, "entries": 3}
    rest = [*WHOLE[3:], *chained([entry(What.AUDIT_CUT, **said)], HEAD)]
    assert walk(rest).number == LENGTH + 1
    assert walk(rest, HEAD).number == LENGTH + 1
    assert walk(rest, Head(2, WHOLE[1].hash)).number == LENGTH + 1  # it went with the rest
    with pytest.raises(BrokenChain):
        walk(rest, Head(3, "a" * 64))
    with pytest.raises(BrokenChain):  # one more was taken away than was said
        walk(rest[1:])


def test_a_part_of_an_export_is_walked_along_by_itself() -> None:
    lines = [one.line() for one in WHOLE[4:]]
    read = [entry_of(line, row) for row, line in enumerate(lines, 1)]
    assert read == WHOLE[4:]
    assert walk(read, HEAD, whole=False) == HEAD
    assert walk(read, before=Head(4, WHOLE[3].hash)) == HEAD


def test_what_is_no_export_and_no_head_is_refused_in_a_sentence() -> None:
    for line in ("", "[]", "{}", '{"number": 1}', "nonsense"):
        with pytest.raises(BadAuditFile, match="line 7: expected an entry"):
            entry_of(line, 7)
    assert head_of(HEAD.line() + "\n") == HEAD
    for line in ("", "12", "x " + BEGINNING, "12 " + "g" * 64, f"-1 {BEGINNING}"):
        with pytest.raises(BadAuditFile, match="head: expected a number and 64"):
            head_of(line)


def test_values_are_kept_short_in_one_order_and_only_what_changed() -> None:
    assert what_changed({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 6}) == ({"b": 2, "c": 3}, {"b": 5, "d": 6})
    assert as_kept({"b": {"z", "y"}, "a": What.USER_ADD}) == '{"a": "user.add", "b": ["y", "z"]}'
    assert len(as_kept({"a": "đ" * 500})) < 140


def test_an_address_is_kept_as_its_network() -> None:
    assert network_part("10.20.30.41") == "10.20.30.0/24"
    assert network_part("::ffff:10.20.30.41") == "10.20.30.0/24"
    assert network_part("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert network_part("testclient") == ""
