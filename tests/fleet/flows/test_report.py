"""A report of a month, from events to a PDF, a workbook and open data; of a small office, too."""

import csv
import io
import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from openpyxl import load_workbook

from fleet.domain.day import midnight
from fleet.domain.named_periods import read_period
from fleet.domain.public_now import achieved
from fleet.domain.published import held
from fleet.domain.report import Report, is_readable
from fleet.domain.report_tables import Kind, shown, tables
from fleet.domain.report_texts import TEXTS
from fleet.domain.waits import Durations, WaitRow
from fleet.flows.presence import welcome
from fleet.flows.report import report
from fleet.flows.report_files import Form, file_of, open_file
from fleet.flows.report_page import FONTS, PublicDocument
from fleet.flows.report_pdf import place_of
from fleet.flows.watch import UnknownOffice
from fleet.store.database import Store
from tests.fleet.month import serve, working_days
from tests.fleet.office import NINE, OFFICE, PLAN, hello, open_office

OCTOBER = read_period("2026-10")
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 9)
VIETNAMESE = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXYaăâbcdđeêghiklmnoôơpqrstuưvxy" + "".join(
    c + mark for c in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for mark in "\u0300\u0301\u0303\u0309\u0323"
)
RATED = 1.0


def month_of(folder: Path, a_day: int) -> Store:
    start = midnight(FIRST, "Asia/Ho_Chi_Minh")
    store, _ = open_office(folder, start)
    for device in PLAN.devices:
        welcome(store, device.id, hello(), start)
    serve(store, working_days(FIRST, LAST), a_day, RATED)
    return store


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Seven days on each of which twelve were called."""
    store = month_of(tmp_path_factory.mktemp("busy"), 12)
    return report(store, OFFICE, OCTOBER, NINE)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Seven days with three visits each."""
    return month_of(tmp_path_factory.mktemp("quiet"), 3)


def test_a_month_adds_up(busy: Report) -> None:
    assert (busy.whole.visits, busy.whole.no_shows, busy.working_days) == (84, 7, 22)
    assert busy.by == "day" and sum(row.visits for row in busy.steps) == 84
    assert sum(row.visits for row in busy.services) == 84
    assert busy.earlier.visits == 0
    assert busy.opinion.served == 77 and busy.opinion.rated == 77
    assert busy.opinion.score.n == 75, "whole groups of five"
    assert busy.is_over and busy.name == "Phường Tân An"


def test_where_days_are_too_small_the_month_is_told_by_weeks(quiet: Store) -> None:
    found = report(quiet, OFFICE, OCTOBER, NINE)
    assert (found.by, found.whole.visits) == ("week", 21)
    assert found.opinion.score.n == 20
    text = words(file_of(found, Form.CSV, "vi").content)
    assert "nan" not in text and "inf" not in text


def test_a_day_of_three_says_that_they_are_too_few(quiet: Store) -> None:
    """No share of three, no interval, no time: sentences that say so."""
    found = report(quiet, OFFICE, read_period("2026-10-08"), NINE)
    assert found.whole.visits == 3 and found.whole.wait.p50_s is None and found.opinion.score.share is None
    summary = {row[0].value: [shown(one, "vi") for one in row[1:]] for row in tables(found, "vi")[0].rows}
    assert summary["Tỷ lệ hài lòng"] == ["–", "–"] and summary["Số lượt được gọi"] == ["3", "3"]
    rows = list(csv.DictReader(io.StringIO(words(file_of(found, Form.CSV, "vi").content))))
    assert {row["value"] for row in rows if row["figure"] in ("satisfied", "wait_p50", "within_target")} == {""}
    assert not [row for row in rows if row["figure"] == "pressed"]


def test_everybody_is_told_of_a_month_and_nothing_of_a_day_of_three(busy: Report, quiet: Store) -> None:
    found = achieved(busy)
    assert (found.visits, found.n, found.response, found.dossiers) == (84, 75, 1.0, 0)
    assert found.satisfied is not None and found.low is not None and found.low < found.satisfied
    assert found.on_time is None, "no dossier"
    three = achieved(report(quiet, OFFICE, read_period("2026-10-08"), NINE))
    told = (three.p50_s, three.p90_s, three.within, three.satisfied, three.low, three.high, three.response)
    assert told == (None,) * 7 and three.n == 0


def words(content: bytes) -> str:
    return content.decode("utf-8-sig")


