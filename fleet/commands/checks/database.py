"""Is the database there, with the tables of this program, and does it keep what it has committed?"""

from pathlib import Path

from fleet.domain.findings import Finding, bad, good
from fleet.flows import check_up
from fleet.settings import Settings
from fleet.store.addresses import BadAddress, in_memory, is_postgresql, read_address
from fleet.store.database import Store
from fleet.store.failures import DatabaseSaysNo, unusable

GOOD = good(
    "database", "đọc được, bảng ở phiên bản {revision}, {how}", "can be read, tables of revision {revision}, {how}"
)
AWAY = bad(
    "database",
    ("không dùng được: {why}", "một cơ sở dữ liệu trả lời", "Khởi động cơ sở dữ liệu, hoặc sửa MOTCUA_DATABASE."),
    ("cannot be used: {why}", "a database that answers", "Start the database, or mend MOTCUA_DATABASE."),
)
NONE = bad(
    "database",
    ("chưa có trong {where}", "một cơ sở dữ liệu", "Chạy `motcua migrate`, hoặc chỉ đúng thư mục bằng --data."),
    ("none in {where}", "a database", "Run `motcua migrate`, or name the right folder with --data."),
)
BEHIND = bad(
    "database",
    (
        "bảng ở phiên bản {found}",
        "phiên bản {expected}",
        "Chạy `motcua migrate` (docs/upgrades.vi.md).",
    ),
    ("tables of revision {found}", "revision {expected}", "Type `motcua migrate` (docs/upgrades.md)."),
)
AHEAD = bad(
    "database",
    (
        "bảng ở phiên bản {found}, chương trình này không còn dùng được",
        "bảng mà chương trình của phiên bản {expected} dùng được",
        "Cài bản motcua đã nâng cấp cơ sở dữ liệu này lên máy này.",
    ),
    (
        "tables of revision {found}, with which this program cannot work any more",
        "tables that a program of revision {expected} can work with",
        "Install the motcua on this machine that upgraded this database.",
    ),
)
JOURNAL = bad(
    "database",
    ("nhật ký ghi {found}", "wal", "Chuyển tệp dữ liệu sang đĩa của chính máy này: ổ mạng không giữ được nhật ký ghi."),
    ("journal {found}", "wal", "Move the file to a disk of this machine: network drives hold no write-ahead log."),
)
UNSAFE = bad(
    "database",
    (
        "PostgreSQL có thể mất dữ liệu đã ghi: {found}",
        "các thiết đặt này là on",
        "Bật lại trong postgresql.conf rồi nạp lại PostgreSQL.",
    ),
    (
        "PostgreSQL may lose what it has committed: {found}",
        "these to be on",
        "Switch them on in postgresql.conf and reload PostgreSQL.",
    ),
)
ENCODING = bad(
    "database",
    ("bảng mã {found}", "UTF8", "Tạo cơ sở dữ liệu mới với --encoding UTF8 rồi khôi phục bản sao lưu vào đó."),
    ("encoding {found}", "UTF8", "Create a new database with --encoding UTF8, and restore a backup into it."),
)
ONLY_READS = bad(
    "database",
    ("máy chủ PostgreSQL này chỉ cho đọc", "máy chủ chính", "Trỏ MOTCUA_DATABASE tới máy chủ chính."),
    ("this PostgreSQL only reads", "the primary server", "Let MOTCUA_DATABASE name the primary server."),
)


def opened(settings: Settings) -> tuple[Store | None, list[Finding]]:
    """The store, if it can be worked with, and what there is to say of it. It is neither made nor migrated."""
    try:
        address = read_address(settings.database_url)
        if not is_postgresql(address) and not in_memory(address) and not Path(str(address.database)).exists():
            return None, [NONE.of(where=Path(str(address.database)).parent)]
        store = Store(settings.database_url, settings.keys_database_url, settings.fleet_key_path)
    except (BadAddress, OSError) as problem:
        return None, [AWAY.of(why=problem)]
    try:
        return looked_at(store)
    except DatabaseSaysNo as problem:
        store.close()
        return None, [AWAY.of(why=unusable(problem) or type(problem.orig).__name__)]
    except TypeError:  # psycopg gives bytes there instead of texts, and SQLAlchemy can not read its version
        store.close()
        return None, [ENCODING.of(found="SQL_ASCII")]


def looked_at(store: Store) -> tuple[Store | None, list[Finding]]:
    """The same of one that answers; without tables that this program can work with it is of no use to other checks."""
    its, tables = check_up.kept(store), check_up.tables(store)
    revisions = {"found": tables.found or "0", "expected": tables.expected}
    wrong = [BEHIND.of(**revisions)] if tables.too_old else [AHEAD.of(**revisions)] if tables.too_new else []
    unfit = bool(wrong)
    wrong += [JOURNAL.of(found=one) for one in its.journals if one not in ("wal", "memory")]
    wrong += [UNSAFE.of(found=", ".join(its.unsafe))] if its.unsafe else []
    wrong += [ENCODING.of(found=its.encoding)] if its.encoding != "UTF8" else []
    wrong += [ONLY_READS.of()] if its.only_reads else []
    how = "PostgreSQL" if store.is_postgresql else f"SQLite ({', '.join(its.journals)})"
    if unfit:
        store.close()
    return None if unfit else store, wrong or [GOOD.of(revision=tables.found, how=how)]
