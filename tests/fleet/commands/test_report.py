"""motcua report."""

from pathlib import Path

import pytest

from tests.fleet.commands.conftest import Motcua
from tests.fleet.office import OFFICE


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfunit")])
def test_a_report_is_written_beside_where_one_stands(
    motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch, form: str, begins: bytes
) -> None:
    monkeypatch.chdir(data)
    told = motcua("report", OFFICE, "--month", "2025-10", "--as", form, "--data", data)
    path = data / f"{OFFICE}-2025-10.{form}"
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(f"{path.name}: ")
    assert path.read_bytes().startswith(begins)
    again = motcua("report", OFFICE, "--month", "2025-10", "--as", form, "--data", data)
    assert again.exit_code == 1 and "is there already" in again.output, "somebody may have written into it"
    assert motcua("report", OFFICE, "--month", "2025-10", "--as", form, "--to", path, "--data", data).exit_code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("nowhere",), "there is none of id 'nowhere'"),
        ((OFFICE, "--as", "doc"), "--as: expected pdf, xlsx, csv, found 'doc'"),
        ((OFFICE, "--language", "fr"), "language: expected vi or en"),
        ((OFFICE, "--week", "2026-10"), "--week: expected a week, found the month"),
    ],
)
def test_what_it_does_not_take_is_said(
    motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(data)
    told = motcua("report", *options, "--data", data)
    assert told.exit_code == 1 and said in " ".join(told.output.split())
    assert not list(data.glob("*.pdf"))


def test_a_report_is_sent_by_itself_until_somebody_ends_it(motcua: Motcua, data: Path) -> None:
    assert "none is sent by itself yet" in motcua("report", "schedules", "--data", data).stdout
    to = ("--to", "van-phong@example.vn", "--to", "lanh-dao@example.vn")
    made = motcua("report", "schedule", OFFICE, "--every", "month", *to, "--data", data)
    assert made.exit_code == 0 and made.stdout.startswith(f"1: {OFFICE}, each month; 20"), made.output
    shown = motcua("report", "schedules", "--data", data).stdout
    assert "van-phong@example.vn" in shown and "pdf vi" in shown
    assert "sent no more" in motcua("report", "unschedule", 1, "--data", data).stdout


def test_what_cannot_be_sent_is_said(motcua: Motcua, data: Path) -> None:
    for options, said in (
        (("schedule", OFFICE, "--every", "hour", "--to", "a@b.vn"), "--every: expected day, week, month"),
        (("schedule", OFFICE, "--every", "day", "--to", "a"), "address: expected one such as"),
        (("schedule", "nowhere", "--every", "day", "--to", "a@b.vn"), "there is no office of id 'nowhere'"),
        (("schedule", OFFICE, "--every", "day", "--to", "a@b.vn", "--language", "fr"), "language: expected vi or en"),
        (("unschedule", "7"), "schedule: expected the number of one, found 7"),
    ):
        told = motcua("report", *options, "--data", data)
        assert told.exit_code == 1 and said in " ".join(told.stderr.split())
