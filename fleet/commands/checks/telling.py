"""Are programs and people told what they should be: by webhooks, and by letters?"""

from fleet.commands.checks.behind import stuck
from fleet.commands.checks.subject import Subject, with_store
from fleet.domain.findings import Finding, bad, good, warn
from fleet.flows import check_up
from fleet.store.database import Store

CALLS = good("webhooks", "không địa chỉ nào phải chờ", "no address waits to be told")
CALLS_BEHIND = bad(
    "webhooks",
    (
        "{count} địa chỉ đến lượt được báo, không ai báo trong {seconds} giây",
        "`motcua send` đang chạy",
        "Khởi động `motcua send`; nhật ký của nó nói điều gì không xong.",
    ),
    (
        "{count} addresses should be told, and nobody did so for {seconds} s",
        "`motcua send` at work",
        "Start `motcua send`; its log says what fails.",
    ),
)
CALLS_DEAD = warn(
    "webhooks",
    (
        "{count} lời báo đã bỏ trong tuần qua",
        "không lời nào",
        "Xem bằng `motcua webhooks deliveries`: địa chỉ đó từ chối điều gì.",
    ),
    ("{count} given up within a week", "none", "See `motcua webhooks deliveries`: what that address refuses."),
)
LETTERS = good("letters", "không thư nào trễ", "no letter is late")
LETTERS_LATE = bad(
    "letters",
    (
        "{count} thư trễ hơn 10 phút",
        "`motcua send` đang gửi",
        "Khởi động `motcua send`, và xem mục máy chủ thư ở trên.",
    ),
    (
        "{count} letters are ten minutes late",
        "`motcua send` sending them",
        "Start `motcua send`, and see the mail server above.",
    ),
)
LETTERS_DEAD = warn(
    "letters",
    ("{count} thư đã bỏ", "không thư nào", "Xem lý do bằng `motcua mail list`, rồi gửi lại bằng `motcua mail again`."),
    ("{count} letters were given up", "none", "See why by `motcua mail list`, then send them by `motcua mail again`."),
)


@with_store("webhooks")
def webhooks(subject: Subject, store: Store) -> list[Finding]:
    """Whether addresses are told what they should be."""
    waiting = stuck(lambda: check_up.due_calls(store, subject.clock()), subject.patience_s)
    dead = check_up.dead_calls(store, subject.clock())
    found = [CALLS_BEHIND.of(count=len(waiting), seconds=f"{subject.patience_s:.0f}")] if waiting else []
    found += [CALLS_DEAD.of(count=dead)] if dead else []
    return found or [CALLS.of()]


@with_store("letters")
def letters(subject: Subject, store: Store) -> list[Finding]:
    """Whether letters leave; without a mail server none is expected to."""
    late, dead = check_up.letters(store, subject.clock())
    found = [LETTERS_LATE.of(count=late)] if late and subject.settings.mail_host else []
    found += [LETTERS_DEAD.of(count=dead)] if dead else []
    return found or [LETTERS.of()]
