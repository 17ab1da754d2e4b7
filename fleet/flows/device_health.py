"""What a technician sees: every device with what is wrong with it, and one device with its history."""

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from fleet.domain.device_problems import DAY_MS, DeviceFacts, Fault, Silenced, newest, problems
from fleet.domain.devices_now import DeviceHistory, DeviceNow, PlaceThen, ToldThen
from fleet.domain.incidents import FRESH_MS, Incident
from fleet.domain.paper import PaperSeen, PaperUse, use_of
from fleet.flows.command import last_commands
from fleet.flows.device_impact import Silences, ranked
from fleet.flows.device_months import months_of
from fleet.flows.watch import devices_now
from fleet.store import device_events, devices, incidents, places, releases
from fleet.store.database import Store
from fleet.store.device_events import ToldEvent
from fleet.store.devices import DeviceRow

COMMANDS_SHOWN = 10
TOLD_SHOWN = 40
HISTORY_MS = 30 * DAY_MS


class DeviceEyes:
    """Looks at all devices; remembers only what is dear to read and changes slowly."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.silences = Silences()

    def look(self, now_ms: int) -> list[DeviceNow]:
        """All boards, each with what is wrong with it, what that costs, and how it was in the last month."""
        found = devices_now(self.store, now_ms)
        with self.store.reading() as connection:
            rows = {row.id: row for row in devices.devices(connection)}
            told: dict[str, list[ToldEvent]] = {}
            for event in device_events.told(connection, now_ms - DAY_MS):
                told.setdefault(event.device, []).append(event)
            happened: dict[str, list[Incident]] = {}
            for incident in incidents.since(connection, now_ms - FRESH_MS):
                happened.setdefault(incident.device, []).append(incident)
            did = device_events.did_last(connection, now_ms - DAY_MS)
            for_all = releases.sequences_for_all(connection)
            latest, offices = latest_versions(found, for_all), {one.id: one for one in places.offices(connection)}
            counters = {one.id: (one.name, one.position) for one in places.all_counters(connection)}
            standing = {one.office for one in found if one.office is not None}
            silent = {
                counter: its
                for office in sorted(standing)
                for counter, its in self.silences.at(connection, office, offices[office].timezone, now_ms).items()
            }
            names, months = {one.id: one.name for one in offices.values()}, months_of(connection, now_ms)
            looked = [
                seen(
                    connection,
                    one,
                    rows[one.id],
                    told.get(one.id, []),
                    did.get(one.id, {}),
                    latest.get(one.board, ""),
                    names,
                    counters,
                    silent,
                    tuple(happened.get(one.id, ())),
                    now_ms,
                )
                for one in found
            ]
            return [replace(one, month=months.get(one.id)) for one in ranked(connection, looked, now_ms)]


def devices_seen(store: Store, now_ms: int) -> list[DeviceNow]:
    """All boards, each with what is wrong with it."""
    return DeviceEyes(store).look(now_ms)


def latest_versions(found: Collection[DeviceNow], for_all: Collection[int]) -> dict[str, str]:
    """Of each kind of board the newest firmware that one of them runs.

    A release that is for some alone does not count: while it goes out, all others would be said to be old.
    """
    known = [one for one in found if not one.revoked and (release_of(one) == 0 or release_of(one) in for_all)]
    return {
        board: newest(one.firmware for one in known if one.board == board) for board in {one.board for one in known}
    }


def release_of(device: DeviceNow) -> int:
    """The release that it runs; 0: what it was written with, or none that it ever told of."""
    return 0 if device.application is None else device.application.sequence


def seen(
    connection: Connection,
    device: DeviceNow,
    row: DeviceRow,
    told: list[ToldEvent],
    did: dict[str, int],
    latest: str,
    offices: dict[str, str],
    counters: dict[str, tuple[str, int]],
    silent: dict[str, tuple[Silenced, ...]],
    happened: tuple[Incident, ...],
    now_ms: int,
) -> DeviceNow:
    """A device with where it stands, its paper, and what is wrong with it."""
    place = devices.place_now(connection, row.id, now_ms)
    health = json.loads(row.health) if row.health else {}
    readings = [
        PaperSeen(one.at_ms, str(one.body["state"]), one.body.get("metres_left")) for one in of_kind(told, "paper")
    ]
    use = use_of(readings)
    paper = paper_of(health, readings)
    name, position = counters.get((place and place.counter) or "", ("", 0))
    facts = DeviceFacts(
        roles=row.roles,
        presence=row.presence,
        presence_ms=row.presence_ms,
        enrolled_ms=row.enrolled_ms,
        rescue=row.rescue,
        refused=device.refused is not None,
        reverted="" if device.reverted is None else device.reverted.reason,
        firmware=row.firmware,
        newest=latest,
        paper=paper,
        paper_ms=next((one.at_ms for one in reversed(readings) if one.state == paper), None),
        outbox=count(health.get("outbox")),
        heap_free=count(health.get("heap_free")),
        clock_off_ms=count(health.get("clock_offset_ms")),
        boots=tuple((one.at_ms, str(one.body["reason"])) for one in of_kind(told, "boot")),
        faults=tuple(Fault(one.body["part"], one.body["reason"], one.at_ms) for one in of_kind(told, "fault")),
        did=tuple(sorted({**did, **mended(told)}.items())),
        silenced=silent.get((place and place.counter) or "", ()),
        incidents=happened,
        revoked=device.revoked,
    )
    return replace(
        device,
        office_name=offices.get(place.office, place.office) if place else "",
        counter=place.counter if place else None,
        counter_name=name,
        position=position,
        presence_ms=row.presence_ms,
        enrolled_ms=row.enrolled_ms,
        epoch=row.epoch,
        config_version=row.config_version,
        config_reported=row.config_reported,
        paper=paper,
        paper_until_ms=use.until_ms if use and paper != "out" else None,
        tickets_left=tickets_left(connection, row.id, use) if paper != "out" else None,
        problems=problems(facts, now_ms),
    )


def paper_of(health: dict[str, Any], readings: list[PaperSeen]) -> str | None:
    """How the paper is: its last word in a health message, else in an event."""
    told = health.get("paper")
    return told if isinstance(told, str) else readings[-1].state if readings else None


def tickets_left(connection: Connection, device: str, use: PaperUse | None) -> int | None:
    """How many tickets the roll still gives; None: nobody can tell yet."""
    tickets = 0 if use is None else device_events.printed(connection, device, use.from_ms, use.to_ms)
    return use.tickets_left(tickets) if use is not None and tickets else None


def mended(told: list[ToldEvent]) -> dict[str, int]:
    """When a part was told to be well again, such as a key that had been stuck."""
    return {str(one.body["part"]): one.at_ms for one in of_kind(told, "selftest") if one.body["result"] == "pass"}


def of_kind(told: list[ToldEvent], kind: str) -> list[ToldEvent]:
    return [one for one in told if one.kind == kind]


def count(value: object) -> int | None:
    """A number that a device told."""
    return value if isinstance(value, int) else None


def device_history(store: Store, device: str, now_ms: int) -> DeviceHistory:
    """What one device told of itself, where it stood, and what it was asked to do."""
    with store.reading() as connection:
        names = {office.id: office.name for office in places.offices(connection)}
        counters = {one.id: one.name for office in names for one in places.counters(connection, office)}
        stood = devices.places(connection, [device])[device]
        told = device_events.told_by(connection, device, now_ms - HISTORY_MS, TOLD_SHOWN)
    return DeviceHistory(
        commands=last_commands(store, device, COMMANDS_SHOWN, now_ms),
        told=tuple(as_told(one) for one in told),
        places=tuple(
            PlaceThen(names.get(one.office, one.office), counters.get(one.counter or "", ""), one.from_ms, one.to_ms)
            for one in sorted(stood, key=lambda one: -one.from_ms)
        ),
    )


def as_told(event: ToldEvent) -> ToldThen:
    """One line of the history."""
    body = event.body
    if event.kind == "boot":
        return ToldThen(event.at_ms, "boot", str(body["reason"]), str(body.get("firmware", "")))
    if event.kind == "fault":
        return ToldThen(event.at_ms, "fault", str(body["part"]), str(body["reason"]))
    if event.kind == "selftest":
        return ToldThen(event.at_ms, "selftest", str(body["part"]), str(body.get("reason", "")))
    if event.kind == "update":
        return ToldThen(
            event.at_ms, "update", str(body["result"]), f"{body['release']} {body.get('reason', '')}".strip()
        )
    left = body.get("metres_left")
    return ToldThen(event.at_ms, "paper", str(body["state"]), "" if left is None else str(left))
