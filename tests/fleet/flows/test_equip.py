"""What staff decide of printers and tickets reaches the configuration of the right devices, once."""

import json

import pytest

from fleet.flows import equip, instruct, rating_scale
from fleet.flows.enrol import revoke
from fleet.flows.presence import welcome
from fleet.store import devices
from fleet.store.database import Store
from fleet.store.rows import run, sql
from protocols.configuring import checked
from protocols.display import Display
from protocols.message import decode
from protocols.presence import Hello
from protocols.state import Config
from tests.fleet.office import NINE, OFFICE, hang_screens


def config(store: Store, device: str) -> Config:
    wanted = instruct.config_for(store, device, NINE)
    assert wanted is not None
    return wanted


def due(store: Store) -> dict[str, Config]:
    told: dict[str, Config] = {}
    instruct.tell_changes(store, 100, NINE, told.__setitem__)
    return told


def test_a_printer_of_another_model(store: Store) -> None:
    before = config(store, "tp-1")
    known = equip.set_printer(store, "tp-1", {"text": "raster", "width": 384}, NINE)
    assert (known.text, known.width, known.cutter) == ("raster", 384, True)
    equip.set_printer(store, "tp-1", {"cutter": False}, NINE)
    after = config(store, "tp-1")
    assert after.printer == {"text": "raster", "width": 384, "cutter": False}
    assert after.version == before.version + 1
    assert decode(Config, after.to_bytes()) == after


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"width": 100}, "printer.width: expected a whole number from 384 to 832, found 100"),
        ({"width": 390}, "printer.width: expected a multiple of 8 dots, found 390"),
        ({"text": "cp1258"}, 'printer.text: expected "tcvn3" or "raster" or "ascii", found "cp1258"'),
    ],
)
def test_what_no_printer_can_is_refused_and_changes_nothing(
    store: Store, changes: dict[str, str | int | bool], sentence: str
) -> None:
    with pytest.raises(equip.EquipError) as refused:
        equip.set_printer(store, "tp-1", changes, NINE)
    assert str(refused.value) == sentence
    assert config(store, "tp-1").printer == {} and not due(store)


@pytest.mark.parametrize("device", ["nut-1", "tp-9"])
def test_a_device_without_a_printer_is_refused(store: Store, device: str) -> None:
    with pytest.raises(equip.EquipError, match="expected a device with a printer, found"):
        equip.set_printer(store, device, {"cutter": False}, NINE)


def test_words_of_an_office_stand_in_the_configuration_of_its_printers(store: Store) -> None:
    texts = {"title.en": "QUEUE TICKET", "extra": " Mời ngồi chờ ở sảnh ", "dat-dai.en": "Land"}
    office = equip.set_office(store, OFFICE, NINE, "1900 1022", "https://tan-an.example/t/", texts)
    assert (office.hotline, json.loads(office.texts)["extra"]) == ("1900 1022", "Mời ngồi chờ ở sảnh")
    printers = config(store, "tp-1")
    assert (printers.hotline, printers.ticket_url) == ("1900 1022", "https://tan-an.example/t/")
    assert printers.texts == {"title.en": "QUEUE TICKET", "extra": "Mời ngồi chờ ở sảnh", "dat-dai.en": "Land"}
    assert config(store, "nut-1").texts == {}, "who prints nothing needs no words"
    equip.set_office(store, OFFICE, NINE, ticket_url="", texts={"extra": ""})
    assert config(store, "tp-1").texts == {"title.en": "QUEUE TICKET", "dat-dai.en": "Land"}
    assert config(store, "tp-1").ticket_url == "" and config(store, "tp-1").hotline == "1900 1022"


@pytest.mark.parametrize(
    "asked, sentence",
    [
        ({"texts": {"titel.en": "x"}}, "titel.en: expected one of title, again, priority"),
        ({"texts": {"title.EN": "x"}}, "title.EN: expected a language of two or three small letters"),
        ({"texts": {"dat-dai": "x"}}, "dat-dai: expected one of title"),
        ({"texts": {"extra": "x" * 81}}, "extra: expected one line of at most 80 characters, found 81"),
        ({"texts": {"extra": "a\x1bb"}}, "extra: expected one line of at most 80"),
        ({"texts": {f"title.{a}{b}": "x" for a in "abcdefg" for b in "abcdef"}}, "texts: a device takes at most 40"),
        ({"hotline": " "}, "hotline: expected 1 to 32 characters, found ' '"),
        ({"ticket_url": "tan-an.example"}, "ticket-url: expected an address that begins with https://"),
        ({"ticket_url": "https://" + "a" * 93}, "ticket-url: expected at most 100 characters, found 101"),
    ],
)
def test_what_cannot_stand_on_a_ticket_is_refused_whole(store: Store, asked: dict[str, object], sentence: str) -> None:
    before, asked = config(store, "tp-1"), dict(asked)
    texts = {"extra": "good", **asked.pop("texts", {})} if "texts" in asked else {"extra": "good"}  # type: ignore[dict-item]
    with pytest.raises(equip.EquipError) as refused:
        equip.set_office(store, OFFICE, NINE, texts=texts, **asked)  # type: ignore[arg-type]
    assert str(refused.value).startswith(sentence)
    assert config(store, "tp-1") == before and not due(store)


