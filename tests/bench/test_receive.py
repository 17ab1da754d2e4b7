"""The benches of the receiver and of growth, with few messages: each figure is made, and nothing is lost or doubled.

A real receiver is killed on SQLite; ALL_PARTS=1 has every part on both databases, which takes a minute.
"""

import json
import os

import pytest

from tests.bench import growth, receive
from tests.bench.receiving import kills, latency, rates, several, slow_disk
from tests.bench.receiving.house import open_house
from tests.bench.receiving.messages import last_of, shared_out
from tests.bench.receiving.outboxes import AGAIN_AFTER_S, WINDOW, Outbox

Lines = list[dict[str, object]]
EVERYTHING = "ALL_PARTS" in os.environ
DATABASES = receive.DATABASES if EVERYTHING else ("sqlite",)
PARTS = receive.PARTS if EVERYTHING else ("kills",)


def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def of_name(name: str, found: Lines) -> Lines:
    return [line for line in found if line["name"] == name]


def test_a_flood_and_a_killed_receiver_are_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "SHAPES", ((1, 60),))
    monkeypatch.setattr(kills, "EVENTS", 1_000)
    monkeypatch.setattr(kills, "KILLS", 1)
    monkeypatch.setattr(latency, "LEAST", 20)
    monkeypatch.setattr(latency, "SECONDS", 0.1)
    monkeypatch.setattr(several, "MESSAGES", 60)
    monkeypatch.setattr(slow_disk, "MESSAGES", 60)
    with open_house(DATABASES) as house:
        receive.measure(house, PARTS, rounds=1)
    found = lines(capsys)
    for load in rates.LOADS if EVERYTHING else ():
        assert {"receive_ratio_null", "receive_ratio_bare", "receive_cpu_us", "null_messages_per_s"} <= {
            line["name"] for line in found if line.get("load") == load
        }
    for name in ("receive_kills_missing", "receive_kills_doubled", "receivers_lost", "receivers_doubled"):
        assert all(line["value"] == 0 for line in of_name(name, found)), name
    assert len(of_name("receive_kills_missing", found)) == len(DATABASES) * len(kills.PACES)


def test_growth_is_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "SMALLEST_EVENTS", 20)
    monkeypatch.setattr(growth, "MESSAGES", 20)
    for db in DATABASES:
        with growth.opened(db) as grown:
            grown.visits = 2
            growth.by_events(db, grown, rounds=1, most=200, most_linked=20)
            growth.by_devices(db, grown, rounds=1, most=100)
    found = lines(capsys)
    assert [line["stored"] for line in of_name("growth_receive_us", found)] == [20, 200] * len(DATABASES)
    assert [line["stored"] for line in of_name("growth_link_us", found)] == [20] * len(DATABASES)
    assert [line["devices"] for line in of_name("growth_devices_us", found)] == [10, 100] * len(DATABASES)


def test_an_outbox_sends_again_what_is_not_receipted_and_forgets_what_is() -> None:
    box = Outbox("nut-1", 1, [0.0] * 3 + [9.0])
    assert list(box.to_send(1.0)) == [0, 1, 2], "the fourth is not due"
    assert list(box.to_send(1.0 + AGAIN_AFTER_S)) == []
    assert box.receipted(0, 1.2) == 1 and box.waited_ms == [1200.0]
    assert list(box.to_send(1.3 + AGAIN_AFTER_S)) == [1, 2] and box.sent_again == 2
    assert list(box.to_send(9.0)) == [1, 2, 3], "again for too long, and one that is due now"
    assert box.receipted(9, 9.5) == 3 and box.is_done(), "a receipt of an earlier sending says no more than there is"
    assert box.waited_ms[-1] == 500.0


def test_an_outbox_has_no_more_under_way_than_its_window() -> None:
    box = Outbox("nut-1", 1, [0.0] * 1_000)
    sent = [seq for _ in range(10) for seq in box.to_send(0.1)]
    assert sent == list(range(WINDOW))


def test_a_flood_is_shared_out_among_the_devices() -> None:
    told = shared_out(boot=3, messages=7, per_message=8)
    assert len(told) == 7 and len({topic for topic, _ in told}) == 5
    assert sorted(last_of(7, 8).values()) == [7, 7, 7, 15, 15]
    assert list(last_of(2, 1).values()) == [0, 0, -1, -1, -1]
