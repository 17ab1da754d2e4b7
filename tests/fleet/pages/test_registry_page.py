"""What is done with a device in the registry, on pages: asked once more, with its consequences, reason and history."""

from dataclasses import replace

import pytest

from fleet.clock import now_ms
from fleet.domain.claims import Wanted
from fleet.flows.claim import make_claims
from fleet.flows.device_health import devices_seen
from fleet.flows.enrol import enrol
from fleet.store import device_keys, devices
from fleet.store.device_keys import NewKey
from tests.fleet.pages.test_office_page import text_of
from tests.fleet.pages.town import Town


@pytest.fixture(autouse=True)
def boards(town: Town) -> None:
    """Two printers of the office, one of them with a key; a printer elsewhere, and one in store; a claim that waits."""
    at_ms = now_ms()
    for device, office in (("in-1", "tan-an"), ("in-2", "tan-an"), ("in-9", "cai-khe"), ("kho-1", "cai-khe")):
        enrol(town.store, device, ["printer"], office, None, at_ms - 1000)
    make_claims(town.store, [Wanted("in-3", ("printer",), "tan-an")], "lan", 72, at_ms)
    with town.store.writing() as connection:
        device_keys.give(connection, [NewKey("in-1", b"k" * 32, None, None)], at_ms)
        connection.exec_driver_sql("UPDATE assignments SET to_ms = ? WHERE device = 'kho-1'", (at_ms,))
    looked(town)


def looked(town: Town) -> None:
    """The pages see what is so now."""
    town.devices = devices_seen(town.store, now_ms())


def done_at(town: Town, who: str, path: str, **fields: str) -> str:
    """Do it as this person, and read where it leads."""
    with town.browser(who) as browser:
        answer = browser.post(path, **fields)
        assert answer.status_code == 303, text_of(answer.text)
        looked(town)
        return text_of(browser.get(answer.headers["location"]).text)


def test_the_page_of_a_device_offers_what_may_be_done_and_each_asks_first(town: Town) -> None:
    with town.browser("technician") as browser:
        html = browser.get("/devices/in-1").text
        for verb in ("move", "replace", "rotate", "revoke", "retire"):
            assert f'href="/devices/in-1/registry/{verb}"' in html
            asked = browser.get(f"/devices/in-1/registry/{verb}")
            assert asked.status_code == 200 and "Khi xác nhận" in asked.text
        assert "/registry/rotate" not in browser.get("/devices/in-2").text, "it has no key"
        assert browser.get("/devices/in-2/registry/rotate").status_code == 404
        assert browser.get("/devices/in-9/registry/revoke").status_code == 404, "of another office"
        assert browser.post("/devices/in-9/registry/revoke").status_code == 404
    with town.store.reading() as connection:
        row = devices.device(connection, "in-1")
    assert row is not None and row.revoked_ms is None, "nothing was done yet"


def test_a_device_moves_within_its_office_at_once_and_elsewhere_when_it_starts(town: Town) -> None:
    read = done_at(town, "technician", "/devices/in-1/registry/move", place="tan-an/ta-2", why="  quầy   mới ")
    assert "Đã ghi in-1 đứng ở chỗ được chọn." in read
    assert "chuyển chỗ: Phường Tân An · Quầy 1 · technician Lý do: quầy mới" in read
    read = done_at(town, "root", "/devices/in-1/registry/move", place="cai-khe")
    assert "Đã ghi yêu cầu" in read and "Sẽ chuyển đến Phường Cái Khế khi thiết bị khởi động lại" in read
    read = done_at(town, "root", "/devices/in-1/registry/move", place="cai-khe")
    assert "Không có gì thay đổi" in read


@pytest.mark.parametrize("place", ["", "cai-khe", "tan-an/ck-1", "nowhere"])
def test_a_place_that_is_none_of_this_persons_is_refused(town: Town, place: str) -> None:
    with town.browser("technician") as browser:
        answer = browser.post("/devices/in-1/registry/move", place=place, why="vì sao")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text and 'value="vì sao"' in answer.text


def test_a_board_of_the_office_or_in_store_takes_the_place(town: Town) -> None:
    with town.browser("technician") as browser:
        html = browser.get("/devices/in-1/registry/replace").text
        assert ('value="in-2"' in html, 'value="kho-1"' in html, 'value="in-9"' in html) == (True, False, False)
        assert "in-3" in html, "a claim that waits is named"
        assert browser.post("/devices/in-1/registry/replace", by="in-9").status_code == 422
    with town.browser("root") as browser:
        assert 'value="kho-1"' in browser.get("/devices/in-1/registry/replace").text
    read = done_at(town, "root", "/devices/in-1/registry/replace", by="kho-1", why="rơi vỡ")
    assert "kho-1 đã thay chỗ" in read and "thay chỗ thiết bị khác: in-1 · root Lý do: rơi vỡ" in read
    with town.browser("root") as browser:
        old = browser.get("/devices/in-1").text
    assert "bị thay thế" in old and 'href="/devices/kho-1"' in old and "/registry/revoke" not in old


def test_another_key_a_revocation_and_the_end_are_told_and_stay_in_the_history(town: Town) -> None:
    assert "in-1 đang được cấp khóa mới." in done_at(town, "technician", "/devices/in-1/registry/rotate")
    read = done_at(town, "technician", "/devices/in-1/registry/revoke", why="mất cắp")
    assert "in-1 không còn quyền kết nối." in read
    for said in ("thu hồi quyền kết nối · technician Lý do: mất cắp", "đổi khóa · technician"):
        assert said in read
    read = done_at(town, "technician", "/devices/in-1/registry/retire")
    assert "in-1 đã ngừng sử dụng" in read, "told among all devices, since it stands nowhere any more"
    with town.browser("root") as browser:
        assert "ngừng sử dụng · technician" in text_of(browser.get("/devices/in-1").text)
        assert browser.post("/devices/in-1/registry/revoke").status_code == 404


def test_who_has_no_right_to_order_devices_is_offered_nothing(town: Town) -> None:
    with town.browser("supervisor") as browser:
        assert browser.get("/devices/in-1/registry/move").status_code == 403


def test_what_is_lost_is_said(town: Town) -> None:
    town.devices = [replace(one, presence="online", outbox=3) for one in town.devices]
    with town.browser("technician") as browser:
        assert "lần cuối thiết bị báo còn 3" in browser.get("/devices/in-1/registry/revoke").text
