"""One sheet says how a device came, where it stood, what ran on it and what became of it; it never shows a key."""

from fleet.domain.alerts import Alert, Cause
from fleet.domain.claims import Claim
from fleet.domain.incidents import Kind
from fleet.flows.device_evidence import evidence
from fleet.flows.fold_device_days import GRACE_MS, fold_device_days
from fleet.flows.presence import seen
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store import alerts, claims, device_history, device_keys, incidents, selftests
from fleet.store.database import Store
from fleet.store.device_history import Done
from fleet.store.device_keys import NewKey
from fleet.store.selftests import Tested as KeptTest
from protocols import events
from protocols.presence import Alive
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

HOUR = 3_600_000
KEY = bytes(range(32))
TOMORROW = NINE + 15 * HOUR + GRACE_MS + 1


def test_the_life_of_a_device_stands_on_one_sheet(store: Store) -> None:
    printer = Speaker("tp-1")
    seen(store, "tp-1", Alive(), NINE)
    for at_ms, event in (
        (NINE, events.Booted(reason="power", firmware="0.1", up=1, at=NINE)),
        (NINE + HOUR, events.SelfTested(part="printer", result="pass", reason="paper moved", up=9, at=NINE + HOUR)),
        (NINE + 2 * HOUR, events.Booted(reason="watchdog", firmware="0.2", up=10, at=NINE + 2 * HOUR)),
    ):
        receive(store, [Arrival(printer.topic, printer.batch(printer.does(event), oldest=0))], at_ms)
    with store.writing() as connection:
        device_history.add(connection, Done("tp-1", NINE, "lan", "moved", "quay-1"))
        device_keys.give(connection, [NewKey("tp-1", KEY, hw="e6614c")], NINE)
        incidents.note(connection, "tp-1", Kind.CLONED, "board 99", NINE)
        incidents.note(connection, "tp-1", Kind.CLONED, "board 98", NINE + 1)
        claim = Claim("7KQ2M4XVA", "tp-1", ("printer",), OFFICE, None, "lan", NINE, NINE + HOUR, "")
        claims.add(connection, [claim])
        tested = KeptTest(claim.id, "tp-1", "e6614c", NINE, True, "pico", "0.1", "bench", "lan", "{}", "ab" * 16)
        assert selftests.add(connection, tested)
        alerts.add(connection, OFFICE, DAY, Alert(Cause.PRINTER, "tp-1", NINE, {"what": "lost"}))
        alerts.add(connection, OFFICE, DAY, Alert(Cause.PRINTER, "tp-2", NINE, {"what": "lost"}))
    while fold_device_days(store, TOMORROW):
        pass
    sheet = evidence(store, "tp-1", TOMORROW)
    assert [(one.by, one.what, one.found) for one in sheet.done if one.by] == [("lan", "moved", "quay-1")]
    assert sheet.key is not None and (sheet.key.since_ms, sheet.key.hw) == (NINE, "e6614c")
    assert [(one.kind, one.n, one.found) for one in sheet.incidents] == [("cloned", 2, "board 98")]
    assert [(one.word, one.more) for one in sheet.tests] == [("printer", "paper moved")]
    assert [(one.id, one.made_by, one.used_ms) for one in sheet.claims] == [("7KQ2M4XVA", "lan", None)]
    assert [(one.passed, one.hw, one.by) for one in sheet.bench] == [(True, "e6614c", "lan")]
    assert [(one.firmware, one.first, one.sums.crashes) for one in sheet.firmware] == [("0.1", DAY, 1), ("0.2", DAY, 0)]
    assert [one.subject for one in sheet.alerts] == ["tp-1"]
    assert [one.office for one in sheet.history.places] == ["Phường Tân An"]
    assert sheet.month.whole.unexpected == 1 and [one.day for one in sheet.month.days if one.connected] == [DAY]
    assert KEY.hex() not in repr(sheet) and repr(KEY) not in repr(sheet)


def test_of_a_device_that_nobody_knows_nothing_is_said(store: Store) -> None:
    sheet = evidence(store, "khong-co", NINE)
    assert (sheet.claims, sheet.done, sheet.key, sheet.alerts, sheet.firmware) == ((), (), None, (), ())
