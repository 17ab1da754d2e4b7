"""Releases on their page: what each has, who runs it, who can not and why, whose keys count; and at a device."""

from fleet.clock import now_ms
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.watch import devices_now
from protocols.care_events import Updated
from tests.fleet.office import Speaker
from tests.fleet.pages.test_devices_page import text_of
from tests.fleet.pages.town import Town
from tests.fleet.some_releases import released


def test_releases_with_who_runs_them_and_whose_keys_count(town: Town) -> None:
    with town.browser("root") as root, town.browser("technician") as technician:
        empty = text_of(root.get("/releases").text)
        assert "Chưa công bố bản phát hành nào." in empty and "Chưa có gốc tin cậy" in empty
        released(town.store, now_ms())
        html = root.get("/releases").text
        read = text_of(html)
        assert "1 trong 5 thiết bị chạy phần mềm nạp sẵn" in read
        assert "Bản phát hành 12 phần mềm 0.9.0 Máy in nhanh hơn Lan công bố" in read
        counts = "Đang dùng 1 Đang chạy thử 1 Đã tự quay lại 1 Có thể nhận 1"
        assert counts in read and "bytecode 6.3" in read and "11 KiB" in read
        assert "2 thiết bị không nhận được bản này" in read
        assert (
            "1 bo mạch không có chỗ cho bản thứ hai: q-7" in read
            and "Đã tự quay lại: nut-9" in read
            and "đọc loại bytecode khác" in read
        )
        assert "2 trong 3 khóa" in read and "4 thiết bị tin gốc phiên bản 1" in read
        assert "in MOTCUA_RELEASE_KEY, found none" in read
        begins = "/rollouts/new?kind=release&amp;subject=firmware&amp;version=12"
        assert begins in html and begins not in technician.get("/releases").text
        typed = {"kind": "release", "subject": "firmware", "version": "12", "deadline_min": "120"}
        assert 'name="deadline_min" value="120"' in root.get(begins.replace("&amp;", "&")).text
        begun = root.post("/rollouts", **typed).headers["location"]
        shown = text_of(root.get(begun).text)
        assert "Triển khai bản phát hành 12" in shown and "Tiến trình trên thiết bị 1 chưa giao 0 đã giao" in shown
        assert "muốn trở lại bản cũ phải phát hành lại bản cũ" in shown and "thì giữ lại" not in shown
        assert begins not in root.get("/releases").text and begun in root.get("/releases").text


SAID = {
    "nut-7": "Bản phát hành 12 phần mềm 0.9.0 xác nhận",
    "nut-8": "Đang chạy thử bản phát hành 12 Đang có bản phát hành mới nhất.",
    "nut-9": "Đã tự quay lại từ bản phát hành 12: có bộ phận không còn tốt như trước: in số, phím (nút đánh giá)",
    "q-7": "Phần mềm nạp sẵn Chưa nhận được bản phát hành 12: bo mạch không có chỗ cho bản thứ hai.",
}


def test_what_a_device_runs_and_why_it_can_not_have_the_newest(town: Town) -> None:
    released(town.store, now_ms())
    for device in SAID:
        speaker = Speaker(device)
        update = speaker.does(Updated(release="12", result="confirmed", up=1000, at=now_ms()))
        receive(town.store, [Arrival(speaker.topic, speaker.batch(update, oldest=0))], now_ms())
    town.devices[:] = [one for one in devices_now(town.store, now_ms()) if one.id in SAID]
    with town.browser("technician") as technician:
        for device, said in SAID.items():
            read = text_of(technician.get(f"/devices/{device}").text)
            assert said in read and read.count("Bản phát hành 12: đã xác nhận") == 2, "what it is, and its history"
            assert "Bản phát hành 12: đã xác nhận" in text_of(technician.get(f"/devices/{device}/evidence").text)
        read = text_of(technician.get("/devices").text)
        assert "Đang chạy thử bản phát hành 12" in read and "Đã tự quay lại từ bản phát hành 12" in read
