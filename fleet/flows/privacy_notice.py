"""What an office tells everybody of the personal data that it keeps."""

from dataclasses import asdict, dataclass

from fleet.domain.audit import What, what_changed
from fleet.domain.privacy_notice import Notice
from fleet.domain.seen import refuse_changed
from fleet.domain.unfit import refuse
from fleet.flows.equip import office_of
from fleet.flows.watch import UnknownOffice
from fleet.store import ledger, places, privacy_notices
from fleet.store.database import Store


@dataclass(frozen=True)
class Told:
    """An office as the page about personal data names it."""

    name: str
    hotline: str
    notice: Notice


def look(store: Store, office_id: str) -> Told:
    """What this office says. Raises UnknownOffice."""
    with store.reading() as connection:
        office = places.office(connection, office_id)
        if office is None:
            raise UnknownOffice(office_id)
        return Told(office.name, office.hotline, privacy_notices.of_office(connection, office_id))


def say(store: Store, office_id: str, wanted: Notice, seen: str | None = None) -> None:
    """Say this from now on. Raises NoticeUnfit, EquipError where there is no such office, or ChangedMeanwhile."""
    with store.writing() as connection:
        office_of(connection, office_id)
        before = privacy_notices.of_office(connection, office_id)
        refuse_changed(seen, asdict(before))
        refuse(wanted.wrong())
        privacy_notices.say(connection, office_id, wanted)
        ledger.note(
            connection, What.OFFICE_PRIVACY, office_id, office_id, *what_changed(asdict(before), asdict(wanted))
        )
