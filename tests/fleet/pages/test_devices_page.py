import re
from dataclasses import replace

from fleet.clock import now_ms
from fleet.domain.device_problems import Problem, Trouble
from fleet.domain.devices_now import DeviceNow, Reverted, Told
from fleet.domain.org_tree import Kind, Node
from fleet.flows import command, command_many
from fleet.flows.enrol import enrol
from fleet.flows.presence import seen
from fleet.pages.devices_narrowed import MANY
from fleet.pages.devices_page import maps, sorted_devices
from fleet.store import units
from protocols.commands import Reply
from protocols.config_refused import ConfigRefused
from protocols.display import Display
from protocols.presence import Alive
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


def test_what_is_to_be_mended_stands_first_and_says_what_to_do(town: Town) -> None:
    worst, other = Problem(Trouble.PAPER_OUT, 100), Problem(Trouble.OLD_FIRMWARE, 5, found="0.3.0")
    town.devices = [replace(town.devices[1], problems=(other,)), replace(town.devices[0], problems=(worst,))]
    with town.browser("technician") as browser:
        read = text_of(browser.get("/devices").text)
    assert read.index("Thay cuộn giấy ngay") < read.index("cùng loại đã chạy bản 0.3.0")


def test_the_map_goes_from_the_lobby_along_the_counters(town: Town) -> None:
    def stands(device: str, counter: str | None, name: str, position: int) -> DeviceNow:
        return replace(
            town.devices[0], id=device, office_name="A", counter=counter, counter_name=name, position=position
        )

    here = [stands("d", "z", "Quầy 2", 2), stands("b", "c10", "Quầy 10", 10), stands("a", "c1", "Quầy 1", 1)]
    spare = replace(stands("s", None, "", 0), office=None)
    found = maps((*here, stands("l", None, "", 0), spare))
    assert [[(spot.name, [one.id for one in spot.devices]) for spot in office.spots] for office in found] == [
        [("", ["l"]), ("Quầy 1", ["a"]), ("Quầy 2", ["d"]), ("Quầy 10", ["b"])],
        [("", ["s"])],
    ]


def test_a_technician_asks_a_device_and_sees_its_answer(town: Town) -> None:
    enrol(town.store, "tp-1", ["printer"], "tan-an", None, now_ms())
    with town.browser("technician") as browser:
        refused = browser.post("/devices/tp-1/commands", verb="test_print")
        assert refused.headers["location"] == "/devices/tp-1?refused=away#commands"
        assert "Thiết bị không kết nối" in text_of(browser.get(refused.headers["location"]).text)
        seen(town.store, "tp-1", Alive(), now_ms())
        assert browser.post("/devices/tp-1/commands", verb="test_print").headers["location"].endswith("tp-1#commands")
        assert "In trang thử: đang chờ trả lời" in text_of(browser.get("/devices/tp-1").text)
        ((_, order),) = command.untold(town.store, 5, now_ms())
        no = Reply(id=order.id, ok=False, reason="printer", result={"found": "cover open<b>"})
        command.answered(town.store, "tp-1", no, now_ms())
        read = text_of(browser.get("/devices/tp-1").text)
        assert (
            "In trang thử: không làm được" in read and "máy in chưa sẵn sàng" in read and "cover open&lt;b&gt;" in read
        )
        assert browser.post("/devices/tp-1/commands", verb="take").status_code == 422
        asked = browser.post("/devices/tp-1/commands", verb="restart").headers["location"]
        assert "Khởi động lại tp-1?" in text_of(browser.get(asked).text)
        assert command.untold(town.store, 5, now_ms()) == [], "nobody was sure yet"
        browser.post("/devices/tp-1/commands", verb="restart", sure="yes")
        assert [order.verb for _, order in command.untold(town.store, 5, now_ms())] == ["restart"]
        for hidden in ("br-2", "nobody"):
            assert browser.get(f"/devices/{hidden}").status_code == 404
            assert browser.post(f"/devices/{hidden}/commands", verb="identify").status_code == 404


def test_what_a_device_says_of_itself_is_shown_as_text(town: Town) -> None:
    enrol(town.store, "tp-1", ["printer"], "tan-an", None, now_ms())
    seen(town.store, "tp-1", Alive(), now_ms())
    answers: dict[str, dict[str, object]] = {
        "snapshot": {
            "up": 61_000,
            "heap_free": 4096,
            "network": {"host": HOSTILE},
            "parts": {"printer": "paper low"},
            "update": {"sequence": HOSTILE, "stage": "download", "done": 2048, "size": 40_960},
        },
        "log": {"first": 3, "lines": ["12 boot 7: power", HOSTILE], "next": 5, "up": 9},
        "clock": {"offset_ms": -1500},
    }
    with town.browser("technician") as browser:
        for verb, result in answers.items():
            browser.post("/devices/tp-1/commands", verb=verb)
            ((_, order),) = command.untold(town.store, 5, now_ms())
            command.answered(town.store, "tp-1", Reply(id=order.id, ok=True, result=result), now_ms())
        html = browser.get("/devices/tp-1").text
    assert "<img" not in html and "paper low" in html and "12 boot 7: power" in html
    assert "đang tải" in html and "2 trong 40 KiB" in html
    assert "nhanh 1.5 giây" in html and 'name="first" value="5"' in html


