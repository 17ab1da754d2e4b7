"""The air round the emulated radio: an access point of any name, whose gateway, 10.0.0.1, is this machine.

What the board sends to the gateway arrives at 127.0.0.1, as by a router that passes its ports on. Nothing else is
there: no other address, no names, no datagrams.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from rp2040py.external.cyw43 import bus
from rp2040py.external.cyw43.chip import Cyw43439
from rp2040py.external.cyw43.nat import NatBridge, TcpReflector, UdpRelay

GATEWAY = "10.0.0.1"
NOWHERE = ("127.0.0.1", 9)
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def to_this_machine(host: str, port: int) -> Streams:
    """A connection from the board. Raises OSError for any address but the gateway's."""
    if host != GATEWAY:
        raise ConnectionRefusedError(f"expected {GATEWAY}, found {host}")
    return await asyncio.open_connection("127.0.0.1", port)


class Air:
    """What the radio's packets meet. `sent` is told the length of each that the board sends."""

    def __init__(self, mcu: Any, radio: Cyw43439, sent: Callable[[int], None]) -> None:
        come = radio.bus.queue_rx_ethernet_frame
        self._nat = NatBridge(mcu, come)
        self._nat._tcp = TcpReflector(mcu, come, connect_fn=to_this_machine)
        self._nat._udp = UdpRelay(mcu, come, dns_upstream=NOWHERE)
        self._radio = radio
        self._join = radio.bus._queue_join_events
        self.there = True
        self._sent = sent
        radio.bus.nat_bridge = self
        radio.bus._queue_join_events = self._joined

    def switch(self, there: bool) -> None:
        """Take the access point away, or bring it back."""
        if self.there and not there:
            self.reset()
            self._radio.bus._queue_disassoc_events()
        self.there = there

    def handle_outbound_ethernet_frame(self, frame: bytes) -> None:
        """A packet of the board."""
        if self.there:
            self._sent(len(frame))
            self._nat.handle_outbound_ethernet_frame(frame)

    def reset(self) -> None:
        """The board left the network: its connections are over."""
        self._nat.reset()

    def _joined(self) -> None:
        if self.there:
            self._join()
        else:  # nobody of that name answers
            self._radio.bus.queue_rx_packet(self._radio.bus._build_async_event(bus.CYW43_EV_SET_SSID, 3, 0))
