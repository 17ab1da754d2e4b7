"""The USB cable of the emulated chip: a pseudo-terminal of this machine. What nobody reads is lost, as on a cable."""

import os
import select
import tty
from collections.abc import Callable
from typing import Any

from rp2040py.usb.cdc import USBCDC

TAKEN_AT_ONCE = 256
HELD_AT_MOST = 16 * 1024


class CableEnd:
    """`hear` is given everything the chip says, whether somebody is at the port or not."""

    def __init__(self, mcu: Any, hear: Callable[[bytes], None]) -> None:
        self.cdc = USBCDC(mcu.usb_ctrl)
        self.cdc.on_serial_data = self._says
        self._usb, self._reads = mcu.usb_ctrl, mcu.usb_ctrl.on_endpoint_read
        self._usb.on_endpoint_read = self._wants
        self._wanted: int | None = None  # so many bytes the chip would take
        self._hear = hear
        self._outer, inner = os.openpty()
        tty.setraw(inner)
        self.port = os.ttyname(inner)
        os.close(inner)
        os.set_blocking(self._outer, False)
        self._closed = select.poll()
        self._closed.register(self._outer, 0)
        self._to_host, self._to_chip = bytearray(), bytearray()

    def pass_on(self) -> None:
        """Both ways, as much as fits. Call it often."""
        if self._closed.poll(0):  # nobody has it open
            self._to_host.clear()
            self._to_chip.clear()
            return
        while self._to_host:
            try:
                del self._to_host[: os.write(self._outer, self._to_host)]
            except BlockingIOError:
                break
        try:
            self._to_chip += os.read(self._outer, TAKEN_AT_ONCE) if len(self._to_chip) < TAKEN_AT_ONCE else b""
        except (BlockingIOError, OSError):
            pass
        self._give()

    def reset(self) -> None:
        """The chip begins anew, and takes nothing until it asks again."""
        self._wanted = None
        self._to_chip.clear()

    def _wants(self, endpoint: int, size: int) -> None:
        """The chip would take bytes. As long as there are none it hears nothing: told of none it would ask for ever."""
        if endpoint != self.cdc._out_endpoint:
            self._reads(endpoint, size)
            return
        self._wanted = size
        self._give()

    def _give(self) -> None:
        if self._wanted is not None and self._to_chip:
            size, self._wanted = self._wanted, None
            given = self._to_chip[:size]
            del self._to_chip[:size]
            self._usb.endpoint_read_done(self.cdc._out_endpoint, given)

    def _says(self, data: Any) -> None:
        self._hear(bytes(data))
        self._to_host = (self._to_host + bytes(data))[-HELD_AT_MOST:]
