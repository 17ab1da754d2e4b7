"""Do people reach the pages by HTTPS only, and is a proxy before them believed who asks?"""

import http.client
import ssl
from ipaddress import ip_address
from urllib.parse import urlsplit

from fleet.commands.checks.subject import Subject
from fleet.domain.findings import Finding, bad, good, not_asked, warn
from fleet.settings import Settings

LOCAL = not_asked("https", "các trang chỉ mở cho máy này", "the pages are for this machine alone")
GOOD = good("https", "{address} mở bằng HTTPS", "{address} opens by HTTPS")
PLAIN = bad(
    "https",
    (
        "{address}: mật khẩu đi qua mạng không mã hóa",
        "HTTPS",
        "Đặt một proxy HTTPS phía trước (docs/install.vi.md), hoặc MOTCUA_LISTEN_TLS_CERT (docs/tls.vi.md).",
    ),
    (
        "{address}: passwords cross the network in clear",
        "HTTPS",
        "Put a proxy before it that speaks HTTPS (docs/install.md), or set MOTCUA_LISTEN_TLS_CERT (docs/tls.md).",
    ),
)
COOKIES = bad(
    "https",
    (
        "{address}, nhưng cookie phiên cũng đi qua HTTP",
        "MOTCUA_SECURE_COOKIES=true",
        "Đặt MOTCUA_SECURE_COOKIES=true rồi khởi động lại `serve`.",
    ),
    (
        "{address}, but session cookies go by HTTP, too",
        "MOTCUA_SECURE_COOKIES=true",
        "Set MOTCUA_SECURE_COOKIES=true and restart `serve`.",
    ),
)
PROXY = warn(
    "https",
    (
        "không tin proxy nào: mọi người có chung một địa chỉ",
        "địa chỉ của proxy trong MOTCUA_TRUSTED_PROXIES",
        "Đặt MOTCUA_TRUSTED_PROXIES=127.0.0.1 (địa chỉ của proxy), nếu không một người gõ sai sẽ khóa tất cả.",
    ),
    (
        "no proxy is believed: everybody has one address",
        "the proxy's address in MOTCUA_TRUSTED_PROXIES",
        "Set MOTCUA_TRUSTED_PROXIES=127.0.0.1 (the proxy's), or one person's wrong passwords lock out all.",
    ),
)
UNREACHED = warn(
    "https",
    (
        "{address} không mở được từ máy này: {why}",
        "trang trả lời",
        "Xem nginx và `motcua serve`; nếu từ máy khác vẫn mở được thì bỏ qua.",
    ),
    (
        "{address} does not open from this machine: {why}",
        "an answer",
        "See nginx and `motcua serve`; if it opens from other machines, leave it.",
    ),
)
UNBELIEVED = bad(
    "https",
    (
        "{address}: trình duyệt từ chối chứng thư: {why}",
        "chứng thư được tin",
        "Gia hạn chứng thư của proxy: docs/tls.vi.md.",
    ),
    (
        "{address}: browsers refuse its certificate: {why}",
        "one that they believe",
        "Renew the proxy's certificate: docs/tls.md.",
    ),
)


def https(subject: Subject) -> list[Finding]:
    """What the settings say, then what somebody finds who comes as a browser does."""
    settings = subject.settings
    address = (
        settings.public_address
        or f"http{'s' if settings.https else ''}://{settings.listen_host}:{settings.listen_port}"
    )
    host = urlsplit(address).hostname or ""
    if is_local(host) and is_local(settings.listen_host):
        return [LOCAL.of()]
    if not settings.https:
        return [(COOKIES if address.startswith("https:") else PLAIN).of(address=address)]
    behind = settings.listen_tls_cert is None
    found = [PROXY.of()] if behind and not settings.trusted_proxies else []
    return [*found, opens(address, settings, subject.patience_s)]


def is_local(host: str) -> bool:
    """Whether only this machine comes there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def opens(address: str, settings: Settings, patience_s: float) -> Finding:
    """Ask whether the pages live, as a browser that knows the authority of devices, too."""
    context = ssl.create_default_context()
    parts = urlsplit(address)
    line = http.client.HTTPSConnection(parts.hostname or "", parts.port or 443, timeout=patience_s, context=context)
    try:
        if settings.devices_tls_ca is not None:
            context.load_verify_locations(settings.devices_tls_ca)
        line.request("GET", "/health/live")
        status = line.getresponse().status
    except ssl.SSLError as problem:
        why = getattr(problem, "verify_message", "") or problem.reason or "TLS"
        return UNBELIEVED.of(address=address, why=why.lower().replace("_", " "))
    except (OSError, http.client.HTTPException) as problem:
        return UNREACHED.of(address=address, why=(getattr(problem, "strerror", None) or type(problem).__name__).lower())
    finally:
        line.close()
    return GOOD.of(address=address) if status < 500 else UNREACHED.of(address=address, why=status)
