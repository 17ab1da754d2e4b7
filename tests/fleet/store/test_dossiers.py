from datetime import date

import pytest
from sqlalchemy import text

from fleet.domain.dossier import Dossier
from fleet.store.dossiers import CHUNK, count, dossiers_by_code, record_import, save_dossiers

NOW_MS = 1_791_500_000_000


@pytest.fixture
def store(empty_store):
    return empty_store


def dossier(serial, **changes):
    value = Dossier(
        f"H15.50.05.13-261008-{serial:04}", "H15.50.05.13", date(2026, 10, 8), date(2026, 10, 15), state="Mới"
    )
    return value._replace(**changes)


def test_what_was_saved_is_read_back(store):
    full = Dossier("H15-261008-0001", "H15", date(2026, 10, 8), None, "1.012766", "Cấp bản sao", "Hộ tịch", "Mới", "Xã")
    with store.writing() as connection:
        assert save_dossiers(connection, [full, dossier(2)], NOW_MS) == (2, 0, 0)
    with store.reading() as connection:
        assert dossiers_by_code(connection, [full.code, "H15-261008-9999"]) == {full.code: full}
        assert dossiers_by_code(connection, []) == {}
        assert count(connection) == 2


def test_saving_again_tells_new_changed_and_unchanged_apart(store):
    with store.writing() as connection:
        save_dossiers(connection, [dossier(1), dossier(2), dossier(3)], NOW_MS)
        again = [dossier(1), dossier(2, state="Đã trả"), dossier(3, due_on=None), dossier(4)]
        assert save_dossiers(connection, again, NOW_MS + 1) == (1, 2, 1)
        assert save_dossiers(connection, again, NOW_MS + 2) == (0, 0, 4)
        assert dossiers_by_code(connection, [one.code for one in again]) == {one.code: one for one in again}
        times = {
            row.code: row.imported_ms for row in connection.execute(text("SELECT code, imported_ms FROM dossiers"))
        }
    assert times == {
        again[0].code: NOW_MS,
        again[1].code: NOW_MS + 1,
        again[2].code: NOW_MS + 1,
        again[3].code: NOW_MS + 1,
    }


def test_more_than_one_statement_takes(store):
    many = [dossier(serial) for serial in range(CHUNK * 2 + 1)]
    with store.writing() as connection:
        assert save_dossiers(connection, many, NOW_MS) == (len(many), 0, 0)
        assert save_dossiers(connection, many, NOW_MS) == (0, 0, len(many))
        assert len(dossiers_by_code(connection, (one.code for one in many))) == count(connection) == len(many)


def test_a_failed_transaction_leaves_nothing(store):
    with pytest.raises(RuntimeError), store.writing() as connection:
        save_dossiers(connection, [dossier(1)], NOW_MS)
        record_import(connection, "a.csv", "mai", 1, 1, 0, NOW_MS)
        raise RuntimeError
    with store.reading() as connection:
        assert count(connection) == 0
        assert connection.execute(text("SELECT count(*) FROM imports")).scalar_one() == 0
