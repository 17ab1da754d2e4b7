"""What the lists of the API tell of: an office's day, the offices and devices of a province, dossiers that changed."""

import json
from datetime import timedelta
from random import Random

from sqlalchemy import Connection

from fleet.domain.api_rights import Scope
from fleet.domain.audit import Entry
from fleet.domain.dossier import Dossier
from fleet.flows import tokens
from fleet.store import audit, dossiers, places
from fleet.store.database import Store
from fleet.store.day_parts import VISITS, DayParts
from fleet.store.places import OfficeRow, ServiceRow
from fleet.store.rows import run_each, sql
from tests.bench.figures import progress
from tests.bench.history_made import LAST, PROVINCE, SERVICES, a_visit

OFFICE, DAY = "xa-000", LAST.isoformat()
AT_EACH = 8
SCANNED_EVERY = 3
STATES = ("Tiếp nhận", "Đang xử lý", "Chờ trả kết quả")
TAKE = sql("""
    INSERT INTO tickets (office, day, service, number, event, taken_ms, priority, senior, since_ms, state,
        waiting_for, calls)
    VALUES (:office, :day, :service, :number, :event, :taken_ms, '', FALSE, :taken_ms, 'done', :service, 1)""")
SCAN = sql("""
    INSERT INTO visit_dossiers (office, day, visit, code, scanned_ms) VALUES (:office, :day, :visit, :code, :ms)""")
BOARD = sql("""
    INSERT INTO devices (id, kind, roles, password, enrolled_ms, epoch, boot, nonce, board, firmware, reset_reason,
        presence, presence_ms, last_seen_ms, health, state_version, config_version, config, reported, lost, printer,
        config_due, reader, rating, display, own, scale, scale_version, config_reported)
    VALUES (:id, 'board', 'keypad reader', '', 0, 1, 7, '', 'rp2-pico-w', '0.1.0', 'power on', 'online', :now_ms,
        :now_ms, :health, 0, 3, '{}', 0, 0, '{}', 0, '{}', '{}', '{}', '{}', 5, 1, 3)""")
STAND = sql("INSERT INTO assignments (device, office, from_ms) VALUES (:id, :office, 0)")


def fill(store: Store, rows: int, now_ms: int) -> str:
    """So many of each; the secret of a program that may read them all."""
    offices = [f"xa-{n:03d}" for n in range(max(1, rows // AT_EACH))]
    with store.writing() as connection:
        progress("lists: offices and devices")
        for office in offices:
            places.save_office(connection, OfficeRow(office, f"Phường {office}", "1022"), 0)
        named = enumerate(zip(SERVICES, "ABCDE", strict=True))
        places.save_services(connection, [ServiceRow(one, OFFICE, one, prefix, n) for n, (one, prefix) in named])
        health = json.dumps({"outbox": 0, "heap_free": 91_000})
        boards = [f"{office}-q-{n}" for office in offices for n in range(AT_EACH)][:rows]
        run_each(connection, BOARD, [{"id": one, "health": health, "now_ms": now_ms} for one in boards])
        run_each(connection, STAND, [{"id": one, "office": one[: len(OFFICE)]} for one in boards])
        progress("lists: a day, and dossiers")
        a_day(connection, rows)
        mirror(connection, rows, now_ms)
        said = ("user:7", "Nguyễn Thị Lan", "page", "10.20.30.0/24", "user.change", "12", OFFICE)
        entry = Entry(0, now_ms, *said, '{"role": "clerk"}', '{"role": "supervisor"}', "", "")
        audit.append(connection, [entry] * rows)
    if store.is_postgresql:
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return tokens.issue(store, PROVINCE, frozenset({Scope.READ, Scope.AUDIT}), None, 30, now_ms).secret


def a_day(connection: Connection, rows: int) -> None:
    """Tickets and visits of one office's day; dossiers were scanned during some."""
    chance = Random(1)
    seen = [a_visit(chance, LAST, n) for n in range(rows)]
    DayParts(connection, OFFICE, DAY).save(VISITS, [], seen)
    its = {"office": OFFICE, "day": DAY}
    taken = [{**its, "taken_ms": one.called_ms - (one.wait_ms or 0), "service": one.service} for one in seen]
    run_each(connection, TAKE, [{**one, "number": n, "event": f"tp-1/1/1/{n}"} for n, one in enumerate(taken)])
    scanned = [(n, one) for n, one in enumerate(seen) if n % SCANNED_EVERY == 0]
    run_each(connection, SCAN, [{**its, "visit": one.id, "code": code(n), "ms": one.called_ms} for n, one in scanned])


def mirror(connection: Connection, rows: int, now_ms: int) -> None:
    """Dossiers, each of which came through three states."""
    for state in STATES:
        its = {"procedure_code": "1.012766", "procedure_name": "Đăng ký khai sinh", "field": "Hộ tịch", "state": state}
        more = {"due_on": LAST + timedelta(days=3), "agency": "UBND phường Tân An", "channel": "online"}
        some = [Dossier(code(n), "H15.50.05.13", LAST - timedelta(days=n % 20), **its, **more) for n in range(rows)]
        dossiers.save_dossiers(connection, some, now_ms)


def code(n: int) -> str:
    """The code of a dossier."""
    return f"H15.50.05.13-261008-{n:04d}"
