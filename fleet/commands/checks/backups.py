"""How old is the last backup, and is nothing beside it that would open it?"""

from dataclasses import replace
from pathlib import Path

from fleet.commands.checks.subject import Subject, with_store
from fleet.domain.findings import Finding, Result, bad, good, not_asked, warn
from fleet.flows import backup, check_up
from fleet.store.addresses import in_memory, is_postgresql, read_address
from fleet.store.database import Store

HOUR_MS = 3_600_000
OLD_H, TOO_OLD_H = 36, 168
# What MotcuaBackupOld calls old, and a week.
GOOD = good("backup", "bản cuối {hours} giờ trước", "the last one is {hours} hours old")
NEVER = bad(
    "backup",
    (
        "chưa có bản nào",
        "mỗi ngày một bản",
        "Chạy `motcua backup thư-mục`, rồi đặt lịch chạy mỗi đêm (docs/backup.vi.md).",
    ),
    ("there is none", "one each day", "Type `motcua backup folder`, then have it done each night (docs/backup.md)."),
)
OLD = warn(
    "backup",
    ("bản cuối {hours} giờ trước", "không quá 36 giờ", "Xem cái gì gọi `motcua backup` mỗi đêm, và đĩa mà nó ghi vào."),
    (
        "the last one is {hours} hours old",
        "36 hours at most",
        "See what calls `motcua backup` each night, and the disk that it writes to.",
    ),
)
TOO_OLD = replace(OLD, result=Result.BAD)
APART_UNKNOWN = not_asked(
    "backup-folder", "chỉ ra bằng --backups thư mục chứa các bản sao lưu", "name the folder of the backups by --backups"
)
APART = good("backup-folder", "{file}, không có khóa nào bên cạnh", "{file}, and no key beside it")
LOCKED = good(
    "backup-folder",
    "{file}, đã mã hóa: không xem được bên trong; không có khóa nào bên cạnh",
    "{file}, encrypted: nobody looks into it here; and no key beside it",
)
NO_FOLDER = bad(
    "backup-folder",
    ("{folder}: không có thư mục này", "một thư mục", "Gắn lại ổ đĩa sao lưu, hoặc sửa --backups."),
    ("{folder}: there is no such folder", "a folder", "Mount the disk of the backups, or mend --backups."),
)
NONE_THERE = bad(
    "backup-folder",
    ("{folder}: không có bản sao lưu nào", "các bản sao lưu", "Chạy `motcua backup {folder}`."),
    ("{folder}: no backups in it", "the backups", "Type `motcua backup {folder}`."),
)
BROKEN = bad(
    "backup-folder",
    ("{file}: {why}", "một bản sao lưu nguyên vẹn", "Chạy `motcua backups check {file}`, rồi tạo bản mới."),
    ("{file}: {why}", "a whole backup", "Type `motcua backups check {file}`, then make a new one."),
)
BESIDE = bad(
    "backup-folder",
    (
        "{key} nằm trong thư mục sao lưu {folder}",
        "khóa nằm nơi khác",
        "Chuyển tệp khóa đi: ai lấy được bản sao lưu sẽ đọc được điều đã niêm phong hoặc đã quên.",
    ),
    (
        "{key} lies in the folder of the backups {folder}",
        "keys elsewhere",
        "Move it away: who takes a backup would read what is sealed, or forgotten.",
    ),
)


@with_store("backup")
def age(subject: Subject, store: Store) -> list[Finding]:
    """When the last good one was made."""
    made_ms = check_up.last_backup_ms(store)
    if made_ms is None:
        return [NEVER.of()]
    hours = max(0, subject.clock() - made_ms) // HOUR_MS
    outcome = TOO_OLD if hours > TOO_OLD_H else OLD if hours > OLD_H else GOOD
    return [outcome.of(hours=hours)]


def folder(subject: Subject) -> list[Finding]:
    """What lies in the folder of the backups."""
    where = subject.backups
    if where is None:
        return [APART_UNKNOWN.of()]
    if not where.is_dir():
        return [NO_FOLDER.of(folder=where)]
    beside = [BESIDE.of(key=key, folder=where) for key in keys_of(subject) if is_below(key, where)]
    found = backup.look(where)
    if not found:
        locked = sorted(path.name for path in where.glob("motcua-*.zip.*"))
        return beside or [LOCKED.of(file=locked[-1]) if locked else NONE_THERE.of(folder=where)]
    newest = max(found, key=lambda one: one.file.stat().st_mtime)
    broken = [BROKEN.of(file=newest.file, why=newest.problem)] if newest.problem else []
    return beside + broken or [APART.of(file=newest.file.name)]


def keys_of(subject: Subject) -> list[Path]:
    """The files without which a backup does not tell everything."""
    found = [subject.settings.fleet_key_path]
    if subject.settings.release_key is not None:
        found.append(subject.settings.release_key)
    address = read_address(subject.settings.keys_database_url)
    if not is_postgresql(address) and not in_memory(address):
        found.append(Path(str(address.database)))
    return [path for path in found if path.exists()]


def is_below(path: Path, folder: Path) -> bool:
    """Whether a file lies in this folder or below it, whatever leads there."""
    return path.resolve().is_relative_to(folder.resolve())
