"""motcua devices."""

import json
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.commands import many_orders
from fleet.domain.audit import SERVICE
from fleet.flows import command, command_many
from fleet.flows.enrol import ACCESS_RULES, revoke
from fleet.flows.presence import healthy, seen, welcome
from fleet.laptop.stand_in import fits
from fleet.store import device_keys
from fleet.store.acting import acting
from fleet.store.database import Store
from fleet.store.device_keys import NewKey
from protocols.commands import Reply
from protocols.config_refused import ConfigRefused
from protocols.presence import Alive, Health, Hello
from protocols.sealing import psk_of
from tests.fleet.commands.conftest import Motcua, Window, readable

MIN = 60_000


@pytest.fixture
def busy(data: Path) -> Path:
    """An office whose devices have been heard."""
    now = now_ms()
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    welcome(store, "q-1", Hello(firmware="[red]9", board="b", roles=[], boot=12, nonce="n", up=1), now - 50 * MIN)
    seen(store, "q-1", Alive(), now - 50 * MIN)
    healthy(store, {"q-1": (Health(up=1, heap_free=70_656, outbox=4), now - 3 * MIN)}, now - 3 * MIN)
    seen(store, "nut-1", Alive(), now - 26 * 60 * MIN)
    seen(store, "nut-1", Alive(gone=True), now)
    revoke(store, "nut-2", now)
    store.close()
    return data


def test_a_refused_configuration_is_a_line_of_its_own(motcua: Motcua, data: Path) -> None:
    refused = ConfigRefused(version=7, key="a[b]\x1b", problem="unknown_key", expected="scale, texts", found='"a[b]"')
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    healthy(store, {"q-1": (Health(up=1, heap_free=1, refused=refused.to_dict()), now_ms())}, now_ms())
    healthy(store, {"q-2": (Health(up=1, heap_free=1, refused={"problem": "?"}), now_ms())}, now_ms())
    store.close()
    said = " ".join(motcua("devices", "--data", data).stdout.split())
    assert 'q-1 refused configuration 7, a[b]?, unknown key: expected scale, texts, found "a[b]"' in said
    assert said.count("refused") == 1


def test_devices_are_listed_with_their_place_and_state(motcua: Motcua, busy: Path) -> None:
    lines = motcua("devices", "--data", busy).stdout.splitlines()
    rows = {line.split()[0]: line for line in lines}
    assert lines[0].split() == [
        *("device", "roles", "presence", "seen", "waiting", "place", "boot", "heap", "free", "firmware")
    ]
    assert rows["q-1"].split("  ")[0].startswith("q-1")
    for word in ("keypad reader", "online", "3 min ago", " 4 ", "Phường Tân An · Quầy 1", "12", "69 KiB", "[red]9"):
        assert word in rows["q-1"]
    assert "lost" in rows["nut-1"] and "1 d ago" in rows["nut-1"]
    assert "revoked" in rows["nut-2"] and "never" in rows["nut-2"]
    assert rows["tp-1"].rstrip().endswith("Phường Tân An")


def test_the_list_fits_a_window(window: Window, busy: Path) -> None:
    code, shown = window("devices", "--data", busy)
    assert (code, readable(shown)) == (0, True)
    (line,) = [line for line in shown.splitlines() if line.startswith("q-1")]
    assert "Phường Tân An · Quầy 1" in line, "the place stands on one line"
    assert len(shown.splitlines()) == 6, "a line for each device"


def test_no_devices_yet(motcua: Motcua, tmp_path: Path) -> None:
    motcua("migrate", "--data", tmp_path)
    result = motcua("devices", "--data", tmp_path)
    assert (result.exit_code, result.stdout[:15]) == (0, "no devices yet:")


