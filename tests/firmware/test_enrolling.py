"""Identity, boot counter and network on flash."""

from firmware.configuration import read_config, save_config
from firmware.enrolling import adopt, read_network, start_boot
from firmware.flash_files import read_json, write_json
from firmware.identity import NotEnrolled
from protocols.state import Config
from tests.firmware.fresh_flash import fresh_flash


class Board:
    """What a device keeps things on."""

    def __init__(self, root, kept=None):
        self.root = root
        self.kept = kept

    def region(self, name):
        return self.kept


def enrolled(epoch=None):
    root = fresh_flash()
    write_json(root + "/identity.json", {"device": "tp-1", "password": "pw", "epoch": epoch})
    write_json(root + "/network.json", {"host": "127.0.0.1", "port": 1883, "protocol": 5})
    return root


def refused(call, *arguments):
    try:
        call(*arguments)
    except NotEnrolled as err:
        return str(err)
    raise AssertionError("expected a refusal")


def test_each_boot_has_its_number():
    root = enrolled()
    assert [start_boot(Board(root)).boot for _ in range(3)] == [1, 2, 3]
    assert read_json(root + "/boot.json") == 3


def test_the_epoch_of_the_welcome_stays():
    root = enrolled()
    identity = start_boot(Board(root))
    assert identity.epoch is None
    adopt(Board(root), identity, 3)
    assert start_boot(Board(root)).epoch == 3 and start_boot(Board(root)).password == "pw"


def test_a_lost_boot_counter_costs_the_epoch():
    root = enrolled(epoch=3)
    with open(root + "/boot.json", "wb") as f:
        f.write(b"")
    identity = start_boot(Board(root))
    assert (identity.epoch, identity.boot) == (None, 1)
    assert start_boot(Board(root)).epoch is None


def test_an_empty_flash_says_what_is_missing():
    root = fresh_flash()
    assert refused(start_boot, Board(root)).startswith("/identity.json: expected a device id of ")
    assert refused(read_network, Board(root), "d-1").startswith("/network.json: expected a host and a port")


def test_a_protocol_that_is_none_is_refused():
    root = enrolled()
    write_json(root + "/network.json", {"host": "h", "port": 1, "protocol": 3})
    assert refused(read_network, Board(root), "d-1") == "/network.json: expected protocol 4 or 5, found 3"


def test_a_protected_line_needs_its_secret():
    root = enrolled()
    written = {"host": "h", "port": 1, "tls": "psk", "psk": "00" * 16}
    write_json(root + "/network.json", written)
    tls = read_network(Board(root), "d-1").tls
    assert (tls.kind, tls.name, tls.user, tls.secret) == ("psk", "h", "d-1", bytes(16))
    for change, why in [
        ({"psk": "00" * 15}, "expected psk, 16 bytes or more in hex"),
        ({"psk": None}, "expected psk, 16 bytes or more in hex"),
        ({"tls": "cert"}, "expected ca, a certificate in base64"),
        ({"tls": "yes"}, 'expected tls "cert" or "psk", found "yes"'),
    ]:
        write_json(root + "/network.json", dict(written, **change))
        assert refused(read_network, Board(root), "d-1") == "/network.json: " + why


def test_the_configuration_stays_and_a_spoilt_one_is_none():
    root = enrolled()
    assert read_config(Board(root)) is None
    config = Config(version=4, roles=["printer"], office="Bộ phận Một cửa")
    save_config(Board(root), config)
    assert read_config(Board(root)) == config
    write_json(root + "/config.json", {"version": "four"})
    assert read_config(Board(root)) is None
