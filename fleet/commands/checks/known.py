"""All checks in the order in which they are told, and how many of them are done at once."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

from fleet.commands.checks import (
    archives,
    backups,
    behind,
    broker,
    certificates,
    clocks,
    database,
    day_keys,
    disks,
    fleet_key,
    forgetting,
    https,
    mail,
    processes,
    releases,
    secrets,
    telling,
    zones,
)
from fleet.commands.checks.asking import answers_of
from fleet.commands.checks.subject import Check, Subject
from fleet.domain.findings import Finding, bad

DATABASE = "database"
CHECKS: dict[str, Check] = {
    "day-keys": day_keys.day_keys,
    "broker": broker.broker,
    "access": behind.access,
    "processes": processes.processes,
    "versions": processes.versions,
    "receiving": behind.receiving,
    "linking": behind.linking,
    "webhooks": telling.webhooks,
    "mail": mail.mail,
    "letters": telling.letters,
    "forgetting": forgetting.forgetting,
    "clock": clocks.clock,
    "time-zones": zones.zones,
    "certificates": certificates.certificates,
    "https": https.https,
    "secrets": secrets.secrets,
    "fleet-key": fleet_key.fleet_key,
    "releases": releases.releases,
    "disk": disks.disks,
    "backup": backups.age,
    "backup-folder": backups.folder,
    "archives": archives.archives,
}
ORDER = (DATABASE, *CHECKS)
TITLES = {
    DATABASE: ("Cơ sở dữ liệu", "Database"),
    "day-keys": ("Khóa ngày", "Day keys"),
    "broker": ("Broker MQTT", "MQTT broker"),
    "access": ("Danh sách của broker", "The broker's list"),
    "processes": ("Các tiến trình", "Processes"),
    "versions": ("Phiên bản", "Versions"),
    "receiving": ("Nhận sự kiện", "Receiving"),
    "linking": ("Gắn lượt", "Linking"),
    "webhooks": ("Webhook", "Webhooks"),
    "mail": ("Máy chủ thư", "Mail server"),
    "letters": ("Thư", "Letters"),
    "forgetting": ("Xóa dữ liệu hết hạn", "Forgetting"),
    "clock": ("Đồng hồ", "Clock"),
    "time-zones": ("Múi giờ", "Time zones"),
    "certificates": ("Chứng thư", "Certificates"),
    "https": ("HTTPS", "HTTPS"),
    "secrets": ("Tệp bí mật", "Files of secrets"),
    "fleet-key": ("Khóa riêng hệ thống", "Fleet key"),
    "releases": ("Phát hành phần mềm", "Releases"),
    "disk": ("Đĩa", "Disk"),
    "backup": ("Bản sao lưu cuối", "Last backup"),
    "backup-folder": ("Thư mục sao lưu", "Folder of backups"),
    "archives": ("Lưu trữ theo tháng", "Archives of months"),
}
AT_ONCE = 8
FAILED = {
    check: bad(
        check,
        ("lỗi khi kiểm tra: {why}", "kiểm tra xong", "Gửi dòng này và nhật ký cho người phát triển motcua."),
        ("the check itself failed: {why}", "an answer", "Send this line and the log to those who make motcua."),
    )
    for check in ORDER
}


def looked_at(subject: Subject, wanted: Collection[str]) -> Iterator[tuple[str, list[Finding]]]:
    """These checks, each with what it came to as soon as that is known; the database comes first."""
    store, found = database.opened(subject.settings)
    if DATABASE in wanted:
        yield DATABASE, found
    try:
        asked = answers_of(subject.settings, subject.patience_s)
        told = replace(subject, store=store, answers=asked)
        with ThreadPoolExecutor(AT_ONCE) as at_once:
            begun = {at_once.submit(guarded, name, told): name for name in CHECKS if name in wanted}
            for done in as_completed(begun):
                yield begun[done], done.result()
    finally:
        if store is not None:
            store.close()


def guarded(name: str, subject: Subject) -> list[Finding]:
    """One check; a mistake in it, or what it did not think of, does not stand in the way of the others."""
    try:
        return CHECKS[name](subject)
    except Exception as problem:
        return [FAILED[name].of(why=f"{type(problem).__name__}: {problem}"[:200])]
