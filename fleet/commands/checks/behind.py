"""Does anybody fall behind: those who receive, link, and tell the broker who may connect?"""

import time
from collections.abc import Callable, Set
from typing import TypeVar

from fleet.commands.checks.asking import ACCESS_BEHIND, LINK_LAG_S, OUTBOX, WAITING
from fleet.commands.checks.subject import Subject, with_store
from fleet.domain.findings import Finding, bad, good, not_asked, warn
from fleet.flows import check_up
from fleet.store.database import Store

LOOK_S = 0.25
MESSAGES, EVENTS, LAG_S = 1_000, 5_000, 120
# What alerts.yml calls behind; of messages, two batches of a receiver.
Waiting = TypeVar("Waiting")

RECEIVING_UNKNOWN = not_asked("receiving", "chưa hỏi được `motcua receive` nào", "no `motcua receive` could be asked")
RECEIVING = good("receiving", "{messages} tin đang chờ ghi", "{messages} messages wait to be stored")
RECEIVING_BEHIND = warn(
    "receiving",
    (
        "{messages} tin đang chờ ghi, thiết bị còn giữ {events} sự kiện",
        "không quá 1000 tin và 5000 sự kiện",
        "Chạy thêm một `motcua receive`, hoặc xem đĩa của cơ sở dữ liệu; không mất gì.",
    ),
    (
        "{messages} messages wait to be stored, devices still hold {events} events",
        "1000 messages and 5000 events at most",
        "Start another `motcua receive`, or look at the disk of the database; nothing is lost.",
    ),
)
LINKING = good("linking", "không ngày nào phải chờ", "no day waits for it")
LINKING_BEHIND = bad(
    "linking",
    (
        "{days} ngày của các nơi chờ gắn lượt, không ai làm trong {seconds} giây",
        "một `motcua link` đang chạy",
        "Khởi động `motcua link`, hoặc thêm một cái nữa; nhật ký của nó nói điều gì không xong.",
    ),
    (
        "{days} days of offices wait to be linked, and nobody was at it for {seconds} s",
        "a `motcua link` at work",
        "Start `motcua link`, or another one; its log says what fails.",
    ),
)
ACCESS_UNKNOWN = not_asked("access", "chưa hỏi được `motcua send`", "`motcua send` could not be asked")
ACCESS = good("access", "broker biết thiết bị nào được kết nối", "the broker knows which devices may connect")
ACCESS_LATE = bad(
    "access",
    (
        "không báo được cho broker thiết bị nào được kết nối",
        "danh sách hiện hành",
        "Xem nhật ký của `motcua send`; thiết bị đã thu hồi vẫn còn vào được (docs/broker.md).",
    ),
    (
        "the broker cannot be told which devices may connect",
        "the list of now",
        "See the log of `motcua send`; revoked devices still come in (docs/broker.md).",
    ),
)


def receiving(subject: Subject) -> list[Finding]:
    """As the receivers say themselves, and the devices."""
    messages, events = subject.figure(WAITING), subject.figure(OUTBOX) or 0
    if messages is None:
        return [RECEIVING_UNKNOWN.of()]
    is_behind = messages > MESSAGES or events > EVENTS
    return [(RECEIVING_BEHIND if is_behind else RECEIVING).of(messages=int(messages), events=int(events))]


@with_store("linking")
def linking(subject: Subject, store: Store) -> list[Finding]:
    """As those say who have looked for longer, or what waits while we do."""
    lag_s = subject.figure(LINK_LAG_S) or 0
    days, seconds = len(stuck(lambda: check_up.waiting_days(store), subject.patience_s)), subject.patience_s
    if lag_s > LAG_S:
        days, seconds = max(1, days), lag_s
    return [LINKING_BEHIND.of(days=days, seconds=f"{seconds:.0f}") if days else LINKING.of()]


def access(subject: Subject) -> list[Finding]:
    """As `motcua send` says itself."""
    is_late = subject.figure(ACCESS_BEHIND)
    if is_late is None or not any(one.process == "send" for one in subject.answers):
        return [ACCESS_UNKNOWN.of()]
    return [(ACCESS_LATE if is_late else ACCESS).of()]


def stuck(look: Callable[[], Set[Waiting]], patience_s: float) -> set[Waiting]:
    """Of what waits now, that which still waits, untouched, when our patience ends."""
    until_s = time.monotonic() + patience_s
    left = set(look())
    while left and time.monotonic() < until_s:
        time.sleep(min(LOOK_S, patience_s))
        left &= look()
    return left
