"""What stands in the office of a laptop before it opens."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from fleet.domain.file_errors import BadFile
from fleet.flows.equip import all_offices
from fleet.flows.sign_in import FREE_ATTEMPTS, set_password, sign_in
from fleet.laptop.furnishing import CLERK, PERSON, bring_dossiers, first_person, furnish, lead_tickets, sample_clerk
from fleet.laptop.office import OFFICE
from fleet.laptop.sample_dossiers import codes
from fleet.store.database import Store
from fleet.store.rows import every, sql
from tests.fleet.office import NINE

TODAY = date(2026, 11, 9)
IMPORTS = sql("SELECT new, changed FROM imports ORDER BY imported_ms")
CODES = sql("SELECT code FROM dossiers")


def rows(store: Store, statement: object) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in every(connection, statement)]  # type: ignore[arg-type]


def test_the_dossiers_of_a_day_are_brought_once(store: Store, tmp_path: Path) -> None:
    for _ in range(3):
        bring_dossiers(store, tmp_path / "ho-so.csv", TODAY, NINE)
    assert rows(store, IMPORTS) == [(120, 0)]
    assert {code for (code,) in rows(store, CODES)} == set(codes(TODAY))


def test_the_next_day_brings_what_is_new_and_what_went_on(store: Store, tmp_path: Path) -> None:
    bring_dossiers(store, tmp_path / "ho-so.csv", TODAY, NINE)
    bring_dossiers(store, tmp_path / "ho-so.csv", TODAY + timedelta(days=1), NINE + 86_400_000)
    (_, (new, changed)) = rows(store, IMPORTS)
    assert new == 5 and 0 < int(str(changed)) < 60


def test_a_day_of_the_future_is_refused_as_any_import_is(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        bring_dossiers(store, tmp_path / "ho-so.csv", TODAY, NINE - 30 * 86_400_000)


def test_the_first_person_can_sign_in_at_every_start(store: Store, tmp_path: Path) -> None:
    for _ in range(2):
        name, password = first_person(store, tmp_path, NINE)
        assert password is not None
        assert sign_in(store, name, password, NINE, 1.0) is not None


def test_a_file_that_was_deleted_gives_a_new_password_that_fits(store: Store, tmp_path: Path) -> None:
    _, old = first_person(store, tmp_path, NINE)
    (tmp_path / "sign-in.txt").unlink()
    _, new = first_person(store, tmp_path, NINE)
    assert old is not None and new is not None and new != old
    assert sign_in(store, PERSON, old, NINE, 1.0) is None
    assert sign_in(store, PERSON, new, NINE, 1.0) is not None


def test_a_password_that_somebody_changed_is_not_told_and_no_attempt_is_counted(store: Store, tmp_path: Path) -> None:
    first_person(store, tmp_path, NINE)
    set_password(store, PERSON, "chosen by a person")
    for _ in range(FREE_ATTEMPTS + 1):
        assert first_person(store, tmp_path, NINE) == (PERSON, None)
    assert sign_in(store, PERSON, "chosen by a person", NINE, 1.0) is not None


def test_a_clerk_may_try_the_counters_of_the_office_and_no_other(empty_store: Store, tmp_path: Path) -> None:
    furnish(empty_store, OFFICE, 1.0, tmp_path, NINE)
    for _ in range(2):
        name, password = sample_clerk(empty_store, tmp_path, OFFICE, NINE)
        assert name == CLERK and password is not None
        signed_in = sign_in(empty_store, name, password, NINE, 1.0)
        assert signed_in is not None
        assert (signed_in.person.role.value, signed_in.person.office) == ("clerk", OFFICE.id)


def test_the_code_on_a_ticket_leads_to_the_pages_unless_somebody_chose(empty_store: Store, tmp_path: Path) -> None:
    def leads_to(address: str) -> str:
        lead_tickets(empty_store, OFFICE.id, address, NINE)
        return next(one.ticket_url for one in all_offices(empty_store) if one.id == OFFICE.id)

    furnish(empty_store, OFFICE, 1.0, tmp_path, NINE)
    assert leads_to("http://127.0.0.1:8080") == "http://127.0.0.1:8080/t/"
    assert leads_to("http://127.0.0.1:8081") == "http://127.0.0.1:8081/t/"
    assert leads_to("https://motcua.example.vn/") == "https://motcua.example.vn/t/"
    assert leads_to("http://127.0.0.1:8080") == "https://motcua.example.vn/t/"
