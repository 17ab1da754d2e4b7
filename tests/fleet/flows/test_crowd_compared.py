"""What a crowd said against what a fleet has: nothing of it may be missed, and nothing right be called wrong."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.domain.crowd import Verdict, stand
from fleet.flows import crowd_compared, crowd_said
from fleet.flows.crowd_compared import compare, compare_days, is_linked
from fleet.flows.crowd_said import BadTruth, Run, SaidWriter, begin, records
from fleet.flows.enrol import enrol
from fleet.flows.enrol_crowd import NotAlone, enrol_crowd, refuse_company
from fleet.flows.link import link_marked
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from protocols import events
from protocols.batches import BatchHeader, encode_batch
from protocols.events import Event, encode_event
from protocols.topics import up
from tests.fleet.office import NINE, NewDatabase, hello, migrated

DEVICES = 12
PRINTER, KEYPAD, BUTTONS = 0, 1, 2
NUMBER = {"service": "ho-tich", "number": 7}
OTHERWISE = b'{"at":1,"kind":"rating","score":1}'


class Told:
    """A crowd that speaks: into the truth, to the fleet, or both."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder, self.store = folder, store
        self.key = enrol_crowd(store, folder, DEVICES, NINE)
        self.path = folder / "truth"
        begin(self.path, Run(DEVICES, 1, NINE))
        self.seqs = dict.fromkeys(range(DEVICES), 0)
        for number in range(DEVICES):
            welcome(store, stand(number).id, hello(), NINE)

    def says(self, number: int, event: Event, to_fleet: bool = True, remembered: bytes | None = None) -> None:
        """It happens; `remembered` stands in the truth instead of it (nothing: b"")."""
        self.seqs[number] += 1
        seq = self.seqs[number]
        data = {**encode_event(event), "seq": seq}
        body = json.dumps(data, sort_keys=True, separators=(",", ":")).encode() if remembered is None else remembered
        if body:
            writer = SaidWriter(self.path)
            writer.add(number, 1, seq, event.KIND, body)
            writer.close()
        if to_fleet:
            batch = encode_batch(BatchHeader(epoch=1, boot=1, oldest=seq), [data])
            receive(self.store, [Arrival(up(stand(number).id, "events"), batch)], NINE + 5_000)

    def verdict(self) -> Verdict:
        """When all is linked."""
        link_marked(self.store, NINE + 60_000)
        assert is_linked(self.store)
        verdict = compare(self.store, self.path)
        compare_days(self.store, verdict, NINE + 60_000)
        return verdict


def rating(score: int, at: int = NINE + 4_000) -> Event:
    return events.RatingGiven(up=4_000, at=at, score=score, scale=5)


@pytest.fixture
def told(new_database: NewDatabase, tmp_path: Path) -> Iterator[Told]:
    store = Store(new_database("tables", migrated))
    yield Told(tmp_path, store)
    store.close()


def test_what_is_there_once_as_it_was_said_is_right(told: Told) -> None:
    told.says(PRINTER, events.TicketTaken(up=1_000, at=NINE + 1_000, lease="l", **NUMBER))
    told.says(KEYPAD, events.NumberCalled(up=2_000, at=NINE + 2_000, **NUMBER))
    told.says(KEYPAD, events.VisitFinished(up=3_000, at=NINE + 3_000, **NUMBER))
    told.says(BUTTONS, rating(5))
    verdict = told.verdict()
    assert verdict.is_clean, verdict.examples
    assert (verdict.said, verdict.stored, verdict.tickets, verdict.visits, verdict.ratings) == (4, 4, 1, 1, 1)


def test_what_is_lost_doubled_contradicted_or_strange_is_seen(told: Told) -> None:
    told.says(BUTTONS, rating(5), to_fleet=False)
    told.says(BUTTONS, rating(4), remembered=OTHERWISE)
    told.says(BUTTONS, rating(3))
    told.says(BUTTONS, rating(2), remembered=b"")
    for keypad in (1, 3):
        told.says(keypad, events.NumberCalled(up=2_000, at=NINE + 2_000 + keypad, **NUMBER))
    verdict = told.verdict()
    assert (verdict.said, verdict.stored) == (5, 3)
    assert (verdict.lost, verdict.contradicted, verdict.strange) == (1, 1, 1)
    assert verdict.doubled == 3, "two presses that nobody said so, and a number that was called twice"
    assert not verdict.is_clean and any(one.startswith("lost: crowd-00000-nut-1/1/1/1 ") for one in verdict.examples)


def test_a_truth_is_laid_apart_and_a_torn_end_left_aside(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd_compared, "PART_RECORDS", 1)
    monkeypatch.setattr(crowd_said, "PIECE_RECORDS", 2)
    for number in (2, 4, 11):
        told.says(number, rating(5))
    with told.path.open("ab") as file:
        file.write(b"torn")
    assert records(told.path) == 3
    assert (verdict := told.verdict()).is_clean and verdict.said == 3


def test_a_crowd_comes_into_no_fleet_of_others_and_its_key_stays(told: Told, tmp_path: Path) -> None:
    refuse_company(told.store)
    assert enrol_crowd(told.store, told.folder, DEVICES + 1, NINE) == told.key
    other = tmp_path / "elsewhere"
    assert enrol_crowd(told.store, other, DEVICES, NINE) != told.key, "another folder has another key"
    enrol(told.store, "nut-1", ("rating",), "crowd-00000", None, NINE)
    with pytest.raises(NotAlone, match="found nut-1"):
        refuse_company(told.store)


def test_no_other_file_is_taken_for_a_truth(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"anything")
    with pytest.raises(FileExistsError):
        begin(path, Run(1, 1, NINE))
    with pytest.raises(BadTruth, match="found another file"):
        crowd_said.run_of(path)
