"""The way to the fleet: the Wi-Fi's level, and the broker, which is asked whether it takes the claim."""

import asyncio

from firmware.cable.selftest import FAIL, PASS, SKIPPED
from firmware.hardware.air import level
from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.cable.selftest import SelfTest

_WEAK_DBM = const(-80)
_CONNECT_MS = const(15_000)
_TRIES = const(6)
_AGAIN_MS = const(2_000)
# A claim that was made a moment ago: brokers let a new name in only when they have read their lists anew.
_NOBODY = const(255)
# A door of shared keys says no by an alert of TLS, whatever its reason.
_ANSWER_BYTES = const(64)
_CONNECT = const(b"\x00\x04MQTT\x04\xc2\x00\x0a")
# MQTT 3.1.1, which every broker speaks: user, password, a clean session, ten seconds.
_LEAVE = const(b"\xe0\x00")


async def wifi(test: "SelfTest") -> "tuple[str, str]":
    """Join the offered Wi-Fi, and hear how strong it is."""
    if test.board.wlan is None:
        return SKIPPED, "this board has no radio"
    if "ssid" not in test.offer.network:
        return SKIPPED, "no Wi-Fi is offered"
    await test.board.join_network(test.offer.way())
    dbm = level(test.board.wlan)
    if dbm is None:
        return FAIL, "no level"
    found = "%d dBm" % dbm
    return (PASS, found) if dbm >= _WEAK_DBM else (FAIL, found + ", expected %d or more" % _WEAK_DBM)


async def broker(test: "SelfTest") -> "tuple[str, str]":
    """Connect as the device will, and leave at once: no hello, so the claim is not used."""
    way = test.offer.way()
    code = 0
    try:
        for tried in range(_TRIES):
            if tried:
                await asyncio.sleep_ms(_AGAIN_MS)
            try:
                code = await ask_once(test)
            except OSError:
                if tried == _TRIES - 1 or way.tls is None or way.tls.kind != "psk":
                    raise
                code = _NOBODY
            if not code:
                break
    except asyncio.TimeoutError:
        return FAIL, "%s:%d does not answer" % (way.host, way.port)
    except (OSError, EOFError) as err:
        return FAIL, "%s:%d: %s" % (way.host, way.port, err)
    by = way.tls.kind if way.tls else "no TLS"
    if code:
        return FAIL, "%s:%d (%s) refuses the claim with code %d" % (way.host, way.port, by, code)
    return PASS, "%s:%d (%s) takes the claim" % (way.host, way.port, by)


async def ask_once(test: "SelfTest") -> int:
    """The code by which the broker takes or refuses us; 0 takes."""
    stream = await asyncio.wait_for_ms(test.board.connect(test.offer.way()), _CONNECT_MS)  # type: ignore[attr-defined]
    try:
        code: int = await asyncio.wait_for_ms(welcome(stream, test), _CONNECT_MS)  # type: ignore[attr-defined]
    finally:
        stream.close()
        await stream.wait_closed()
    return code


async def welcome(stream, test: "SelfTest") -> int:  # type: ignore[no-untyped-def]
    """Say who we shall be; the code of the broker's answer."""
    body = _CONNECT
    for text in (test.offer.device, test.offer.device, test.offer.password()):
        raw = text.encode()
        body += bytes([len(raw) >> 8, len(raw) & 255]) + raw
    stream.write(b"\x10" + bytes([len(body)]) + body)
    while stream.out_buf:
        await stream.drain()
    heard = b""
    while len(heard) < 4:
        data = await stream.read(_ANSWER_BYTES)
        if data == b"":
            raise EOFError("it ends the connection without a word")
        heard += data or b""
    if not heard[3]:
        stream.write(_LEAVE)
        while stream.out_buf:
            await stream.drain()
    return heard[3]