def test_open_data_has_a_figure_a_row_and_nobodys_dossier(busy: Report) -> None:
    text = words(file_of(busy, Form.CSV, "vi").content)
    rows = list(csv.DictReader(io.StringIO(text)))
    (satisfied,) = [row for row in rows if (row["table"], row["figure"]) == ("ratings", "satisfied")]
    assert satisfied["n"] == "75" and float(satisfied["low"]) < float(satisfied["value"]) < float(satisfied["high"])
    assert {row["period"] for row in rows} == {"2026-10"} and {row["as_of"] for row in rows} == {"2026-10-31"}
    assert not re.search(r"-\d{6}-\d{4}", text), "dossier codes lead to people"
    assert text == words(file_of(busy, Form.CSV, "en").content)
    everything = words(open_file(busy, held(busy)).content)
    hidden = list(csv.DictReader(io.StringIO(words(open_file(busy, held(busy, least=10_000)).content))))
    assert len(hidden) == len(rows) and everything.count("\n") == text.count("\n")
    assert not [row for row in hidden if row["table"] != "criteria" and row["figure"] == "visits" and row["value"]]
    assert not [row for row in hidden if row["figure"] in ("pressed", "wait_p50", "within_target") and row["value"]]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_workbook_calculates_with_its_figures(busy: Report, language: str) -> None:
    book = load_workbook(io.BytesIO(file_of(busy, Form.XLSX, language).content))
    assert len(book.sheetnames) == 9
    sheet = book[book.sheetnames[0]]
    assert sheet["B4"].value == 84 and sheet.freeze_panes == "A4"
    (share,) = [row[1] for row in sheet.iter_rows(min_row=4) if row[0].value == TEXTS["row.satisfied"][language]]
    assert share.number_format == "0.0%" and 0 < share.value < 1
    assert book[book.sheetnames[2]]._charts, "the workbook draws visits by time itself"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_pdf_is_a_public_document(busy: Report, language: str, caplog: pytest.LogCaptureFixture) -> None:
    content = file_of(busy, Form.PDF, language).content
    assert content.startswith(b"%PDF") and len(content) < 120_000
    assert content == file_of(busy, Form.PDF, language).content, "the same again"
    assert "missing" not in caplog.text, "every letter is in the font"
    pages = int(re.search(rb"/Count (\d+)", content)[1])  # type: ignore[index]
    assert 3 <= pages <= 6
    assert b"/MediaBox [0 0 595.28 841.89]" in content, "A4"


def test_a_pdf_of_nothing_and_of_little_is_made(quiet: Store, caplog: pytest.LogCaptureFixture) -> None:
    for period in ("2026-10-04", "2026-10-08", "2026-W41", "2026-Q4", "2026"):
        for language in ("vi", "en"):
            assert file_of(report(quiet, OFFICE, read_period(period), NINE), Form.PDF, language).content
    assert "missing" not in caplog.text


def test_the_letters_of_vietnamese_are_all_there() -> None:
    texts = [VIETNAMESE, *(text for pair in TEXTS.values() for text in pair.values())]
    needed = {ord(c) for c in unicodedata.normalize("NFC", "".join(texts)) if c != "\n"}
    for path in sorted(FONTS.glob("*.ttf")):
        missing = needed - set(TTFont(path).getBestCmap())
        assert not missing, (path.name, sorted(map(chr, missing)))


def test_pages_are_numbered_from_the_second_on(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []
    monkeypatch.setattr(PublicDocument, "cell", lambda _page, _width, _height, text, **_more: printed.append(text))
    page = PublicDocument("x", "vi", FIRST)
    page.add_page()
    page.add_page()
    assert printed == ["2", "3"]


@pytest.mark.parametrize(
    ("above", "place"),
    [
        ("UBND phường Tân An", "Tân An"),
        ("Ủy ban nhân dân xã Thới Lai", "Thới Lai"),
        ("", "Tân An"),
        ("Sở Y tế", "Sở Y tế"),
    ],
)
def test_the_place_is_a_name_without_its_kind(busy: Report, above: str, place: str) -> None:
    assert place_of(replace(busy, above=above)) == place


def test_rows_are_readable_when_most_of_them_say_something() -> None:
    def row(n: int) -> WaitRow:
        return WaitRow("x", n, 0, n, 0, Durations(n), Durations(n), Durations(n))

    assert is_readable([]) and is_readable([row(5), row(4)]) and is_readable([row(0), row(9)])
    assert not is_readable([row(5), row(4), row(3)])


def test_figures_are_of_known_kinds_in_both_languages(busy: Report) -> None:
    for language in ("vi", "en"):
        for table in tables(busy, language):
            assert all(len(row) == len(table.columns) for row in table.rows), table.key
            assert all(one.kind in Kind and shown(one, language) for row in table.rows for one in row)


def test_a_unit_without_offices_has_no_report(quiet: Store) -> None:
    with pytest.raises(UnknownOffice):
        report(quiet, "nowhere", OCTOBER, NINE)
