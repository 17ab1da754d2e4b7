"""Devices are given another network on a page; a password that was typed is never shown again."""

from fleet.clock import now_ms
from fleet.flows.device_health import devices_seen
from fleet.flows.enrol import enrol
from fleet.store import device_keys
from fleet.store.device_keys import NewKey
from tests.fleet.pages.town import Town

PASSWORD = "mat-khau-moi"


def test_a_technician_gives_an_office_another_network(town: Town) -> None:
    for device, role in (("tp-1", "printer"), ("q-1", "keypad"), ("nut-1", "rating")):
        enrol(town.store, device, [role], "tan-an", None, now_ms() - 1000)
    with town.store.writing() as connection:
        device_keys.give(connection, [NewKey("tp-1", b"1" * 32), NewKey("q-1", b"2" * 32)], 0)
    with town.browser("technician") as browser:
        assert 'href="/devices/network"' in browser.get("/devices").text
        asked = {"office": "tan-an", "device": ["q-1", "tp-1"], "ssid": "Tầng 2"}
        wrong = browser.post("/devices/network", **asked, wifi_password="ngan")
        assert wrong.status_code == 422 and 'value="Tầng 2"' in wrong.text and "ngan" not in wrong.text
        assert "phải đi kèm tên Wi-Fi" in wrong.text
        stranger = browser.post("/devices/network", office="tan-an", device="nut-1", ssid="A")
        assert "ít nhất một thiết bị" in stranger.text
        assert browser.post("/devices/network", **asked, wifi_password=PASSWORD).status_code == 303
        page = browser.get("/devices/network?office=tan-an").text
        assert page.count("chờ đến lượt") == 2 and PASSWORD not in page
        assert browser.post("/devices/network/withdrawn", office="tan-an", device="q-1").status_code == 303
        page = browser.get("/devices/network?office=tan-an").text
        assert page.count("chờ đến lượt") == 1 and "không đổi" in page
        town.devices = devices_seen(town.store, now_ms())
        history = browser.get("/devices/q-1").text
        assert "bỏ yêu cầu đổi mạng" in history and "Wi-Fi Tầng 2" in history
