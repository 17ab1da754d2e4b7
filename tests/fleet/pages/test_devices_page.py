from dataclasses import replace

from fleet.domain.devices_now import Told
from fleet.pages.devices_page import sorted_devices
from protocols.config_refused import ConfigRefused
from protocols.display import Display
from protocols.printer import Printer
from protocols.reader import Reader
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


def test_what_a_device_shall_be_stands_beside_its_roles(town: Town) -> None:
    told = {
        "tp-1": Told(printer=Printer(text="ascii", cutter=False)),
        "br-2": Told(reader=Reader(mode="sensing", marks="<ma>=")),
        "kp-1": Told(scale=(3, 2), sleep_after_s=30),
        "kp-3": Told(display=Display(volume=7, languages=[1, 4, 23])),
        "rb-9": Told(display=Display(show="text", voice="none")),
    }
    town.devices = [replace(device, told=told.get(device.id, Told())) for device in town.devices]
    with town.browser("root") as browser:
        read = text_of(browser.get("/devices").text)
    for said in (
        "576 điểm in, chữ: không dấu, mã QR: máy in tự vẽ, không có dao cắt, có báo trạng thái",
        "tự nhận loại đầu đọc, đọc khi có vật đến gần, 3 giây sau mới nhận lại cùng một mã",
        "tìm mã sau: &lt;ma&gt;=",
        "thang 3 mức, bản 2",
        "ngủ sau lần bấm cuối 30 giây",
        "ma trận LED × 4, độ sáng 4/15",
        "đọc tiếng Việt, tiếng Thái, 23, âm lượng 7/30",
        "màn hình chữ",
        "không đọc",
    ):
        assert said in read


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
