from dataclasses import replace

from fleet.pages.devices_page import sorted_devices
from protocols.config_refused import ConfigRefused
from tests.fleet.pages.sample_office import sample_devices
from tests.fleet.pages.test_office_page import HOSTILE, text_of
from tests.fleet.pages.town import Town


def test_a_technician_sees_the_devices_of_the_own_office(town: Town) -> None:
    with town.browser("technician") as browser:
        assert browser.get("/").headers["location"] == "/devices"
        read = text_of(browser.get("/devices").text)
    for said in ("kp-3", "Mất kết nối", "bàn phím quầy, nút đánh giá", "41", "115 KiB", "batch.epoch: expected"):
        assert said in read
    for hidden in ("br-2", "rb-9", "ghost"):
        assert hidden not in read


def test_who_works_everywhere_sees_also_what_stands_nowhere(town: Town) -> None:
    with town.browser("root") as browser:
        read = text_of(browser.get("/devices").text)
    assert "chưa đặt ở đâu" in read
    assert "br-2" in read
    assert "mc/1/ghost/up/hello" in read
    assert "2 đang nối · 1 mất kết nối · tất cả 6" in read


def test_a_device_in_rescue_says_why(town: Town) -> None:
    town.devices = [replace(device, rescue="PartLost: RatingWiring ended") for device in town.devices[:1]]
    with town.browser("root") as browser:
        assert "chế độ cứu hộ: PartLost: RatingWiring ended" in text_of(browser.get("/devices").text)


def test_a_device_that_refused_its_configuration_says_what_was_wrong(town: Town) -> None:
    refused = ConfigRefused(
        version=7, key="scale", problem="out_of_range", expected="a whole number from 2 to 5", found="9"
    )
    town.devices = [replace(device, refused=refused) for device in town.devices[:1]]
    with town.browser("root") as browser:
        read = text_of(browser.get("/devices").text)
    assert "không nhận cấu hình 7: scale: ngoài phạm vi; cần a whole number from 2 to 5, thấy 9" in read


def test_the_lost_come_first_and_the_revoked_last() -> None:
    ordered = [device.id for device in sorted_devices(tuple(sample_devices(0))).devices]
    assert ordered == ["kp-3", "rb-9", "br-2", "kp-1", "tp-1", "rb-0"]


def test_an_unheard_of_presence_comes_with_the_lost() -> None:
    devices = sample_devices(0)
    strange = replace(devices[0], id="zz", presence="on fire")
    assert sorted_devices((*devices, strange)).devices[1].id == "zz"


def test_what_a_device_says_of_itself_is_short_text(town: Town) -> None:
    long = HOSTILE + "\u202e" + "A" * 5000
    town.devices = [
        replace(
            device,
            id=long,
            roles=(long, long),
            place=long,
            presence=long,
            firmware=long,
            board=long,
            reset_reason=long,
            rescue=long,
            refused=ConfigRefused(key=long, problem=long, expected=long, found=long),
        )
        for device in town.devices
    ]
    town.unreadable = [replace(message, device=long, topic=long, reason=long) for message in town.unreadable]
    with town.browser("root") as browser:
        html = browser.get("/devices").text
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert "\u202e" not in html
    assert "A" * 200 not in html
