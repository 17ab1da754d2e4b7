"""Whose offices: the office that an address names, if there is one and it concerns whoever asks."""

from fastapi import HTTPException, Request

from fleet.domain.rights import Person
from fleet.pages.house import house_of
from fleet.store import places
from fleet.store.places import OfficeRow


def own_office(request: Request, office: str, person: Person) -> OfficeRow:
    """The office of this id; a 404 where there is none, or it is somebody else's: both look alike."""
    if person.belongs_to(office):
        with house_of(request).store.reading() as connection:
            found = places.office(connection, office)
        if found is not None:
            return found
    raise HTTPException(404)
