"""What is in an archive, and what can never be."""

import msgspec
import pytest

from fleet.domain.archived_rows import Said, event_row, rating_rows
from fleet.domain.archives import (
    COLUMNS,
    IN,
    KEYS,
    Archive,
    BadArchive,
    Manifest,
    after,
    is_over,
    manifest_text,
    moments,
    month_of,
    read_manifest,
    read_month,
)
from fleet.domain.retention import LINKED_FROM
from fleet.domain.shown_ratings import Shown
from protocols.events import EVENTS

PERSONAL = {
    *(
        "number",
        "code",
        "holder",
        "senior",
        "priority",
        "badge",
        "badge_hash",
        "score",
        "points",
        "held_ms",
        "by",
        "why",
    ),
    *("armed", "press", "finish", "session", "lease", "due", "criterion"),
}
# Whatever of an event or a visit could lead to somebody, or say what somebody thought of it.
MARCH = read_month("2026-03")


def test_nothing_in_an_archive_leads_to_anybody() -> None:
    assert PERSONAL & {*COLUMNS[Archive.EVENTS], *COLUMNS[Archive.VISITS]} == set()
    assert {"called", "finished", "day", "id", "counter", "device"} & {*COLUMNS[Archive.RATINGS]} == set()


def test_every_field_of_an_event_is_taken_on_purpose() -> None:
    """A field that is new is in no archive, and whoever adds it says here why, or puts it into `Said`."""
    told = {name for event in EVENTS.values() for name in event.FIELDS}
    left_out = PERSONAL | {
        *("up", "at", "reserve", "scale", "scale_version", "rating", "day", "decision", "step", "want", "counter"),
        *("length", "symbology", "copy", "since"),
    }
    assert told - left_out == {*Said.__struct_fields__}


def test_columns_of_events_end_with_what_bodies_say() -> None:
    names = [*COLUMNS[Archive.EVENTS]]
    assert tuple(names[-len(Said.__struct_fields__) :]) == Said.__struct_fields__
    row = event_row(("q-1", 1, 1, 3), "call", '{"service":"ho-tich","number":7,"up":1}', (0, "device", 0), ("a", None))
    assert len(row) == len(names) and "ho-tich" in row and 7 not in row
    assert set(IN) == set(LINKED_FROM) and all(set(KEYS[one]) <= set(COLUMNS[one]) for one in Archive)


@pytest.mark.parametrize(("kind", "told"), [("rating_reason", None), ("fault", None), ("park", "papers")])
def test_a_reason_is_kept_where_it_is_a_word_of_ours(kind: str, told: str | None) -> None:
    row = event_row(
        ("q-1", 1, 1, 3), kind, msgspec.json.encode({"reason": "papers"}).decode(), (0, "device", 0), ("a",)
    )
    assert row[-1] == told


def test_ratings_are_what_a_month_shows() -> None:
    rows = [*rating_rows("a", MARCH, {(1, 3): Shown({1: 2, 3: 8})})]
    assert rows == [("a", "2026-03-01", 1, 3, score, n) for score, n in ((1, 2), (2, 0), (3, 8))]
    assert [*rating_rows("a", MARCH, {})] == []


def test_months_follow_one_another_and_are_over_an_hour_late() -> None:
    begins, ends = moments(MARCH)
    assert (month_of(begins), month_of(ends - 1), month_of(ends)) == (MARCH, MARCH, after(MARCH))
    assert str(after(read_month("2026-12"))) == "2027-01"
    assert not is_over(MARCH, ends + 3_599_999) and is_over(MARCH, ends + 3_600_000)


@pytest.mark.parametrize("text", ["2026", "2026-03-01", "March", "2026-13"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a"):
        read_month(text)


def test_a_manifest_is_read_again() -> None:
    manifest = Manifest(
        "events", "2026-03", 1, 7, 900, "ab", "2026-05-01T00:00:00Z", "0.1.0", None, {"device": "VARCHAR"}
    )
    assert read_manifest(manifest_text(manifest)) == manifest
    for wrong, why in (("{}", "something else"), ("[", "something else"), ('{"format": 9}', "newer motcua")):
        with pytest.raises(BadArchive, match=why):
            read_manifest(wrong)
