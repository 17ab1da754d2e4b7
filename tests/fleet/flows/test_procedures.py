"""The catalogue in the store: imported whole, searched by use, tied to dossiers, offered at offices."""

from datetime import date
from pathlib import Path

import pytest

from fleet.domain.dossier import Dossier
from fleet.domain.file_errors import BadFile
from fleet.flows.procedures import (
    CatalogueError,
    CatalogueImported,
    describe,
    export_procedures,
    import_procedures,
    missing,
    offer,
    search,
)
from fleet.laptop.furnishing import PROCEDURES_FILE
from fleet.laptop.office import OFFICE as SAMPLE_OFFICE
from fleet.laptop.sample_dossiers import PROCEDURES as SAMPLE_PROCEDURES
from fleet.store import devices, procedures
from fleet.store.database import Store
from fleet.store.dossiers import save_dossiers
from tests.fleet.office import NINE, OFFICE

HEAD = "Mã TTHC;Tên thủ tục;Mã nhóm;Ký hiệu;Tên nhóm\n"
BIRTH = "1.001193;Đăng ký khai sinh;ho-tich;A;Hộ tịch\n"
AGAIN = "1.004884;Đăng ký lại khai sinh;ho-tich;A;Hộ tịch\n"
LABOUR = "1.001776;Trợ cấp xã hội;lao-dong;C;Lao động\n"


@pytest.fixture
def take(store: Store, tmp_path: Path):
    def take(text: str, whole: bool = False) -> CatalogueImported:
        path = tmp_path / "thu-tuc.csv"
        path.write_text(text)
        return import_procedures(store, path, "mai", NINE, whole=whole)

    return take


def mirror(store: Store, *codes: str) -> None:
    """A dossier of each of these procedures, as the province spells them."""
    dossiers = [
        Dossier(f"H29-261002-{n:04d}", "H29", date(2026, 10, 2), procedure_code=code, procedure_name=f"Thủ tục {code}")
        for n, code in enumerate(codes)
    ]
    with store.writing() as connection:
        save_dossiers(connection, dossiers, NINE)


def test_a_catalogue_comes_in_once_and_goes_out_again(store: Store, take) -> None:
    assert take(HEAD + BIRTH + AGAIN) == CatalogueImported("thu-tuc.csv", 2, 0, 0, 0)
    assert take(HEAD + BIRTH.replace("khai sinh", "khai sinh mới")) == CatalogueImported("thu-tuc.csv", 0, 1, 0, 0)
    exported = export_procedures(store)
    assert take(exported.decode(), whole=True) == CatalogueImported("thu-tuc.csv", 0, 0, 2, 0)
    assert export_procedures(store) == exported
    assert take(HEAD + LABOUR, whole=True) == CatalogueImported("thu-tuc.csv", 1, 0, 0, 2)
    with store.reading() as connection:
        assert list(procedures.groups(connection)) == ["lao-dong"]


def test_groups_may_exchange_their_letters(store: Store, take) -> None:
    take(HEAD + BIRTH + LABOUR)
    take(HEAD + BIRTH.replace(";A;", ";C;") + LABOUR.replace(";C;", ";A;"))
    with store.reading() as connection:
        assert {one.id: one.prefix for one in procedures.groups(connection).values()} == {
            "ho-tich": "C",
            "lao-dong": "A",
        }


def test_a_bad_row_keeps_the_whole_file_out(store: Store, take) -> None:
    take(HEAD + LABOUR)
    with pytest.raises(BadFile, match=r"Row 3, column “Ký hiệu”: found “C”"):
        take(HEAD + BIRTH + "1.012766;Đất đai;dat-dai;C;Đất đai\n")
    assert [one.procedure.code for one in search(store, "", 10)] == ["1.001776"]


def test_dossiers_are_tied_by_their_procedures_code_and_make_the_order(store: Store, take) -> None:
    take(HEAD + BIRTH + AGAIN + LABOUR)
    mirror(store, "1.004884", "1.004884.000.00.00.H29", "1.001193", "1.009999", "1.009999", "khác")
    assert [(one.procedure.code, one.uses) for one in search(store, "khai sinh", 10)] == [
        ("1.004884", 2),
        ("1.001193", 1),
    ]
    assert describe(store, "1.004884.000.00.00.H29").uses == 2
    assert missing(store) == [("1.009999", 2, "Thủ tục 1.009999"), ("khác", 1, "Thủ tục khác")]
    with pytest.raises(CatalogueError, match=r"found '1\.009999'"):
        describe(store, "1.009999")


def test_who_serves_a_procedure_at_an_office(store: Store, take) -> None:
    take(HEAD + BIRTH + LABOUR)
    birth, labour = search(store, "dang khai", 1, OFFICE)[0], search(store, "tro cap", 1, OFFICE)[0]
    assert (birth.letter, birth.counters) == ("A", ("Quầy 1", "Quầy 2"))
    assert (labour.letter, labour.counters) == (None, ())
    rows = offer(store, OFFICE, ["lao-dong"], NINE)
    assert [(one.prefix, one.id, one.position) for one in rows] == [
        ("A", "ho-tich", 0),
        ("B", "dat-dai", 1),
        ("C", "lao-dong", 2),
    ]
    assert search(store, "tro cap", 1, OFFICE)[0].letter == "C"
    with store.reading() as connection:
        assert "tp-1" in {device for device, _ in devices.due(connection, 10)}, "the printer has another button"


def test_what_cannot_be_offered_is_refused(store: Store, take) -> None:
    take(HEAD + BIRTH + "1.000001;X;khac;B;Khác\n")
    with pytest.raises(CatalogueError, match="service: expected one of ho-tich, khac, found 'dat-dai'"):
        offer(store, OFFICE, ["dat-dai"], NINE)
    with pytest.raises(CatalogueError, match="expected a letter of its own, found B of dat-dai and khac"):
        offer(store, OFFICE, ["khac"], NINE)
    with pytest.raises(CatalogueError, match="office: expected one of tan-an, found 'nowhere'"):
        search(store, "", 1, "nowhere")


def test_the_sample_knows_what_the_samples_dossiers_and_office_know(store: Store) -> None:
    import_procedures(store, PROCEDURES_FILE, "mai", NINE)
    for sample in SAMPLE_PROCEDURES:
        found = describe(store, sample.code).procedure
        assert (found.name, found.field, found.days) == (sample.name, sample.field, sample.days)
    with store.reading() as connection:
        groups, all_of = procedures.groups(connection), procedures.procedures(connection)
    assert len(all_of) >= 60 and all(one.note.startswith("Mẫu") and one.papers and one.level for one in all_of)
    offered = {(one.id, one.prefix, one.name) for one in SAMPLE_OFFICE.services}
    assert {(one.id, one.prefix, one.name) for one in groups.values()} <= offered
