"""No change without an entry, no entry without a change; and one chain, however many write at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from fleet.domain.audit import BEGINNING, BrokenChain, Doer, Head, What
from fleet.flows import audit as flow
from fleet.flows.place import set_place
from fleet.store import audit, ledger, places
from fleet.store.acting import acting
from fleet.store.audit import Asked
from fleet.store.database import Store
from fleet.store.rows import run, sql
from tests.fleet.office import NINE, OFFICE

LAN = Doer("user:1", "lan", "page", "10.0.0.0/24")
WRITERS, EACH = 6, 5
TURN = 365 * 86_400_000


def noted(store: Store, n: int) -> None:
    for number in range(n):
        with store.writing(alone=False) as connection:
            ledger.note(connection, What.USER_UNLOCK, number)


def test_a_change_and_its_entry_are_committed_together(store: Store) -> None:
    with acting(LAN):
        set_place(store, OFFICE, {"name": "Phường Tân An Đông"}, NINE)
    entry, *_ = flow.entries(store, Asked(what="office"))
    assert (entry.who, entry.name, entry.how, entry.address) == ("user:1", "lan", "page", "10.0.0.0/24")
    assert (entry.what, entry.thing, entry.office) == ("office.change", OFFICE, OFFICE)
    assert (entry.was, entry.became) == ('{"name": "Phường Tân An"}', '{"name": "Phường Tân An Đông"}')
    before = flow.verify(store)
    with pytest.raises(RuntimeError), acting(LAN), store.writing() as connection:
        places.publish(connection, OFFICE, True)
        ledger.note(connection, What.OFFICE_PUBLISH, OFFICE)
        raise RuntimeError
    assert flow.verify(store) == before


def test_what_somebody_changes_without_a_name_is_noted_by_its_table(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = pytest.raises(ledger.Unnoted, match="user:1 did, found none; changed: offices")
    with refused, acting(LAN), store.writing() as connection:
        places.publish(connection, OFFICE, True)
    monkeypatch.setattr(ledger, "STRICT", False)
    with acting(LAN), store.writing() as connection:
        places.publish(connection, OFFICE, True)
    entry = flow.entries(store, Asked())[0]
    assert (entry.what, entry.became) == ("other.change", '{"tables": ["offices"]}')
    with acting(LAN), store.writing() as connection:
        run(connection, sql("UPDATE offices SET hotline = '1' WHERE id = 'nowhere'"))
    assert flow.entries(store, Asked())[0] == entry  # nothing was changed, nothing is said


def test_many_writers_make_one_chain_without_a_gap(store: Store) -> None:
    before, together = flow.verify(store).number, Barrier(WRITERS)

    def write(writer: int) -> None:
        together.wait()
        noted(store, EACH)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert flow.verify(store).number == before + WRITERS * EACH


DEEDS: dict[str, str] = {
    "UPDATE audit SET name = 'hoa' WHERE number = :n": "of what it says",
    "DELETE FROM audit WHERE number = :n": "the next number",
    "UPDATE audit SET number = number + 1000 WHERE number = :n": "the next number",
    "DELETE FROM audit WHERE number > :n": "the end that writers know",
}


@pytest.mark.parametrize("deed", DEEDS, ids=["changed", "deleted", "reordered", "cut"])
def test_who_writes_into_the_table_is_found_out(store: Store, deed: str) -> None:
    noted(store, 6)
    head = flow.verify(store)
    with store.writing() as connection:
        run(connection, sql(deed), n=head.number - 2)
    with pytest.raises(BrokenChain, match=DEEDS[deed]):
        flow.verify(store)


def test_who_cuts_the_end_and_mends_the_head_is_found_out_by_a_kept_one(store: Store) -> None:
    noted(store, 6)
    head = flow.verify(store)
    with store.writing() as connection:
        run(connection, sql("DELETE FROM audit WHERE number > :n"), n=head.number - 2)
        last = audit.at(connection, head.number - 2)
        assert last is not None
        run(connection, audit.SET_HEAD, number=last.number, hash=last.hash)
    assert flow.verify(store) == last
    with pytest.raises(BrokenChain, match=f"an end at {last.number}"):
        flow.verify(store, head)


def test_the_old_end_goes_only_with_an_entry_that_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(store, 3)
    old = flow.verify(store)
    with pytest.raises(flow.NothingToCut, match="at least 365 days, found 30"):
        flow.cut(store, 30, NINE)
    now = flow.entries(store, Asked())[0].at_ms
    monkeypatch.setattr(ledger, "now_ms", lambda: now + 2 * TURN)
    noted(store, 2)
    assert flow.cut(store, 365, now + 2 * TURN) == old
    assert flow.verify(store, old) == replace(old, number=old.number + 3, hash=flow.verify(store).hash)
    first = flow.entries(store, Asked())[-1]
    assert (first.number, first.before_hash) == (old.number + 1, old.hash)
    with store.writing() as connection:
        run(connection, sql("DELETE FROM audit WHERE number = :n"), n=old.number + 1)
    with pytest.raises(BrokenChain, match="what was cut off before it"):
        flow.verify(store)


def test_an_export_says_without_the_database_that_it_is_whole(store: Store) -> None:
    noted(store, 4)
    lines = [one.line() for one in flow.exported(store)]
    head = flow.verify(store)
    assert flow.verify_lines(lines, head) == head
    assert flow.entries(store, Asked())[0].what == "audit.export"
    part = lines[3:]
    assert flow.verify_lines(part, head, whole=False) == head
    with pytest.raises(BrokenChain):
        flow.verify_lines(part)
    with pytest.raises(BrokenChain, match="of what it says"):
        flow.verify_lines([line.replace('"user.unlock"', '"user.add"') for line in lines])
    assert flow.verify(store, since=head.number) == head


def test_what_somebody_looks_at_is_noted_once_an_hour(store: Store) -> None:
    with acting(LAN):
        at_ms = 0
        for _ in range(3):
            at_ms = max([at_ms, *(one.at_ms for one in flow.entries(store, Asked()))])
            flow.seen(store, What.SEEN_CLERK, "7", OFFICE, at_ms)
        flow.seen(store, What.SEEN_CLERK, "8", OFFICE, at_ms)
        flow.seen(store, What.SEEN_CLERK, "7", OFFICE, at_ms + 3_600_001)
    with acting(replace(LAN, who="user:2", name="hoa")):
        flow.seen(store, What.SEEN_CLERK, "7", OFFICE, at_ms)
    seen = [(one.name, one.thing) for one in reversed(flow.entries(store, Asked(what="seen")))]
    assert seen == [("lan", "7"), ("lan", "8"), ("lan", "7"), ("hoa", "7")]


def test_a_new_database_has_an_empty_chain(empty_store: Store) -> None:
    assert flow.verify(empty_store) == Head(0, BEGINNING)
