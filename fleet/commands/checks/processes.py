"""Do all processes run, each able to do its work, and all of one version?"""

from collections import Counter

from fleet.commands.checks.subject import Answer, Subject
from fleet.domain.findings import Finding, bad, good, not_asked, warn
from fleet.workers.fitness import VERSION

NEEDED = ("serve", "receive", "link", "send")
ALONE = "send"
NOBODY = (
    "MOTCUA_WATCHED trống: không biết hỏi các tiến trình ở đâu",
    "MOTCUA_WATCHED is empty: nobody knows where to ask the processes",
)
NOT_ASKED = not_asked("processes", *NOBODY)
VERSIONS_NOT_ASKED = not_asked("versions", *NOBODY)
GOOD = good("processes", "đang chạy và làm được việc: {which}", "at work and able to do it: {which}")
SILENT = bad(
    "processes",
    (
        "{where} không trả lời: {why}",
        "một tiến trình của motcua",
        "Xem `systemctl status 'motcua-*'` và nhật ký, khởi động lại; nếu cổng đã đổi, sửa MOTCUA_WATCHED.",
    ),
    (
        "{where} does not answer: {why}",
        "a process of motcua",
        "See `systemctl status 'motcua-*'` and the log, and start it; if its port changed, mend MOTCUA_WATCHED.",
    ),
)
LACKS = bad(
    "processes",
    (
        "{process} ({where}) chưa làm được việc: {lacks}",
        "mọi phần đều ổn",
        "Sửa điều nó nêu; nếu nó treo thì khởi động lại: `systemctl restart 'motcua-{process}*'`.",
    ),
    (
        "{process} ({where}) cannot do its work: {lacks}",
        "all its parts to be well",
        "Mend what it says; if it hangs, start it anew: `systemctl restart 'motcua-{process}*'`.",
    ),
)
MISSING = bad(
    "processes",
    (
        "không có {process} trong các tiến trình đã trả lời",
        "ít nhất một",
        "Khởi động nó, và ghi cổng của nó vào MOTCUA_WATCHED.",
    ),
    ("no {process} among those that answered", "one at least", "Start it, and put its port into MOTCUA_WATCHED."),
)
SEVERAL = warn(
    "processes",
    ("{count} tiến trình send", "một", "Dừng bớt, chỉ để lại một: nếu không thiết bị nhận câu trả lời hai lần."),
    ("{count} processes of send", "one", "Stop all but one: devices are answered twice."),
)
SAME = good("versions", "tất cả là {version}", "all are {version}")
MIXED = warn(
    "versions",
    (
        "{found}; lệnh này là {version}",
        "mọi tiến trình cùng một phiên bản",
        "Kết thúc việc nâng cấp: `systemctl restart motcua.target`.",
    ),
    (
        "{found}; this command is {version}",
        "all processes of one version",
        "Finish the upgrade: `systemctl restart motcua.target`.",
    ),
)


def processes(subject: Subject) -> list[Finding]:
    """What those say that were asked, and who is missing among them."""
    if not subject.answers:
        return [NOT_ASKED.of()]
    counts = Counter(one.process for one in subject.answers if not one.trouble)
    silent = [one for one in subject.answers if one.trouble]
    found = [SILENT.of(where=one.address, why=one.trouble) for one in silent]
    found += [unable(one) for one in subject.answers if one.lacks]
    found += [MISSING.of(process=name) for name in NEEDED if not counts[name] and not silent]
    found += [SEVERAL.of(count=counts[ALONE])] if counts[ALONE] > 1 else []
    return found or [GOOD.of(which=", ".join(f"{name} × {n}" if n > 1 else name for name, n in sorted(counts.items())))]


def unable(answer: Answer) -> Finding:
    """One that lacks something."""
    return LACKS.of(process=answer.process, where=answer.address, lacks="; ".join(answer.lacks))


def versions(subject: Subject) -> list[Finding]:
    """Whether somebody was forgotten when motcua was upgraded."""
    told = [one for one in subject.answers if not one.trouble]
    if not told:
        return [VERSIONS_NOT_ASKED.of()]
    others = sorted({f"{one.process} {one.version}" for one in told if one.version != VERSION})
    return [MIXED.of(found=", ".join(others), version=VERSION)] if others else [SAME.of(version=VERSION)]
