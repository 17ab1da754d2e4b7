"""What staff decide of an office's kiosk: by which ways it gives numbers, and pictures of its services."""

from collections.abc import Sequence

from fleet.domain.audit import What, what_changed
from fleet.domain.kiosk_now import EVERY_WAY, read_ways
from fleet.domain.place_rules import BadPlace
from fleet.domain.seen import refuse_changed
from fleet.domain.service_icons import icon_of, wrong_with_icon
from fleet.domain.unfit import Expected, refuse
from fleet.flows.equip import EquipError, office_of
from fleet.store import kiosks, ledger, places
from fleet.store.database import Store


def set_ways(store: Store, office_id: str, wanted: Sequence[str], seen: str | None = None) -> tuple[str, ...]:
    """Numbers are given so; by no way: there is no kiosk. The ways that hold now.

    Raises BadPlace, EquipError where there is no such office, or ChangedMeanwhile.
    """
    unknown = [one for one in wanted if one not in EVERY_WAY]
    with store.writing() as connection:
        office_of(connection, office_id)
        before = read_ways(kiosks.ways(connection, office_id))
        refuse_changed(seen, {"ways": before})
        if unknown:
            text = f"way: expected one of {', '.join(EVERY_WAY)}, found {unknown[0][:40]!r}"
            raise BadPlace(text, "ways", Expected.CHOICE)
        kiosks.set_ways(connection, office_id, ",".join(way for way in EVERY_WAY if way in wanted))
        after = read_ways(kiosks.ways(connection, office_id))
        was, became = what_changed({"ways": before}, {"ways": after})
        ledger.note(connection, What.KIOSK_CHANGE, office_id, office_id, was, became)
        return after


def set_icon(store: Store, office_id: str, service: str, icon: str) -> None:
    """This is the service's picture; empty: the one that its name calls for. Raises BadPlace or EquipError."""
    refuse(wrong_with_icon(icon))
    with store.writing() as connection:
        office_of(connection, office_id)
        if not kiosks.set_icon(connection, office_id, service, icon):
            known = ", ".join(one.id for one in places.services(connection, office_id)) or "none"
            raise EquipError(f"service: expected one of {known}, found {service!r}")
        ledger.note(connection, What.SERVICE_CHANGE, service, office_id, became={"icon": icon})


def look(store: Store, office_id: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The ways, and the picture of each service. Raises EquipError."""
    with store.reading() as connection:
        office_of(connection, office_id)
        chosen = kiosks.icons(connection, office_id)
        shown = {one.id: icon_of(chosen.get(one.id, ""), one.name) for one in places.services(connection, office_id)}
        return read_ways(kiosks.ways(connection, office_id)), shown
