"""A file of dossiers comes in, whole or not at all."""

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fleet.domain.audit import What
from fleet.domain.dossier import read_dossiers
from fleet.domain.file_errors import BadFile, refused
from fleet.flows.spreadsheets import MIB, rows_of
from fleet.store import ledger
from fleet.store.database import Store
from fleet.store.dossiers import record_import, save_dossiers
from fleet.store.failures import again_after_conflict

FILE_AT_MOST = 50 * MIB
FILE_NAME_AT_MOST = 200
VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImportResult:
    """What an import did. `rows` are those that named a dossier; a row that stood there twice counts twice."""

    file: str
    rows: int
    new: int
    changed: int
    unchanged: int


@again_after_conflict
def import_dossiers(store: Store, path: Path, person: str, now_ms: int, encoding: str | None = None) -> ImportResult:
    """Store the dossiers of this CSV or XLSX file, or raise BadFile and store nothing. Again changes nothing."""
    reading = read_dossiers(rows_of(read_bytes(path), encoding), day_in_viet_nam(now_ms))
    if reading.errors:
        log.info("dossiers: a file was refused for %d errors", reading.error_count)
        raise BadFile(tuple(reading.errors), reading.error_count)
    in_order = sorted(reading.dossiers.values(), key=lambda dossier: dossier.code)  # two imports meet in one order
    with store.writing(alone=False) as connection:
        new, changed, unchanged = save_dossiers(connection, in_order, now_ms)
        record_import(connection, path.name[:FILE_NAME_AT_MOST], person, reading.rows, new, changed, now_ms)
        said = {"rows": reading.rows, "new": new, "changed": changed}
        ledger.note(connection, What.DOSSIER_IMPORT, became=said)
    log.info("dossiers: %d rows read, %d new, %d changed", reading.rows, new, changed)
    return ImportResult(path.name, reading.rows, new, changed, unchanged)


def read_bytes(path: Path) -> bytes:
    """The file, if it is one and not too large."""
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_AT_MOST + 1)
    except OSError as err:
        raise refused("unopened", reason=err.strerror or "?") from None
    if len(raw) > FILE_AT_MOST:
        raise refused("too_big", most=str(FILE_AT_MOST // MIB))
    return raw


def day_in_viet_nam(now_ms: int) -> date:
    """The day of the calendar in Việt Nam, where no clock is ever put forward."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(VIET_NAM).date()
