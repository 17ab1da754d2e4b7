"""What an office received for whom."""

from datetime import date
from pathlib import Path

from fleet.flows.responsible import Received, is_its, received
from fleet.flows.units import import_units
from fleet.store.database import Store
from fleet.store.rows import run_each, sql
from tests.fleet.office import DAY, NINE, OFFICE

UNITS = """Mã đơn vị,Loại,Tên,Cấp trên,Hiệu lực từ,Hết hiệu lực từ,Kế thừa,Mã định danh,Thuộc cơ quan,Hotline
p,tỉnh,Tỉnh,,,,,,,1022
cu,cơ quan,Xã cũ,p,,01/07/2025,moi,000.31.27.H29,,
doi,cơ quan,Xã bị chia,p,,01/07/2025,moi; dat-dai,000.32.27.H29,,
moi,cơ quan,Xã mới,p,01/07/2025,,,H29.27.05,,
dat-dai,cơ quan,Đất đai,p,01/07/2025,,,H29.27.13,,
tan-an,điểm tiếp nhận,Tân An,p,01/07/2025,,,,moi,
"""
SCAN = sql("""
    INSERT INTO visit_dossiers (office, day, visit, code, scanned_ms) VALUES (:office, :day, :visit, :code, 0)""")


def test_the_old_code_counts_for_todays_organisation_and_the_foreign_is_named(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(UNITS)
    import_units(store, path, "mai", NINE)
    codes = ("000.31.27.H29-250301-0001", "H29.27.05-261008-0001", "H29.27.13-261008-0001", "000.32.27.H29-250301-0001")
    scans = [(DAY, "v1", code) for code in (*codes, "G01-261008-0001", "T1")]
    scans += [(DAY, "v2", codes[0]), ("2026-11-08", "v3", codes[2])]
    with store.writing() as connection:
        rows = [{"office": OFFICE, "day": day, "visit": visit, "code": code} for day, visit, code in scans]
        run_each(connection, SCAN, rows)
    day = date.fromisoformat(DAY)
    assert received(store, OFFICE, day, day, day) == [
        Received(None, "", 2, 2, None),
        Received("moi", "Xã mới", 2, 3, False),
        Received("dat-dai", "Đất đai", 1, 1, True),
        Received("doi", "Xã bị chia", 1, 1, None),
    ]
    assert received(store, "tan-an-2", day, day, day) == []
    its = [is_its(store, code, OFFICE, NINE) for code in (*codes, "G01-261008-0001", "T1")]
    assert its == [True, True, False, False, False, False], "only what is certain"
