"""A dossier is forgotten on request, and its visits stay."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from fleet.domain import counter_line
from fleet.domain.dossier import Dossier
from fleet.flows.erase import Erased, erase_dossier, export_dossier
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store import answered, dossiers, tables, windows
from fleet.store.database import Store
from fleet.store.rows import every, run, sql
from protocols import events
from tests.fleet.flows.test_purge import CODE, a_day, say, where
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

LONGER = CODE + "9"
VISITS = sql("SELECT counter, called_ms, finished_ms, outcome, rated FROM visits ORDER BY id")


@pytest.fixture
def served(store: Store) -> Store:
    """A dossier that was handed in at a counter, one beside it whose code begins alike, and a scan without a visit."""
    with store.writing() as connection:
        mirror = [Dossier(code, "H29.27.05", date(2026, 10, 2), state="Đang xử lý") for code in (CODE, LONGER)]
        dossiers.save_dossiers(connection, mirror, NINE)
    a_day(store, "aa")
    say(
        store,
        Speaker("q-2"),
        events.CodeScanned(what="dossier", code=CODE, up=1, at=NINE + 1),
        events.NumberCalled(service="ho-tich", number=2, up=2, at=NINE + 2),
        events.CodeScanned(what="dossier", code=LONGER, up=3, at=NINE + 3),
    )
    stray = f'{{"kind":"call","code":"{CODE}"'.encode()
    receive(store, [Arrival("mc/1/q-2/up/events", stray)], NINE)
    with store.writing() as connection:
        run(
            connection,
            sql("""INSERT INTO leases (id, office, service, day, first, last, device, epoch, generation, secret,
                since_ms, expires_ms) VALUES ('l-9', :office, 'ho-tich', :day, 900, 999, 'tp-1', 1, 1, '', 0, 0)"""),
            office=OFFICE,
            day=DAY,
        )
        run(
            connection,
            sql("""INSERT INTO bookings (lease, number, office, day, service, due_ms, code, made_ms)
                VALUES ('l-9', 900, :office, :day, 'ho-tich', :ms, :code, :ms)"""),
            office=OFFICE,
            day=DAY,
            code=CODE,
            ms=NINE,
        )
        answered.take(connection, "t", "k", "h", NINE, 0)
        answered.keep(connection, "t", "k", 200, f'{{"code":"{CODE}"}}', "{}")
        run(
            connection,
            sql("""INSERT INTO webhook_endpoints (id, url, secret, events, created_ms, taken_until_ms)
                VALUES (1, 'http://127.0.0.1:9/', '', 'visit.closed', 0, 0)"""),
        )
        told = sql("""INSERT INTO webhook_deliveries (endpoint, kind, subject, body, state, attempts, next_ms, said)
            VALUES (1, :kind, :subject, :body, 'done', 1, 0, '')""")
        for code in (CODE, LONGER):
            run(connection, told, kind="visit.closed", subject=f"v/{code[-1]}", body=f'{{"dossiers":["{code}"]}}')
            run(connection, told, kind="dossier.due_soon", subject=f"{code}/2026-11-09", body="{}")
    link_marked(store, NINE)
    return store


def seen(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in every(connection, VISITS)]


def test_all_that_is_known_of_a_dossier_is_told_and_no_score(served: Store) -> None:
    known = export_dossier(served, CODE)
    assert known["dossier"]["state"] == "Đang xử lý"
    assert [state["state"] for state in known["states"]] == ["Đang xử lý"]
    (visit,) = known["visits"]
    assert (visit["office"], visit["day"], visit["counter"], visit["number"]) == (OFFICE, DAY, "Quầy 1", 1)
    assert (visit["called"], visit["outcome"], visit["rated"]) == ("2026-11-09T02:01:00+00:00", "done", True)
    assert visit["wait_s"] == pytest.approx(59.999)
    assert [scan["counter"] for scan in known["scans"]] == ["quay-1", "quay-2"]
    (booking,) = known["bookings"]
    assert (booking["number"], booking["due"], booking["came"]) == (900, "2026-11-09T02:00:00+00:00", None)
    assert "score" not in str(known) and LONGER not in str(known)


def test_an_erased_code_is_in_no_byte_and_its_visits_stay(served: Store, tmp_path: Path) -> None:
    with served.writing() as connection:
        run(connection, sql("DELETE FROM dossiers WHERE code = :code"), code=LONGER)
        run(connection, sql("UPDATE events SET body = '{}' WHERE body LIKE :code"), code=f"%{LONGER}%")
        run(connection, sql("DELETE FROM visit_dossiers WHERE code = :code"), code=LONGER)
        naming = sql("DELETE FROM webhook_deliveries WHERE body LIKE :code OR subject LIKE :code")
        run(connection, naming, code=f"%{LONGER}%")
    before = seen(served)
    assert erase_dossier(served, CODE) == Erased(dossiers=1, visits=1, bookings=1, events=2, quoted=5)
    assert seen(served) == before
    assert where(tmp_path, CODE) == []
    assert erase_dossier(served, CODE) == Erased()
    assert not Erased().anything
    with served.writing() as connection:
        run(connection, sql("DELETE FROM events WHERE body = '{}'"))
    link_marked(served, NINE)
    assert seen(served) == before, "linked anew, they are the same visits"
    assert where(tmp_path, CODE) == []


def test_another_dossier_whose_code_begins_alike_is_left_alone(served: Store) -> None:
    erase_dossier(served, CODE)
    link_marked(served, NINE)
    known = export_dossier(served, LONGER)
    assert known["dossier"] is not None and len(known["visits"]) == len(known["scans"]) == 1
    known = export_dossier(served, CODE)
    assert (known["dossier"], known["visits"], known["scans"]) == (None, [], [])
    with served.reading() as connection:
        naming = sql("SELECT COUNT(*) AS n FROM webhook_deliveries WHERE body LIKE :code OR subject LIKE :code")
        assert every(connection, naming, code=f"%{LONGER}%")[0].n >= 2


def test_a_device_that_tells_an_erased_scan_again_brings_nothing_back(served: Store, tmp_path: Path) -> None:
    reader = Speaker("q-2")
    reader.does(events.CodeScanned(what="dossier", code=CODE, up=1, at=NINE + 1))
    erase_dossier(served, CODE)
    again = receive(served, [Arrival(reader.topic, reader.batch())], NINE)
    assert (again.repeated, again.collisions, again.new) == (1, 0, {})


def test_a_visit_that_a_scan_opened_stays_when_its_code_is_erased(store: Store) -> None:
    with store.writing() as connection:
        run(connection, sql("UPDATE offices SET scan_opens_visit = true"))
    say(
        store,
        Speaker("q-1"),
        events.CodeScanned(what="dossier", code=CODE, up=1, at=NINE + 1),
        events.VisitFinished(up=60_000, at=NINE + 60_000),
    )
    link_marked(store, NINE)
    before = seen(store)
    assert len(before) == 1
    erase_dossier(store, CODE)
    link_marked(store, NINE)
    assert seen(store) == before


def test_every_column_that_may_name_a_dossier_is_known() -> None:
    """Whoever adds one tells `erase_dossier` of it, or says here why it never names one."""
    tables.load()
    erased = {"visit_dossiers.code", "bookings.code", "dossiers.code", "dossier_states.code"}
    erased |= {"events.body", "collisions.body", "unreadable.raw", "api_answers.body", "webhook_deliveries.body"}
    others = {"rating_exclusions.code", "procedures.code", "units.codes", "desk_news.body", "estimates.body"}
    others |= {"unit_codes.code", "rating_sums.body"}
    others |= {"mails.body"}  # letters tell how many dossiers are due, and their workbooks leave the codes out
    found = {f"{table.name}.{column.name}" for table in SQLModel.metadata.tables.values() for column in table.columns}
    named = {name for name in found if name.split(".")[1] in ("code", "codes", "body", "raw", "dossier")}
    assert named <= erased | others
    assert erased <= named


def test_what_the_linker_remembers_of_a_counter_forgets_the_code_at_once(
    served: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter_line, "CHECKPOINT_EVENTS", 1)
    with served.writing() as connection:
        windows.mark(connection, [(OFFICE, DAY)])
    link_marked(served, NINE)
    select = sql("SELECT state FROM checkpoints")

    def remembered() -> str:
        with served.reading() as connection:
            return " ".join(row.state for row in every(connection, select))

    assert f'"{CODE}"' in remembered()
    erase_dossier(served, CODE)
    assert f'"{CODE}"' not in remembered()
    link_marked(served, NINE)
    assert remembered() and f'"{CODE}"' not in remembered()
