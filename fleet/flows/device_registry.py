"""What a technician sees of a device in the registry: what may be done with it, and what was."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from fleet.domain.claim_ids import shown_claim_id
from fleet.domain.claims import ClaimState
from fleet.domain.registry import HistoryWord
from fleet.domain.registry_now import DoneThen, RegistryNow, Substitute, Substitutes, verbs_for
from fleet.store import claims, device_history, device_keys, device_moves, devices, places
from fleet.store.database import Store

SHOWN = 50
OF_PLACES = frozenset({HistoryWord.MOVED, HistoryWord.MOVE_ASKED})
OF_CLAIMS = frozenset({HistoryWord.CLAIMED, HistoryWord.WITHDRAWN, HistoryWord.ENROLLED})


class PlaceNames:
    """Places as people read them."""

    def __init__(self, connection: Connection) -> None:
        self.offices: Mapping[str, str] = {one.id: one.name for one in places.offices(connection)}
        self.counters: Mapping[str, str] = {one.id: one.name for one in places.all_counters(connection)}

    def of(self, office: str, counter: str | None) -> str:
        """The office, and the counter if there is one."""
        name = self.offices.get(office, office)
        return f"{name} · {self.counters.get(counter, counter)}" if counter else name


def registry_now(store: Store, device: str, now_ms: int) -> RegistryNow:
    """What the registry knows of this device."""
    with store.reading() as connection:
        row, keys = devices.device(connection, device), device_keys.keys_of(connection, device)
        wanted = device_moves.move_of(connection, device)
        retired = device_history.last(connection, device, HistoryWord.RETIRED) is not None
        verbs = verbs_for(
            is_revoked=row is None or row.revoked_ms is not None,
            is_retired=row is None or retired,
            has_key=keys is not None,
            stands=devices.place_now(connection, device, now_ms) is not None,
        )
        return RegistryNow(
            verbs=verbs,
            wanted="" if wanted is None else PlaceNames(connection).of(wanted.office, wanted.counter),
            changing_key=keys is not None and keys.next_key is not None,
            done=done_with(connection, device, SHOWN),
        )


def done_with(connection: Connection, device: str, most: int) -> tuple[DoneThen, ...]:
    """What was done with a device, the newest first, in names."""
    names = PlaceNames(connection)
    return tuple(
        DoneThen(one.at_ms, one.by, one.what, one.found, one.why, in_words(one.what, one.found, names))
        for one in device_history.of_device(connection, device, most)
    )


def in_words(what: str, found: str, names: PlaceNames) -> str:
    """What there is more to say of something that was done."""
    if what in OF_PLACES:
        office, _, counter = found.partition("/")
        return names.of(office, counter or None)
    return shown_claim_id(found) if what in OF_CLAIMS else found


def substitutes(store: Store, device: str, offices: Iterable[str] | None, now_ms: int) -> Substitutes:
    """Who can take this device's place: boards of its office or in store, and claims that wait for one there.

    `offices`: those of whoever asks; None: all, and what stands nowhere.
    """
    with store.reading() as connection:
        row, here = devices.device(connection, device), devices.place_now(connection, device, now_ms)
        if row is None or here is None:
            return Substitutes((), ())
        names, at = PlaceNames(connection), devices.places_now(connection, now_ms)
        near = {here.office} if offices is not None else {here.office, None}
        found = [
            Substitute(one.id, names.of(at[one.id].office, at[one.id].counter) if one.id in at else "", one.presence)
            for one in devices.devices(connection)
            if (one.kind, one.revoked_ms) == ("board", None)
            and one.id != device
            and set(one.roles) == set(row.roles)
            and (at[one.id].office if one.id in at else None) in near
        ]
        waiting = claims.last(connection, {here.office}, ClaimState.WAITING, now_ms, SHOWN)
    fit = [(shown_claim_id(one.id), one.device) for one in waiting if set(one.roles) == set(row.roles)]
    return Substitutes(tuple(sorted(found, key=lambda one: (one.place != "", one.device))), tuple(fit))
