"""Somebody of the staff, or the holder of a ticket, is told what is kept and is forgotten; everybody else stays."""

import json
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.api_rights import Scope
from fleet.domain.audit import What
from fleet.domain.rights import Person, Role
from fleet.flows import audit, people, sign_in, tokens
from fleet.flows.forget_person import erase_person, export_person
from fleet.flows.forget_ticket import erase_ticket, export_ticket
from fleet.flows.leases import grant
from fleet.flows.link import link_marked
from fleet.flows.ticket_page import NoTicket
from fleet.store import places
from fleet.store.audit import Asked
from fleet.store.database import Store
from fleet.store.rows import every, run, sql
from protocols import events
from protocols.signing import ticket_token
from protocols.ticket_code import TicketCode
from tests.fleet.flows.test_purge import CODE, MIN, say, where
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

PASSWORD = "mot-hai-ba-bon-nam"
HOLDER = "c0ffee5eed5afe77"


@pytest.fixture
def staffed(store: Store) -> Store:
    """Two administrators and a clerk, each with something done under their name."""
    for name, shown in (("root", "Gốc"), ("lan.nguyen", "Nguyễn Thị Lan"), ("lan.tran", "Trần Thị Lan")):
        sign_in.add_person(store, name, PASSWORD, Role.ADMINISTRATOR, NINE, shown_as=shown)
    with store.writing() as connection:
        for n, name in enumerate(("lan.nguyen", "lan.tran")):
            values = {"day": f"2026-11-1{n}", "name": name, "office": OFFICE}
            run(connection, sql("INSERT INTO day_ends VALUES (:office, :day, 1, :name, 2)"), **values)
    return store


def test_who_asks_is_told_all_and_no_secret(staffed: Store) -> None:
    number = people.named(staffed, "lan.nguyen")
    signed_in = sign_in.sign_in(staffed, "lan.nguyen", PASSWORD, now_ms(), 12)
    assert isinstance(signed_in, sign_in.SignedIn)
    told = export_person(staffed, number)
    assert (told["account"]["name"], told["account"]["shown_as"]) == ("lan.nguyen", "Nguyễn Thị Lan")
    assert len(told["sessions"]) == 1 and told["deeds"] == {"day_ends": 1}
    text = json.dumps(told, ensure_ascii=False)
    assert "argon2" not in text and sign_in.token_hash(signed_in.token) not in text and "lan.tran" not in text
    (noted,) = audit.entries(staffed, Asked(what="user.export"))
    assert (noted.what, noted.thing) == (What.USER_EXPORT, str(number))


def test_who_is_forgotten_has_no_name_anywhere_but_in_the_log(staffed: Store, tmp_path: Path) -> None:
    number = people.named(staffed, "lan.nguyen")
    by = people.one_of(staffed, number, None)
    person = Person(by.id, by.name, by.shown_as, by.role, by.office, by.language)
    tokens.issue(staffed, "của tôi", frozenset({Scope.READ}), None, 30, NINE, person=person)
    done = erase_person(staffed, number, NINE)
    assert (done.gone, done.deeds) == (f"erased-{by.id}", 1)
    with staffed.reading() as connection:
        said = [row.said_by for row in every(connection, sql("SELECT said_by FROM day_ends ORDER BY day"))]
        open_tokens = every(connection, sql("SELECT 1 FROM api_tokens WHERE revoked_ms IS NULL"))
    assert said == [done.gone, "lan.tran"] and open_tokens == []
    assert sign_in.sign_in(staffed, "lan.nguyen", PASSWORD, NINE, 12) is None
    assert sign_in.sign_in(staffed, done.gone, PASSWORD, NINE, 12) is None
    assert export_person(staffed, number)["account"]["name"] == done.gone
    if staffed.engine.dialect.name == "sqlite":  # PostgreSQL overwrites when it has time
        assert where(tmp_path, "Nguyễn Thị Lan") == []


def test_the_last_administrator_stays(staffed: Store) -> None:
    for name in ("lan.nguyen", "lan.tran"):
        erase_person(staffed, people.named(staffed, name), NINE)
    with pytest.raises(people.PersonUnfit, match="expected another administrator"):
        erase_person(staffed, people.named(staffed, "root"), NINE)


@pytest.fixture
def ticket(store: Store) -> str:
    """A ticket whose holder was known by a card, was called, and handed in a dossier."""
    with store.writing() as connection:
        office = places.office(connection, OFFICE)
        assert office is not None
        lease = grant(connection, "tp-1", 1, office, "ho-tich", DAY, 20)
        assert lease is not None
        promised = sql("""INSERT INTO promises VALUES (:office, :day, 'ho-tich', 1, :ms, 1, 1, 2, 3, 1, 2, 3, '')""")
        run(connection, promised, office=OFFICE, day=DAY, ms=NINE)
    taken = events.TicketTaken(service="ho-tich", number=1, lease=lease.id, holder=HOLDER, up=1, at=NINE + 1)
    say(store, Speaker("tp-1"), taken)
    say(
        store,
        Speaker("q-1"),
        events.NumberCalled(service="ho-tich", number=1, up=MIN, at=NINE + MIN),
        events.CodeScanned(what="dossier", code=CODE, up=MIN + 2, at=NINE + MIN + 2),
        events.VisitFinished(up=5 * MIN, at=NINE + 5 * MIN),
    )
    link_marked(store, NINE)
    return str(TicketCode(lease.id, 1, ticket_token(lease.secret, lease.id, 1)))


def test_a_ticket_is_told_of_and_its_holder_forgotten(store: Store, ticket: str, tmp_path: Path) -> None:
    told = export_ticket(store, ticket)
    assert (told["number"], told["ticket"][0]["card_hash"], len(told["promises"])) == (1, True, 1)
    (visit,) = told["visits"]
    assert (visit["dossiers"], visit["rated"], visit["outcome"]) == (1, False, "done")
    assert CODE not in json.dumps(told) and HOLDER not in json.dumps(told)
    assert erase_ticket(store, ticket) == (1, 1)
    assert erase_ticket(store, ticket) == (0, 0)
    again = export_ticket(store, ticket)
    assert (again["ticket"][0]["card_hash"], again["promises"], again["visits"]) == (False, [], told["visits"])
    if store.engine.dialect.name == "sqlite":
        assert where(tmp_path, HOLDER) == []
    with pytest.raises(NoTicket):
        export_ticket(store, ticket[:-1] + ("0" if ticket[-1] != "0" else "1"))