def test_enrolling_prints_the_password_once_and_the_broker_knows_it(motcua: Motcua, data: Path) -> None:
    enrolled = motcua(
        *("devices", "enrol", "nut-9", "--role", "rating", "--role", "reader"),
        *("--office", "tan-an", "--counter", "quay-1", "--data", data),
    )
    assert enrolled.exit_code == 0
    device, password = enrolled.stdout.split()
    assert (device, len(password)) == ("nut-9", 32)
    printed = motcua("devices", "broker-files", "--fleet-password", "secret", "--data", data)
    known = dict(line.split(":", 1) for line in printed.stdout.splitlines())
    assert set(known) == {"tp-1", "q-1", "q-2", "nut-1", "nut-2", "nut-9"}, "the fleet has a door of its own"
    assert fits(password, known["nut-9"])
    assert password not in printed.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("TP", "--role", "printer", "--office", "tan-an"), "device id: expected 1 to 32 characters"),
        (("[/]", "--role", "printer", "--office", "tan-an"), "found '[/]'"),
        (("fleet", "--role", "printer", "--office", "tan-an"), "'fleet' is kept for the fleet itself"),
        (("tp-9", "--role", "oven", "--office", "tan-an"), "role: expected one of printer, rating"),
        (("tp-9", "--role", "printer", "--office", "x"), "office: expected the id of an office, found 'x'"),
        (("tp-9", "--role", "printer", "--office", "tan-an", "--counter", "x"), "counter: expected one of quay-1"),
        (("q-1", "--role", "printer", "--office", "tan-an"), "device id: 'q-1' is taken"),
    ],
)
def test_what_cannot_be_enrolled_is_said(motcua: Motcua, data: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = motcua("devices", "enrol", *arguments, "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in " ".join(result.stderr.split())


def test_a_revoked_device_leaves_the_brokers_list(motcua: Motcua, data: Path) -> None:
    result = motcua("devices", "revoke", "q-1", "--data", data)
    assert (result.exit_code, result.stdout) == (0, "q-1 is revoked\n")
    assert "q-1:" not in motcua("devices", "broker-files", "--fleet-password", "x", "--data", data).stdout
    again = motcua("devices", "revoke", "q-1", "--data", data)
    assert (again.exit_code, again.stdout) == (0, "q-1 is revoked (as before)\n")
    unknown = motcua("devices", "revoke", "q-7", "--data", data)
    assert unknown.exit_code == 1
    assert "expected an enrolled device, found 'q-7'" in unknown.stderr


def test_the_files_for_a_broker_of_ones_own(motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_BROKER_PASSWORD", "secret")
    access = motcua("devices", "broker-files", "access", "--data", data)
    assert (access.exit_code, access.stdout) == (0, ACCESS_RULES)
    user, _, stored = motcua("devices", "broker-files", "fleet", "--data", data).stdout.strip().partition(":")
    assert user == "fleet" and fits("secret", stored)
    other = motcua("devices", "broker-files", "keys", "--data", data)
    assert (other.exit_code, other.stdout) == (1, "")
    assert "expected passwords, psk, fleet, access or dynsec, found 'keys'" in other.stderr


def test_the_shared_keys_and_the_one_file_of_dynamic_security(motcua: Motcua, data: Path) -> None:
    key = bytes(range(32))
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    with store.writing() as connection:
        device_keys.give(connection, [NewKey("q-1", key)], 0)
    store.close()
    files = ("devices", "broker-files", "--fleet-password", "secret", "--data", data)
    assert motcua(*files, "psk").stdout == f"q-1:{psk_of(key)}\n", "the others have no key"
    whole = json.loads(motcua(*files, "dynsec").stdout)
    assert {one["username"] for one in whole["clients"]} == {"fleet", "tp-1", "q-1", "q-2", "nut-1", "nut-2"}
    assert psk_of(key) not in json.dumps(whole)


def test_how_a_reader_reads(motcua: Motcua, data: Path) -> None:
    assert motcua("devices", "reader", "q-1", "--data", data).stdout.split()[:2] == ["scanner", "auto"]
    said = motcua("devices", "reader", "q-1", "--scanner", "plain", "--marks", "ma= [x]=", "--data", data).stdout
    assert said.splitlines() == [
        "scanner       plain",
        "mode          continuous",
        "repeat_s      3",
        "marks         ma= [x]=",
    ]
    refused = motcua("devices", "reader", "q-1", "--mode", "fast", "--data", data)
    assert refused.exit_code == 1
    assert 'expected "continuous" or "sensing", found "fast"' in " ".join(refused.stderr.split())


def test_how_a_call_display_shows_and_speaks(motcua: Motcua, data: Path) -> None:
    motcua("devices", "enrol", "bang-1", "--role", "display", "--office", "tan-an", "--data", data)
    assert motcua("devices", "display", "bang-1", "--data", data).stdout.split()[:2] == ["show", "matrix"]
    louder = ("--volume", 25, "--language", 4, "--language", 1, "--show", "text")
    assert motcua("devices", "display", "bang-1", *louder, "--data", data).stdout.splitlines() == [
        "show          text",
        "modules       4",
        "light         4",
        "voice         dfplayer",
        "volume        25",
        "languages     4 1",
    ]
    refused = motcua("devices", "display", "bang-1", "--volume", 31, "--data", data)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "display.volume: expected a whole number from 0 to 30, found 31" in " ".join(refused.stderr.split())
    other = motcua("devices", "display", "nut-1", "--data", data)
    assert other.exit_code == 1
    assert "expected a device with a call display, found 'nut-1'" in " ".join(other.stderr.split())


def test_how_many_rating_buttons_a_device_has(motcua: Motcua, data: Path) -> None:
    said = [motcua("devices", "scale", "nut-1", *levels, "--data", data).stdout.split() for levels in ((), (3,), ())]
    assert said == [["scale", "5", "version", "1"], *2 * [["scale", "3", "version", "2"]]]
    refused = motcua("devices", "scale", "nut-1", 6, "--data", data)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "scale: expected 3, 4 or 5 levels, found 6" in " ".join(refused.stderr.split())


def test_reasons_after_a_low_rating(motcua: Motcua, data: Path) -> None:
    shown = motcua("devices", "reasons", "nut-1", "--data", data).stdout
    assert shown.splitlines()[0] == "reasons       none: nothing is asked"
    asked = ("--reason", "long_wait", "--reason", "attitude", "--score", "1", "--wait", "10")
    shown = motcua("devices", "reasons", "nut-1", *asked, "--data", data).stdout
    assert shown.splitlines() == ["reasons       long_wait attitude", "scores        1", "wait_s        10"]
    assert shown == motcua("devices", "reasons", "nut-1", "--data", data).stdout
    for arguments, sentence in (
        (("nut-1", "--none", "--wait", "5"), "expected --none alone"),
        (("nut-1", "--wait", "31"), "rating.wait_s: expected a whole number from 3 to 30, found 31"),
        (("q-1", "--wait", "5"), "expected a device with rating buttons, found 'q-1'"),
    ):
        refused = motcua("devices", "reasons", *arguments, "--data", data)
        assert (refused.exit_code, refused.stdout) == (1, "") and sentence in " ".join(refused.stderr.split())
    none = motcua("devices", "reasons", "nut-1", "--none", "--data", data).stdout
    assert none.splitlines()[0] == "reasons       none: nothing is asked"


def test_many_devices_are_asked_and_those_that_did_not_are_named(
    motcua: Motcua, busy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(f"sqlite:///{busy / 'motcua.sqlite'}")

    def sender(_seconds: float) -> None:
        """What `motcua send` and the one device that is there do meanwhile."""
        with acting(SERVICE):
            command_many.give_turns(store, now_ms())
            for device, order in command.untold(store, 5, now_ms()):
                result = {"offset_ms": -1500} if order.verb == "clock" else {}
                command.answered(store, device, Reply(id=order.id, ok=True, result=result), now_ms())

    monkeypatch.setattr(many_orders.time, "sleep", sender)
    said = motcua("devices", "restart", "--office", "tan-an", "--order", "night", "--data", busy)
    assert said.exit_code == 1 and "order night: 4 devices" in said.stdout and "1 done, 3 refused" in said.stdout
    assert "nut-1: it is not connected" in said.stdout and "q-1" not in said.stdout
    again = motcua("devices", "restart", "--office", "tan-an", "--order", "night", "--data", busy)
    assert "1 done, 3 refused" in again.stdout
    clock_told = motcua("devices", "clock", "--office", "tan-an", "--presence", "online", "--data", busy)
    assert clock_told.exit_code == 0 and "q-1: its clock was +1.5 s off" in clock_told.stdout
    nobody = motcua("devices", "restart", "--data", busy)
    assert nobody.exit_code == 1 and "expected an office, unit, role" in nobody.stderr
    store.close()


def test_what_is_done_with_a_device_stands_in_its_history(motcua: Motcua, data: Path) -> None:
    def devices(*words: object) -> str:
        return motcua("devices", *words, "--data", data).output

    assert "stands there" in devices("move", "nut-1", "--office", "tan-an", "--counter", "quay-2")
    assert "(as before)" in devices("move", "nut-1", "--office", "tan-an", "--counter", "quay-2")
    assert "expected one of quay-1, quay-2" in devices("move", "nut-1", "--office", "tan-an", "--counter", "quay-9")
    assert "has taken its place" in devices("replace", "nut-1", "--by", "nut-2", "--why", "it fell")
    assert "place          " in devices("show", "nut-2") and "there is no device" in devices("show", "nut-9")
    assert "expected a device that went back" in devices("retry", "nut-2")
    assert "is revoked (as before)" in devices("revoke", "nut-1")
    assert "expected one with the roles of nut-2" in devices("replace", "nut-2", "--by", "q-1")
    assert "is retired" in devices("retire", "nut-2")
    told = [line.split("  ")[1] for line in devices("history", "nut-2").splitlines()]
    assert told == ["retired", "took place", "by hand"]
    assert devices("history", "nut-1").splitlines()[0].endswith("it fell")
    assert "nothing is known" in devices("history", "nut-9")


def test_another_network_is_asked_for_and_its_password_is_said_nowhere(
    motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    with store.writing() as connection:
        device_keys.give(connection, [NewKey("q-1", b"1" * 32), NewKey("tp-1", b"2" * 32)], 0)
    store.close()
    monkeypatch.setenv("MOTCUA_WIFI_PASSWORD", "mat-khau-moi")
    asked = motcua("devices", "network", "--office", "tan-an", "--wifi", "Tầng 2", "--port", 8883, "--data", data)
    rows = [line.split()[:2] for line in asked.stdout.splitlines()]
    assert rows == [["device", "step"], ["q-1", "waiting"], ["tp-1", "waiting"]] and "mat-khau" not in asked.stdout
    assert "Wi-Fi Tầng 2, broker :8883" in asked.stdout
    assert "given up" in motcua("devices", "network", "q-1", "--withdraw", "--data", data).stdout
    assert "waiting" in motcua("devices", "network", "tp-1", "--data", data).stdout
    for arguments, why in (
        (("q-2", "--port", 1), "password of its own"),
        (("q-1", "--tls", "cert"), "expected a certificate"),
        ((), "expected the id of a device"),
    ):
        refused = motcua("devices", "network", *arguments, "--data", data)
        assert refused.exit_code == 1 and why in " ".join(refused.stderr.split())
