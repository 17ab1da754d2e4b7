"""Is the database of the day keys there, apart from everything?"""

from fleet.commands.checks.subject import Subject, with_store
from fleet.domain.findings import Finding, bad, good, warn
from fleet.flows import check_up
from fleet.store.addresses import is_postgresql, read_address
from fleet.store.database import Store
from fleet.store.failures import DatabaseSaysNo, unusable

GOOD = good("day-keys", "đọc được, nằm riêng", "can be read, and lie apart")
AWAY = bad(
    "day-keys",
    ("không dùng được: {why}", "cơ sở dữ liệu khóa ngày trả lời", "Khởi động nó, hoặc sửa MOTCUA_URL."),
    ("cannot be used: {why}", "a database of day keys that answers", "Start it, or mend MOTCUA_URL."),
)
BESIDE = warn(
    "day-keys",
    (
        "cùng máy chủ PostgreSQL với dữ liệu",
        "nơi mà bản sao lưu của máy chủ không chạm tới",
        "Đặt MOTCUA_URL thành một tệp SQLite, hoặc loại cơ sở dữ liệu này khỏi mọi bản sao lưu của máy chủ.",
    ),
    (
        "at the PostgreSQL server of the data",
        "a place that no backup of that server reaches",
        "Let MOTCUA_URL be a file of SQLite, or leave this database out of all backups of the server.",
    ),
)


@with_store("day-keys")
def day_keys(subject: Subject, store: Store) -> list[Finding]:
    """Read them, and see where they lie."""
    try:
        check_up.count_day_keys(store)
    except DatabaseSaysNo as problem:
        return [AWAY.of(why=unusable(problem) or type(problem.orig).__name__)]
    data, keys = read_address(subject.settings.database_url), store.key_engine.url
    if is_postgresql(keys) and (keys.host, keys.port) == (data.host, data.port):
        return [BESIDE.of()]
    return [GOOD.of()]