def test_a_technician_asks_many_devices_and_sees_what_becomes_of_it(town: Town) -> None:
    for device in ("tp-1", "kp-1"):
        enrol(town.store, device, ["printer"], "tan-an", None, now_ms())
    seen(town.store, "tp-1", Alive(), now_ms())
    with town.browser("technician") as browser:
        html = browser.get("/devices/orders?presence=online").text
        key = re.findall(r'name="key" value="(\w+)"', html)[0]
        assert 'value="tp-1" checked' in html and "br-2" not in html
        unsure = browser.post("/devices/orders", key=key, verb="restart", device="tp-1")
        assert unsure.status_code == 422 and "Hãy đánh dấu rằng bạn chắc chắn" in unsure.text
        assert 'value="tp-1" checked' in unsure.text and 'value="kp-3" checked' not in unsure.text
        assert browser.post("/devices/orders", key=key, verb="restart").status_code == 422
        foreign = browser.post("/devices/orders", key=key, verb="identify", device="br-2")
        assert foreign.status_code == 422, "a device of nowhere is not the technician's"
        asked = browser.client.post(
            "/devices/orders",
            data={"csrf": browser.csrf, "key": key, "verb": "restart", "sure": "yes", "device": ["tp-1", "kp-1"]},
        )
        where = asked.headers["location"]
        assert "Xong 0 trên 2 thiết bị" in text_of(browser.get(where).text)
        again = browser.client.post(
            "/devices/orders",
            data={"csrf": browser.csrf, "key": key, "verb": "restart", "sure": "yes", "device": ["tp-1", "kp-1"]},
        )
        assert again.headers["location"] == where, "a form that is sent twice is one order"
        command_many.give_turns(town.store, now_ms())
        read = text_of(browser.get(where).text)
        assert "Xong 1 trên 2 thiết bị" in read and "không làm được : thiết bị không kết nối" in read.replace(
            "được:", "được :"
        )
        assert browser.post(where + "/stop").status_code == 303
        assert where in browser.get("/devices/orders").text


def test_a_device_that_went_back_says_so_and_may_try_again(town: Town) -> None:
    enrol(town.store, "tp-1", ["printer"], "tan-an", None, now_ms())
    town.devices = [
        replace(one, reverted=Reverted(7, "not welcomed in time"), config_version=7) if one.id == "tp-1" else one
        for one in town.devices
    ]
    with town.browser("technician") as browser:
        html = browser.get("/devices/tp-1").text
        assert "đã quay về từ cấu hình 7" in html and "không nhận thiết bị trong thời gian" in html
        assert 'action="/devices/tp-1/configuration"' in html
        town.devices = [replace(one, config_version=8) for one in town.devices]
        assert 'action="/devices/tp-1/configuration"' not in browser.get("/devices/tp-1").text, "another is on its way"


def test_of_many_devices_a_page_shows_some_and_a_map_only_of_an_office(town: Town) -> None:
    one = town.devices[0]
    town.devices = [
        replace(one, id=f"d-{n:03}", office=office, office_name=office, presence="lost" if n == 149 else "online")
        for n, office in enumerate(["tan-an", "cai-khe", None] * 50)
    ]
    with town.browser("root") as browser:
        first, second = browser.get("/devices").text, browser.get("/devices?page=2").text
        assert (first.count("<tr class="), second.count("<tr class=")) == (MANY, 50)
        assert "tất cả 150" in text_of(first) and "Trang 1/2" in first and 'href="/devices?page=2#devices"' in first
        assert 'class="tile' not in first and "d-149" in first, "who needs help comes first"
        assert 'data-stream="/live/devices?page=2"' in second
        office = browser.get("/devices?office=cai-khe&page=9").text
        assert (office.count("<tr class="), office.count('class="tile')) == (50, 50)
        assert "d-000" not in office and 'data-stream="/live/devices?office=cai-khe"' in office
        assert browser.get("/devices?office=-").text.count('class="tile') == 50, "in store"
        assert "Trang 1/2" in browser.get("/devices?office=nowhere").text


def test_devices_for_an_order_are_chosen_by_unit(town: Town) -> None:
    with town.store.writing() as connection:
        province = Node("can-tho", Kind.PROVINCE, "Thành phố Cần Thơ")
        units.save(connection, [province, Node("tan-an", Kind.OFFICE, "Tân An", parent="can-tho")])
    with town.browser("root") as browser:
        html = browser.get("/devices/orders?unit=can-tho").text
        assert '<option value="can-tho" selected>Thành phố Cần Thơ' in html
        assert 'value="tp-1" checked' in html and 'value="br-2"' not in html, "what stands nowhere is below nothing"
        assert 'value="br-2" checked' in browser.get("/devices/orders").text
    with town.browser("technician") as browser:
        assert 'name="unit"' not in browser.get("/devices/orders").text