def test_an_office_that_is_not_there(store: Store) -> None:
    with pytest.raises(equip.EquipError, match=f"office: expected one of {OFFICE}, found 'tan'"):
        equip.set_office(store, "tan", NINE, hotline="1022")


def test_devices_are_told_once_and_a_change_in_between_stays_due(store: Store) -> None:
    revoke(store, "nut-2", NINE)
    equip.set_office(store, OFFICE, NINE, hotline="1900")
    told = due(store)
    assert set(told) == {"tp-1", "q-1", "q-2", "nut-1"} and told["tp-1"].hotline == "1900"
    assert not due(store)
    equip.set_printer(store, "tp-1", {"cutter": False}, NINE)
    with store.reading() as connection:
        assert devices.due(connection, 100) == [("tp-1", 1)]
    instruct.tell_changes(
        store, 100, NINE, lambda *_: equip.set_printer(store, "tp-1", {"cutter": True}, NINE) and None
    )
    assert due(store)["tp-1"].printer == {}


def test_a_device_that_stands_nowhere_is_due_no_longer(store: Store) -> None:
    equip.set_printer(store, "tp-1", {"cutter": False}, NINE)
    revoke(store, "tp-1", NINE)
    assert not due(store)
    with store.reading() as connection:
        assert not devices.due(connection, 100)


def test_buttons_on_a_battery_sleep(store: Store) -> None:
    equip.set_sleep(store, "nut-1", 5)
    assert due(store)["nut-1"].sleep_after_s == 5
    equip.set_sleep(store, "nut-1", None)
    assert due(store)["nut-1"].sleep_after_s is None


@pytest.mark.parametrize(
    "device, after_s, sentence",
    [
        ("tp-1", 5, "device id: expected a device with rating buttons and nothing else, found 'tp-1'"),
        ("nut-9", 5, "device id: expected a device with rating buttons and nothing else, found 'nut-9'"),
        ("nut-1", 2, "after: expected 3 to 3600 seconds, found 2"),
    ],
)
def test_a_sleep_that_cannot_be_is_refused(store: Store, device: str, after_s: int, sentence: str) -> None:
    with pytest.raises(equip.EquipError) as refused:
        equip.set_sleep(store, device, after_s)
    assert str(refused.value) == sentence and not due(store)


def test_a_reader_reads_as_staff_decide(store: Store) -> None:
    assert config(store, "q-1").reader == {} and config(store, "nut-1").reader == {}
    before = config(store, "q-1")
    known = equip.set_reader(store, "q-1", {"scanner": "gm65", "repeat_s": 5}, NINE)
    assert (known.scanner, known.mode, known.repeat_s) == ("gm65", "continuous", 5)
    equip.set_reader(store, "q-1", {"marks": "ma= /hs/"}, NINE)
    told = due(store)["q-1"]
    assert told.reader == {"scanner": "gm65", "repeat_s": 5, "marks": "ma= /hs/"}
    assert told.version == before.version + 1
    assert (
        equip.reader_of(store, "q-1", NINE).marks == "ma= /hs/"
        and equip.reader_of(store, "q-2", NINE).scanner == "auto"
    )
    assert checked(told.to_bytes()) == told


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"scanner": "laser"}, 'reader.scanner: expected "auto" or "gm65" or "plain", found "laser"'),
        ({"repeat_s": 0}, "reader.repeat_s: expected a whole number from 1 to 60, found 0"),
    ],
)
def test_what_no_reader_does_is_refused_and_changes_nothing(
    store: Store, changes: dict[str, str | int], sentence: str
) -> None:
    with pytest.raises(equip.EquipError) as refused:
        equip.set_reader(store, "q-1", changes, NINE)
    assert str(refused.value) == sentence
    assert config(store, "q-1").reader == {} and not due(store)


@pytest.mark.parametrize("device", ["nut-1", "tp-9"])
def test_a_device_without_a_reader_is_refused(store: Store, device: str) -> None:
    with pytest.raises(equip.EquipError, match="expected a device with a barcode reader"):
        equip.reader_of(store, device, NINE)


