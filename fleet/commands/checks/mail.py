"""Does the mail server let us in? No letter is sent."""

from fleet.commands.checks.subject import Subject
from fleet.domain.findings import Finding, bad, good, not_asked
from fleet.workers.mail_server import MailServer, MailSettingsUnfit, ServerRefused

NONE = not_asked("mail", "không đặt máy chủ thư: không gửi thư nào", "no mail server is set: no letters are sent")
GOOD = good("mail", "{where} cho vào", "{where} lets us in")
UNFIT = bad(
    "mail",
    ("{why}", "thiết đặt dùng được", "Sửa các thiết đặt MOTCUA_MAIL_… (docs/settings.md)."),
    ("{why}", "settings that can be used", "Mend the settings MOTCUA_MAIL_… (docs/settings.md)."),
)
AWAY = bad(
    "mail",
    (
        "{where}: {why}",
        "được cho vào",
        "Sửa MOTCUA_MAIL_…, rồi thử `motcua mail test địa-chỉ`; thư đang chờ sẽ tự được gửi.",
    ),
    (
        "{where}: {why}",
        "to be let in",
        "Mend MOTCUA_MAIL_…, then try `motcua mail test address`; letters that wait go by themselves.",
    ),
)


def mail(subject: Subject) -> list[Finding]:
    """Connect, encrypt, sign in, leave."""
    if not subject.settings.mail_host:
        return [NONE.of()]
    try:
        server = MailServer.of(subject.settings)
    except MailSettingsUnfit as problem:
        return [UNFIT.of(why=problem)]
    where = f"{server.host}:{server.port}"
    try:
        with server.session(subject.patience_s):
            return [GOOD.of(where=where)]
    except ServerRefused as problem:
        return [AWAY.of(where=where, why=problem)]
