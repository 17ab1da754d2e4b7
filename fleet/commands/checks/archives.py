"""Can months be archived before they are deleted, and is each archive still there as it was written down?"""

from importlib.util import find_spec

from fleet.commands.checks.subject import Subject
from fleet.domain.findings import Finding, bad, good, not_asked
from fleet.flows import archive

UNSET = not_asked("archives", "chưa đặt MOTCUA_ARCHIVE", "MOTCUA_ARCHIVE is not set")
GOOD = good("archives", "{folder}: {n} tệp", "{folder}: {n} files")
NO_FOLDER = bad(
    "archives",
    (
        "{folder}: không có thư mục này",
        "một thư mục",
        "Gắn lại ổ đĩa lưu trữ, hoặc tạo thư mục; đến lúc đó chưa xóa gì.",
    ),
    ("{folder}: there is no such folder", "a folder", "Mount its disk, or make it; until then nothing is deleted."),
)
NO_DUCKDB = bad(
    "archives",
    ("thiếu DuckDB", "DuckDB, để ghi tệp lưu trữ", "Cài bằng pip install 'motcua[archive]'; đến lúc đó chưa xóa gì."),
    (
        "DuckDB is missing",
        "DuckDB, which writes archives",
        "pip install 'motcua[archive]'; until then nothing is deleted.",
    ),
)
BROKEN = bad(
    "archives",
    ("{file}: {why}", "tệp đúng như lúc ghi", "Chạy `motcua archive verify`, rồi lấy lại tệp từ bản sao lưu."),
    ("{file}: {why}", "a file as it was written", "Type `motcua archive verify`, and bring it back from a backup."),
)


def archives(subject: Subject) -> list[Finding]:
    """What would be needed at the next round, and what lies there; only sizes are looked at."""
    folder = subject.settings.archive
    if folder is None:
        return [UNSET.of()]
    if find_spec("duckdb") is None:
        return [NO_DUCKDB.of()]
    if not folder.is_dir():
        return [NO_FOLDER.of(folder=folder)]
    found = archive.look(folder)
    broken = [BROKEN.of(file=one.file, why=one.problem) for one in found if one.problem]
    return broken or [GOOD.of(folder=folder, n=len(found))]
