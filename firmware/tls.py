"""TLS over a socket that never blocks: the handshake goes on in steps, between which the rest of the device lives.

What stops the rest is one step at a time: of a certificate's handshake the longest is the arithmetic of its keys,
milliseconds on the VM and about a second on an ESP32; with a pre-shared key there is none. Keys are looked at by
interrupts on a board, so even then no press is lost, only its lamp is late.

Certificates are valid from one day to another, and a device has no clock before it heard the fleet. So a board without
one must set its clock to the day its firmware was made before it connects, and the fleet's certificate, and each that
follows it, must be made valid from a day before that. What such a board can not see is that a certificate is too old: a
stolen key is ended by another CA, not by waiting. A pre-shared key needs no clock.
"""

import asyncio
import binascii

from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CERT = const("cert")
_PSK = const("psk")
_SECRET_BYTES_AT_LEAST = const(16)


class TlsError(Exception):
    """What was written about TLS can not be used."""


class Tls:
    """How a broker is known. `secret` is the certificate of its authority, or the key that it shares with `user`.

    `derived`: that key is made of the device's own for each connection, and not there before.
    """

    def __init__(self, kind: str, name: str, user: str, secret: bytes, derived: bool = False) -> None:
        self.kind = kind
        self.name = name
        self.user = user
        self.secret = secret
        self.derived = derived


def tls_of(data: "dict[str, Any]", user: str, keyed: bool = False) -> Tls:
    """What the technician's cable wrote beside host and port. Raises TlsError.

    `"tls": "cert"`: the broker shows a certificate that `ca` (DER, in base64) signed and that names it `name` (if
    absent, the host); the device proves itself by its password. `"tls": "psk"`: both know `psk` (hex), which may be
    absent where the device is `keyed`.
    """
    kind, secret = data["tls"], b""
    if kind not in (_CERT, _PSK):
        from protocols.wording import shown

        raise TlsError('expected tls "cert" or "psk", found ' + shown(kind))
    try:
        secret = binascii.a2b_base64(data["ca"]) if kind == _CERT else binascii.unhexlify(data["psk"])
    except (KeyError, TypeError, ValueError):
        pass
    derived = keyed and kind == _PSK and type(data.get("psk")) is not str
    if len(secret) < _SECRET_BYTES_AT_LEAST and not derived:
        raise TlsError(
            "expected ca, a certificate in base64" if kind == _CERT else "expected psk, 16 bytes or more in hex"
        )
    return Tls(kind, str(data.get("name") or data["host"]), user, secret, derived)


class TlsStream:
    """A stream like asyncio's, over a connecting socket.

    `read` returns None when bytes came that make nothing whole yet: at 200 B/s a record takes a minute, and the path
    is not dead. Waits rest on the socket below, which has bytes or room; asking the TLS object would, on the VM, be a
    timer of a millisecond.
    """

    def __init__(self, socket, broker: Tls) -> None:  # type: ignore[no-untyped-def]
        import tls  # MicroPython's; the rest of this file is for both Pythons

        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        if broker.kind == _CERT:
            context.verify_mode = tls.CERT_REQUIRED
            context.load_verify_locations(broker.secret)
        else:
            context.verify_mode = tls.CERT_NONE
            context.psk_identity, context.psk_key = broker.user, broker.secret
        self.out_buf: "bytes | memoryview" = b""
        self._socket = socket
        self._shaken = False
        self._tls = context.wrap_socket(socket, server_hostname=broker.name, do_handshake_on_connect=False)
        self._tls.setblocking(False)

    def write(self, data) -> None:  # type: ignore[no-untyped-def]
        """Send bytes, as far as the network takes them; not before `out_buf` is empty: TLS goes on where it stopped."""
        taken = self._try(self._tls.write, data)
        if taken != len(data):
            self.out_buf = bytes(data[taken or 0 :])

    def drain(self):  # type: ignore[no-untyped-def]
        """Wait until something moves, and send what can be sent then; `out_buf` says what is left."""
        # During the handshake it may be bytes or room that TLS waits for, which only TLS knows.
        yield asyncio.core._io_queue.queue_write(self._socket if self._shaken else self._tls)
        taken = self._try(self._tls.write, self.out_buf)
        if taken is not None:
            self._shaken = True
            self.out_buf = self.out_buf[taken:]

    def read(self, most: int):  # type: ignore[no-untyped-def]
        """Bytes; b"" at the end; None if none are whole yet."""
        data = self._try(self._tls.read, most)
        if data is None:
            yield asyncio.core._io_queue.queue_read(self._socket)
            data = self._try(self._tls.read, most)
        return data

    def _try(self, what, argument):  # type: ignore[no-untyped-def]
        try:
            return what(argument)
        except ValueError as err:  # so mbedTLS's binding says that a certificate is not good
            raise OSError(str(err).strip()) from None

    def close(self) -> None:
        """As asyncio's, which closes in `wait_closed`."""

    async def wait_closed(self) -> None:
        """Say goodbye and close."""
        self._tls.close()
        self._socket.close()
