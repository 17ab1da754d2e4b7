"""Devices of several offices vanish: one alert, which ends when they are back; an office that is dark is one alert."""

from fleet.flows import alert_rules, webhooks
from fleet.flows.alerts import alerts_of
from fleet.flows.enrol import enrol
from fleet.flows.look_out import Lookout
from fleet.flows.presence import healthy, seen
from fleet.flows.watch_fleet import fleet_loss, watch_fleet
from fleet.store import places
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.store.rows import every, sql
from protocols.presence import Alive, Health
from tests.fleet.office import NINE, OFFICE

MIN = 60_000
TOLD = sql("SELECT endpoint, kind FROM webhook_deliveries ORDER BY id")
LETTERS = sql("SELECT subject FROM mails ORDER BY id")
FIVE = NINE + 8 * 60 * MIN
DEVICES = ("tp-1", "q-1", "q-2", "nut-1", "nut-2")


def test_the_fleet_vanishes_and_comes_back(store: Store) -> None:
    with store.writing() as connection:
        places.save_office(connection, OfficeRow("cai-khe", "Phường Cái Khế", ""), NINE)
    enrol(store, "tp-9", ("printer",), "cai-khe", None, NINE)
    for device in (*DEVICES, "tp-9"):
        seen(store, device, Alive(), NINE)
    assert not watch_fleet(store, NINE + MIN)
    everywhere, _ = webhooks.add(store, "https://example.vn/hook", frozenset({"fleet.lost", "fleet.back"}), None, NINE)
    webhooks.add(store, "https://example.vn/office", frozenset({"fleet.lost"}), OFFICE, NINE)
    for office in (OFFICE, "cai-khe"):
        alert_rules.set_limits(store, office, {"mail": ["ky-thuat@example.vn"]})
    for device in DEVICES:
        seen(store, device, Alive(gone=True), NINE + 2 * MIN)
    assert not watch_fleet(store, NINE + 3 * MIN), "one office is that office's alert"
    seen(store, "tp-9", Alive(gone=True), NINE + 3 * MIN)
    assert watch_fleet(store, NINE + 4 * MIN)
    assert not watch_fleet(store, NINE + 4 * MIN + 1), "it is said once"
    loss = fleet_loss(store)
    assert loss is not None and (loss.lost, loss.devices, loss.offices) == (6, 6, 2)
    assert Lookout(store).look_due(NINE + 10 * MIN) == [], "offices are silent meanwhile"
    for device in DEVICES:
        seen(store, device, Alive(), NINE + 11 * MIN)
    assert watch_fleet(store, NINE + 11 * MIN)
    assert fleet_loss(store) is None
    with store.reading() as connection:
        told = [tuple(row) for row in every(connection, TOLD)]
        letters = [row.subject for row in every(connection, LETTERS)]
    assert told == [(everywhere, "fleet.lost"), (everywhere, "fleet.back")]
    assert letters == ["motcua: nhiều thiết bị mất kết nối cùng lúc", "motcua: các thiết bị đã kết nối lại"]


def test_a_broker_that_ended_says_of_nobody_that_he_is_gone(store: Store) -> None:
    with store.writing() as connection:
        places.save_office(connection, OfficeRow("cai-khe", "Phường Cái Khế", ""), NINE)
    enrol(store, "tp-9", ("printer",), "cai-khe", None, NINE)
    everybody = (*DEVICES, "tp-9")
    for device in everybody:
        seen(store, device, Alive(), NINE)
    assert not watch_fleet(store, NINE + 5 * MIN)
    assert watch_fleet(store, NINE + 6 * MIN), "none of them says any more how it is"
    assert not watch_fleet(store, NINE + 60 * MIN), "and none does for an hour"
    assert (loss := fleet_loss(store)) is not None and loss.lost == 6
    healthy(store, {device: (Health(up=1, heap_free=9), NINE + 61 * MIN) for device in everybody}, NINE + 61 * MIN)
    assert watch_fleet(store, NINE + 61 * MIN + 1)
    assert fleet_loss(store) is None
    assert not watch_fleet(store, NINE + 3 * 60 * MIN), "who woke up after hours, or by another clock, missed nothing"


def test_in_the_evening_devices_are_switched_off(store: Store) -> None:
    with store.writing() as connection:
        places.save_office(connection, OfficeRow("cai-khe", "Phường Cái Khế", ""), NINE)
    enrol(store, "tp-9", ("printer",), "cai-khe", None, NINE)
    for device in (*DEVICES, "tp-9"):
        seen(store, device, Alive(), NINE)
        seen(store, device, Alive(gone=True), FIVE)
    for minute in (-20, 1, 10):
        assert not watch_fleet(store, FIVE + minute * MIN)
        assert Lookout(store).look_due(FIVE + minute * MIN) == []


def test_an_office_is_dark_in_its_hours_only(store: Store) -> None:
    for device in DEVICES:
        seen(store, device, Alive(), NINE)
        seen(store, device, Alive(gone=True), NINE + MIN)
    look = Lookout(store)
    assert look.look_due(NINE + 2 * MIN) == []
    assert look.look_due(NINE + 4 * MIN) == [OFFICE]
    (alert,) = alerts_of(store, OFFICE, is_open=True)
    assert (alert.cause, alert.figures["n"]) == ("dark", 5)
    assert "5 thiết bị" in alert.said("vi") and "5 devices" in alert.said("en")
    lunch = NINE + 3 * 60 * MIN
    look.look_due(lunch)
    look.look_due(lunch + 10 * MIN)
    assert alerts_of(store, OFFICE, is_open=True) == []
