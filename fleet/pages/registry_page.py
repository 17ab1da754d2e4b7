"""What is done with a device in the registry: each asks once more, says what follows, and keeps who did it and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.devices_now import DeviceNow
from fleet.domain.registry import WHY_AT_MOST, HistoryWord, RegistryRefused, RegistryVerb
from fleet.domain.rights import Permission, Person
from fleet.flows import claim, registry
from fleet.flows.changes import DEVICES
from fleet.flows.device_registry import registry_now, substitutes
from fleet.flows.registry import Act, Outcome
from fleet.pages.house import House, house_of
from fleet.pages.rendering import page
from fleet.pages.rights import allow

Technician = Annotated[Person, Depends(allow(Permission.COMMAND_DEVICES))]
Chosen = Annotated[str, Form(max_length=80)]
DONE = (
    *(HistoryWord.MOVED, HistoryWord.MOVE_ASKED, HistoryWord.TOOK_PLACE),
    *(HistoryWord.ROTATED, HistoryWord.REVOKED, HistoryWord.RETIRED),
)
# What becomes of it, as it is told afterwards.
UNCHOSEN = "unchosen"
REFUSALS = (
    *("unknown_device", "waits", "revoked", "no_office", "no_counter"),
    *("other_roles", "itself", "nowhere", "no_key", UNCHOSEN),
)


@dataclass(frozen=True)
class Sent:
    """What was chosen and typed, and why it was refused."""

    place: str = ""
    by: str = ""
    why: str = ""
    refused: str = ""


NOTHING_YET = Sent()


def registry_router(devices: Callable[[], Sequence[DeviceNow]]) -> APIRouter:
    """A page for each thing that may be done with a device: what follows of it, and the button."""
    router = APIRouter()

    def found(request: Request, device: str, verb: RegistryVerb, person: Person) -> DeviceNow:
        one = next((one for one in devices() if one.id == device and person.belongs_to(one.office)), None)
        if one is None or verb not in registry_now(house_of(request).store, device, now_ms()).verbs:
            raise HTTPException(404)
        return one

    def shown(
        request: Request, one: DeviceNow, verb: RegistryVerb, person: Person, sent: Sent = NOTHING_YET
    ) -> Response:
        store, offices = house_of(request).store, offices_of(person)
        return page(
            request,
            "device_registry.html",
            422 if sent.refused else 200,
            device=one,
            verb=verb,
            sent=sent,
            most=WHY_AT_MOST,
            spots=claim.places_for(store, offices) if verb is RegistryVerb.MOVE else (),
            others=substitutes(store, one.id, offices, now_ms()) if verb is RegistryVerb.REPLACE else None,
        )

    @router.get("/devices/{device}/registry/{verb}")
    def sure(request: Request, device: str, verb: RegistryVerb, person: Technician) -> Response:
        """What would follow, and what there is to choose. Nothing is done yet."""
        return shown(request, found(request, device, verb, person), verb, person)

    @router.post("/devices/{device}/registry/{verb}")
    def do(
        request: Request,
        device: str,
        verb: RegistryVerb,
        person: Technician,
        place: Chosen = "",
        by: Chosen = "",
        why: Annotated[str, Form(max_length=WHY_AT_MOST)] = "",
    ) -> Response:
        """Do it, and lead to where it is told what became of it."""
        one, house, sent = found(request, device, verb, person), house_of(request), Sent(place, by, why)
        act = act_of(house, one, verb, person, sent)
        if act is None:
            return shown(request, one, verb, person, Sent(place, by, why, UNCHOSEN))
        try:
            outcome = registry.carry_out(house.store, act, person.shown_as, now_ms())
        except RegistryRefused as problem:
            return shown(request, one, verb, person, Sent(place, by, why, problem.reason))
        house.changes.tell(DEVICES)
        return RedirectResponse(told_at(outcome, person), 303)

    return router


def act_of(house: House, one: DeviceNow, verb: RegistryVerb, person: Person, sent: Sent) -> Act | None:
    """What is to be done; None where it is not said with whom, or where."""
    if verb is RegistryVerb.MOVE:
        office, _, counter = sent.place.partition("/")
        if not office or not person.belongs_to(office):
            return None
        return partial(registry.move, device=one.id, office=office, counter=counter or None, why=sent.why)
    if verb is RegistryVerb.REPLACE:
        others = substitutes(house.store, one.id, offices_of(person), now_ms())
        if sent.by not in [other.device for other in others.boards]:
            return None
        return partial(registry.replace, old=one.id, device=sent.by, why=sent.why)
    alone = {
        RegistryVerb.ROTATE: registry.rotate,
        RegistryVerb.REVOKE: registry.revoke,
        RegistryVerb.RETIRE: registry.retire,
    }
    return partial(alone[verb], device=one.id, why=sent.why)


def told_at(outcome: Outcome, person: Person) -> str:
    """Where it is told: at the device, or among all where it stands nowhere any more and this person may not see it."""
    done = f"done={outcome.word}&same={'' if outcome.changed else 'yes'}"
    if outcome.word is HistoryWord.RETIRED and person.office is not None:
        return f"/devices?{done}&device={quote(outcome.device)}"
    return f"/devices/{quote(outcome.device)}?{done}"


def offices_of(person: Person) -> list[str] | None:
    """The offices whose devices this person looks after; None: all."""
    return None if person.office is None else [person.office]
