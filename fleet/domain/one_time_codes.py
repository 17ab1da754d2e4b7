"""Six digits that change every half minute: RFC 6238 with SHA-1, as every authenticator application has it."""

import base64
import hmac
from urllib.parse import quote, urlencode

SECRET_BYTES = 20
# As many as SHA-1 gives; RFC 4226, 4, recommends them.
STEP_S = 30
DIGITS = 6
LATE_STEPS = 1
# A telephone's clock may be so many steps off, and typing takes a while; RFC 6238, 5.2, allows one.
ISSUER = "motcua"


def step_of(now_ms: int) -> int:
    """Which half minute this is."""
    return now_ms // 1000 // STEP_S


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of this half minute."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def fitting_step(secret: bytes, typed: str, now_ms: int, used_step: int) -> int | None:
    """The half minute whose code this is, later than that of the last one used; each code counts once."""
    now, found = step_of(now_ms), None
    for step in range(max(0, now - LATE_STEPS), now + LATE_STEPS + 1):
        fits = hmac.compare_digest(code_at(secret, step).encode(), typed.encode("utf-8", "replace"))
        if fits and step > used_step:
            found = step
    return found


def in_letters(secret: bytes) -> str:
    """The secret as it is typed into a telephone that reads no picture, in groups of four."""
    letters = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(letters[first : first + 4] for first in range(0, len(letters), 4))


def address_of(secret: bytes, name: str) -> str:
    """What stands in the picture for the telephone."""
    asked = urlencode({"secret": in_letters(secret).replace(" ", ""), "issuer": ISSUER}, quote_via=quote)
    return f"otpauth://totp/{ISSUER}:{quote(name, safe='')}?{asked}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