def test_a_call_display_speaks_as_staff_decide(store: Store) -> None:
    hang_screens(store)
    before = config(store, "bang-1")
    assert before.display == {} and equip.display_of(store, "bang-1", NINE) == Display()
    known = equip.set_display(store, "bang-1", {"volume": 12, "languages": [1, 4]}, NINE)
    assert (known.volume, known.languages, known.show) == (12, [1, 4], "matrix")
    equip.set_display(store, "bang-1", {"show": "segments"}, NINE)
    told = due(store)["bang-1"]
    assert told.display == {"show": "segments", "volume": 12, "languages": [1, 4]}
    assert told.version == before.version + 1
    assert checked(told.to_bytes()) == told
    assert config(store, "bang-sanh").display == {} and config(store, "nut-1").display == {}
    equip.set_display(store, "bang-1", {"show": "matrix", "volume": 20, "languages": [1]}, NINE)
    assert due(store)["bang-1"].display == {}, "what is as it was by default needs no words"


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"volume": 31}, "display.volume: expected a whole number from 0 to 30, found 31"),
        ({"modules": 9}, "display.modules: expected a whole number from 1 to 8, found 9"),
        ({"show": "oled"}, 'display.show: expected "matrix" or "segments" or "text" or "none", found "oled"'),
        ({"languages": [0]}, "display.languages: expected a whole number from 1 to 99, found 0"),
        ({"languages": [1, 1]}, "display.languages: expected 1 to 6 folders, each once, found [1, 1]"),
        ({"languages": []}, "display.languages: expected 1 to 6 folders, each once, found []"),
        ({"languages": [*range(1, 8)]}, "display.languages: expected 1 to 6 folders, each once, found [1, 2, 3"),
    ],
)
def test_what_no_call_display_does_is_refused_and_changes_nothing(
    store: Store, changes: dict[str, str | int | list[int]], sentence: str
) -> None:
    hang_screens(store)
    with pytest.raises(equip.EquipError) as refused:
        equip.set_display(store, "bang-1", {"light": 9, **changes}, NINE)
    assert str(refused.value).startswith(sentence)
    assert config(store, "bang-1").display == {} and not due(store)


def test_another_scale_is_another_version_and_the_same_one_is_none(store: Store) -> None:
    before = config(store, "nut-1")
    assert (before.scale, before.scale_version) == (5, 1)
    assert rating_scale.set_scale(store, "nut-1", 5, NINE) == rating_scale.Scale(5, 1) and not due(store)
    assert rating_scale.set_scale(store, "nut-1", 3, NINE) == rating_scale.Scale(3, 2)
    told = due(store)["nut-1"]
    assert (told.scale, told.scale_version, told.version) == (3, 2, before.version + 1)
    assert rating_scale.set_scale(store, "nut-1", 3, NINE) == rating_scale.Scale(3, 2) and not due(store)
    assert rating_scale.set_scale(store, "nut-1", 5, NINE) == rating_scale.Scale(5, 3), (
        "what it was before is no way back"
    )
    told = due(store)["nut-1"]
    assert checked(told.to_bytes()) == told and (told.scale, told.scale_version) == (5, 3)
    assert config(store, "nut-2").scale_version == config(store, "q-1").scale_version == 1


@pytest.mark.parametrize(
    "device, levels, sentence",
    [
        ("nut-1", 2, "scale: expected 3, 4 or 5 levels, found 2"),
        ("nut-1", 6, "scale: expected 3, 4 or 5 levels, found 6"),
        ("tp-1", 3, "device id: expected a device with rating buttons, found 'tp-1'"),
        ("nut-9", 3, "device id: expected a device with rating buttons, found 'nut-9'"),
    ],
)
def test_a_scale_that_cannot_be_is_refused(store: Store, device: str, levels: int, sentence: str) -> None:
    with pytest.raises(equip.EquipError) as refused:
        rating_scale.set_scale(store, device, levels, NINE)
    assert str(refused.value) == sentence and not due(store)


def test_versions_of_a_scale_end_where_devices_take_no_more(store: Store) -> None:
    with store.writing() as connection:
        run(connection, sql("UPDATE devices SET scale_version = :last WHERE id = 'nut-1'"), last=999)
    assert config(store, "nut-1").scale_version == 999
    with pytest.raises(equip.EquipError, match="expected at most 999 versions"):
        rating_scale.set_scale(store, "nut-1", 3, NINE)
    assert rating_scale.scale_of(store, "nut-1") == rating_scale.Scale(5, 999)


def test_what_a_device_could_not_live_with_is_not_told_again_until_somebody_changes_it(store: Store) -> None:
    equip.set_printer(store, "tp-1", {"cutter": False}, NINE)
    wanted = config(store, "tp-1")
    why = {"version": wanted.version, "reason": "not welcomed in time"}
    welcome(store, "tp-1", Hello(firmware="1", board="b", roles=[], boot=9, nonce="n9", up=1, reverted=why), NINE)
    assert instruct.is_given_up(store, "tp-1", wanted) and not due(store)
    equip.set_printer(store, "tp-1", {"cutter": False}, NINE)
    assert not due(store), "nothing is another than before"
    assert instruct.try_again(store, "tp-1") == wanted.version + 1
    assert instruct.try_again(store, "tp-1") is None, "it is told already"
    assert due(store)["tp-1"].version == wanted.version + 1
    equip.set_printer(store, "tp-1", {"cutter": True}, NINE)
    assert due(store)["tp-1"].version == wanted.version + 2
    welcome(store, "tp-1", Hello(firmware="1", board="b", roles=[], boot=9, nonce="n8", up=1, reverted={"x": 1}), NINE)
    assert not instruct.is_given_up(store, "tp-1", wanted)
