"""Does each certificate hold, for long enough, for the host that it is shown for, and does who sees it believe it?"""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from fleet.commands.checks.subject import Subject
from fleet.domain.certificate_letters import TO_DO, USES
from fleet.domain.certificates import TOLD_AT_DAYS, Certificate, Use
from fleet.domain.findings import Finding, bad, good, not_asked, warn
from fleet.settings import Settings
from fleet.workers.certificate_watch import looks, seen

SOON_DAYS = max(TOLD_AT_DAYS)
NONE = not_asked("certificates", "không nơi nào đặt TLS trong motcua", "no TLS is set in motcua")
GOOD = good("certificates", "{use_vi} ({name}): còn {days} ngày", "{use_en} ({name}): for {days} days")
UNSEEN = bad(
    "certificates",
    (
        "{use_vi}: không xem được: {why}",
        "một chứng thư xem được",
        "Khởi động máy chủ đó, hoặc sửa đường dẫn trong thiết đặt.",
    ),
    (
        "{use_en}: cannot be looked at: {why}",
        "one that can be seen",
        "Start that server, or mend the path in the settings.",
    ),
)
ENDED = bad(
    "certificates",
    ("{use_vi} ({name}): đã hết hạn {days} ngày trước", "còn hiệu lực", "{to_do_vi}"),
    ("{use_en} ({name}): ended {days} days ago", "one that holds", "{to_do_en}"),
)
SOON = warn(
    "certificates",
    ("{use_vi} ({name}): còn {days} ngày", "hơn 30 ngày", "{to_do_vi}"),
    ("{use_en} ({name}): for {days} days", "more than 30 days", "{to_do_en}"),
)
UNBELIEVED = bad(
    "certificates",
    (
        "{use_vi}: ai kết nối tới {host} cũng từ chối: {why}",
        "chứng thư của {host}, do CA mà bên kia tin ký, kèm đủ chuỗi và khóa của nó",
        "Ký lại cho đúng tên: `motcua ca issue` (docs/tls.vi.md), hoặc sửa tệp CA trong thiết đặt.",
    ),
    (
        "{use_en}: who connects to {host} refuses it: {why}",
        "a certificate of {host}, with its chain and key, signed by an authority that the other side believes",
        "Sign one for the right name: `motcua ca issue` (docs/tls.md), or mend the authority in the settings.",
    ),
)
Shake = Callable[[float], None]
# Does what somebody does who connects and checks. Raises OSError.


def certificates(subject: Subject) -> list[Finding]:
    """Those of the settings, each looked at, then checked as those check it who see it."""
    found = [looked_at(subject, seen(use, look, subject.clock())) for use, look in looks(subject.settings).items()]
    return found or [NONE.of()]


def looked_at(subject: Subject, one: Certificate) -> Finding:
    """One certificate."""
    words = words_of(one.use)
    days = one.days_left(subject.clock())
    if one.trouble or days is None:
        return UNSEEN.of(why=one.trouble, **words)
    if days < 0:
        return ENDED.of(name=one.name, days=-days, **words)
    for host, shake in shakes(subject.settings, one.use).items():
        try:
            shake(subject.patience_s)
        except OSError as problem:
            why = (
                getattr(problem, "verify_message", "") or getattr(problem, "reason", "") or problem.strerror or problem
            )
            return UNBELIEVED.of(host=host, why=str(why).lower().replace("_", " "), **words)
    return (SOON if days <= SOON_DAYS else GOOD).of(name=one.name, days=days, **words)


def words_of(use: Use) -> dict[str, str]:
    """What it is called, and what is done before it ends."""
    said: dict[str, str] = {}
    for language in ("vi", "en"):
        said[f"use_{language}"] = ("chứng thư " if language == "vi" else "that ") + USES[language, use]
        said[f"to_do_{language}"] = TO_DO[language, use is Use.AUTHORITY]
    return said


def shakes(settings: Settings, use: Use) -> dict[str, Shake]:
    """Who is believed by it, and how that is tried; of an authority that is done by what it signed."""
    match use:
        case Use.BROKER:
            return over_a_line(settings.broker_host, settings.broker_port, settings.broker_tls_ca)
        case Use.DEVICES:
            host, port = settings.devices_host or settings.broker_host, settings.devices_port or settings.broker_port
            return over_a_line(host, port, settings.devices_tls_ca)
        case Use.PAGES if settings.listen_tls_cert is not None:
            chain, key = settings.listen_tls_cert, settings.listen_tls_key or settings.listen_tls_cert
            host = urlsplit(settings.public_address).hostname or ""
            return {host or settings.listen_host: lambda _: in_memory(chain, key, host, settings.devices_tls_ca)}
        case _:
            return {}


def over_a_line(host: str, port: int, authority: Path | None) -> dict[str, Shake]:
    """By connecting to a server."""

    def shake(patience_s: float) -> None:
        context = ssl.create_default_context(cafile=authority)
        with (
            socket.create_connection((host, port), patience_s) as line,
            context.wrap_socket(line, server_hostname=host),
        ):
            pass

    return {host: shake}


def in_memory(chain: Path, key: Path, host: str, authority: Path | None) -> None:
    """As a browser would that asks for this host (any, without one) and knows the authority of devices, too."""
    ours, theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    ours.load_cert_chain(chain, key)
    if authority is not None:
        theirs.load_verify_locations(authority)
    theirs.check_hostname = bool(host)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    browser = theirs.wrap_bio(back, there, server_hostname=host or None)
    server = ours.wrap_bio(there, back, server_side=True)
    for side in (browser, server, browser, server, browser):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
