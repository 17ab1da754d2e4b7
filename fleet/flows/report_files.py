"""A report as a file in one of the forms that it comes in."""

from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.published import Held
from fleet.domain.report import Report
from fleet.flows.report_csv import as_csv


class Form(StrEnum):
    """What a report is written as."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


MEDIA_TYPES = {
    Form.PDF: "application/pdf",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class ReportFile:
    """The bytes of a report, and what to call them."""

    name: str
    media_type: str
    content: bytes


def file_of(report: Report, form: Form, language: str, with_dossiers: bool = True) -> ReportFile:
    """The report in this form, without the codes of dossiers if it leaves the house; open data never has them."""
    content = content_of(report, form, language, with_dossiers)
    return ReportFile(f"{report.unit}-{report.period}.{form}", MEDIA_TYPES[form], content)


def open_file(report: Report, held: Held) -> ReportFile:
    """The report as open data, without what everybody may not be told."""
    return ReportFile(f"{report.unit}-{report.period}.{Form.CSV}", MEDIA_TYPES[Form.CSV], as_csv(report, held))


def content_of(report: Report, form: Form, language: str, with_dossiers: bool) -> bytes:
    """The bytes. What writes a PDF or a workbook takes a while to load, so it is loaded when one is asked for."""
    if form == Form.PDF:
        from fleet.flows.report_pdf import as_pdf

        return as_pdf(report, language)
    if form == Form.XLSX:
        from fleet.flows.report_xlsx import as_xlsx

        return as_xlsx(report, language, with_dossiers)
    return as_csv(report)
