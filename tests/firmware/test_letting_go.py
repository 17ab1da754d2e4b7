"""What is needed for a moment leaves a board's heap, and nobody else's."""

import sys

from firmware.configuration import told
from firmware.letting_go import let_go

ON_A_BOARD = sys.implementation.name == "micropython"


class Device:
    """No more of a device than a configuration asks, and of a board."""

    def __init__(self):
        self.board = self
        self.config = None
        self.refused = None
        self.health_due = False

    def clash(self, roles):
        return None

    def fault(self, part, reason):
        self.told = reason


def test_what_is_let_go_is_read_anew():
    import protocols.reader

    first = protocols.reader.Reader
    let_go("protocols.reader", "protocols.of_nobody")
    assert ("protocols.reader" in sys.modules) == (not ON_A_BOARD)
    from protocols.reader import Reader

    assert (Reader is first) == (not ON_A_BOARD)


def test_the_rules_of_a_configuration_do_not_stay():
    device = Device()
    assert told(device, b'{"version":1,"roles":["rating"],"printer":{"width":1}}') is None
    assert device.told.startswith("configuration 1, printer.width, out of range")
    for module in ("configuring", "config_refused", "printer", "reader"):
        assert not ON_A_BOARD or "protocols." + module not in sys.modules, module
