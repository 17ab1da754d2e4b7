"""People: who may sign in, as what, where; a one-time password is shown once, on the page that answers the form."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Depends, Form, HTTPException, Path, Query, Request
from fastapi.responses import Response

from fleet.clock import now_ms
from fleet.domain.column_limits import LARGEST_INTEGER
from fleet.domain.procedure_search import plain, words_of
from fleet.domain.rights import Permission, Person, Role
from fleet.domain.staff import may_give, roles_to_give
from fleet.flows import equip, people, set_up_second_step
from fleet.flows.sign_in import NoSuchPerson
from fleet.pages import forms
from fleet.pages.form_fields import Field, Fields
from fleet.pages.forms import Refusal, Sending, Sent, attempt
from fleet.pages.house import House, house_of
from fleet.pages.rights import LINE, allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.pages.single_sign_on_page import identity_of
from fleet.store.staff import StaffRow

Manager = Annotated[Person, Depends(allow(Permission.MANAGE_PEOPLE, recent=True))]
Number = Annotated[int, Path(ge=1, le=LARGEST_INTEGER)]
# A larger one fits no column.
Verb = Literal["password", "unlock", "keep_out", "let_in", "second_step", "part"]

FIELDS = Fields("person", tuple(map(Field, ("name", "shown_as", "role", "office", "language"))))
CHANGED = Fields("person", FIELDS.each[1:])
SHOWN_AT_MOST = 100
EVERYWHERE = "*"


def people_router() -> APIRouter:
    """The list, and a page for each."""
    router = APIRouter()

    @router.get("/settings/people")
    def everybody(request: Request, by: Manager, q: Annotated[str, Query(max_length=80)] = "") -> Response:
        """Those whom this person looks after, by name."""
        staff = people.staff_of(house_of(request).store, by)
        found = [one for one in staff if fits(one, q)]
        return settings_page(
            request,
            "settings/people.html",
            "people",
            q=q,
            all=len(staff),
            found=len(found),
            people=found[:SHOWN_AT_MOST],
            with_second_step=set_up_second_step.who_has(house_of(request).store),
        )

    def asked(request: Request, by: Person, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        now = {"name": "", "shown_as": "", "role": "", "office": by.office or "", "language": by.language}
        form = forms.Form(FIELDS, now, "new", sent, refusal)
        return settings_page(request, "settings/person_new.html", "people", form=form, **offered(request, by))

    @router.get("/settings/people/new")
    def new_person(request: Request, by: Manager) -> Response:
        """The form of somebody new."""
        return asked(request, by)

    @router.post("/settings/people/new")
    async def take_in(request: Request, by: Manager, sent: Sending) -> Response:
        """Somebody new, and the password to hand over."""

        def work() -> Response:
            house, wanted, made = house_of(request), wanted_in(sent), list[str]()
            refusal = attempt(lambda: made.append(people.take_in(house.store, wanted, languages(house), now_ms(), by)))
            if refusal is not None:
                return asked(request, by, sent, refusal)
            return handed_over(request, wanted.name, Role(wanted.role), made[0])

        return await in_line(work)

    def one(request: Request, number: int, by: Person) -> StaffRow:
        try:
            return people.one_of(house_of(request).store, number, by)
        except NoSuchPerson:
            raise HTTPException(404) from None

    def shown(
        request: Request, row: StaffRow, by: Person, sent: Sent | None = None, refusal: Refusal | None = None
    ) -> Response:
        now = {"shown_as": row.shown_as, "role": row.role.value, "language": row.language}
        form = forms.Form(CHANGED, {**now, "office": row.office or EVERYWHERE}, people.what_is_set(row), sent, refusal)
        more = offered(request, by, row)
        more["has_second_step"] = row.id in set_up_second_step.who_has(house_of(request).store)
        more["identity"] = identity_of(house_of(request), row.id)
        return settings_page(request, "settings/person.html", "people", form=form, row=row, by=by, **more)

    @router.get("/settings/people/{number}")
    def one_person(request: Request, number: Number, by: Manager) -> Response:
        """What somebody is, and how it stands with signing in."""
        return shown(request, one(request, number, by), by)

    @router.post("/settings/people/{number}")
    def change(request: Request, number: Number, by: Manager, sent: Sending) -> Response:
        """Make somebody what is wanted."""
        house, row, wanted = house_of(request), one(request, number, by), wanted_in(sent)
        refusal = attempt(lambda: people.change(house.store, number, wanted, languages(house), sent.seen, by, now_ms()))
        return saved(request, request.url.path) if refusal is None else shown(request, row, by, sent, refusal)

    @router.post("/settings/people/{number}/acts")
    async def act(request: Request, number: Number, by: Manager, verb: Annotated[Verb, Form()]) -> Response:
        """A new password, an end to waiting, or to signing in at all."""

        def work() -> Response:
            store, row, told = house_of(request).store, one(request, number, by), list[str]()
            acts: dict[Verb, Callable[[], object]] = {
                "password": lambda: told.append(people.new_password(store, number, now_ms(), by)),
                "let_in": lambda: told.append(people.let_in_again(store, number, now_ms(), by)),
                "keep_out": lambda: people.keep_out(store, number, now_ms(), by),
                "second_step": lambda: set_up_second_step.take_away(store, number, by),
                "unlock": lambda: people.unlock(store, number, by),
                "part": lambda: people.part_identities(store, number, by),
            }
            refusal = attempt(acts[verb])
            if refusal is not None:
                return shown(request, row, by, None, refusal)
            if told:
                return handed_over(request, row.name, row.role, told[0])
            return saved(request, f"/settings/people/{number}")

        return await in_line(work)

    return router


async def in_line(work: Callable[[], Response]) -> Response:
    """What may hash a password waits in the line of those who sign in."""
    return await anyio.to_thread.run_sync(work, limiter=LINE)


def handed_over(request: Request, name: str, role: Role, password: str) -> Response:
    """The page with a password that is shown this once."""
    return settings_page(
        request, "settings/password_once.html", "people", status=201, name=name, role=role, password=password
    )


def wanted_in(sent: Sent) -> people.Wanted:
    """What a form wants somebody to be."""
    typed = {name: str(value) for name, value in FIELDS.read(sent.typed).items()}
    office = typed.pop("office")
    return people.Wanted(**typed, office=None if office == EVERYWHERE else office)


def offered(request: Request, by: Person, row: StaffRow | None = None) -> dict[str, Any]:
    """What the form of a person offers to whoever fills it in."""
    house = house_of(request)
    roles = [role for role in Role if role in roles_to_give(by) or (row is not None and role is row.role)]
    offices = {one.id: one.name for one in equip.all_offices(house.store) if by.belongs_to(one.id)}
    may_change = row is None or may_give(by, row.role, row.office)
    return {"roles": roles, "offices": offices, "is_everywhere": by.office is None, "may_change": may_change}


def languages(house: House) -> tuple[str, ...]:
    """The languages in which there are pages."""
    return tuple(house.wordings)


def fits(row: StaffRow, q: str) -> bool:
    """Whether some word of somebody begins with each of these, accents or not."""
    words = [plain(word) for word in words_of(f"{row.name} {row.shown_as} {row.office or ''} {row.office_name}")]
    return all(any(word.startswith(plain(begun)) for word in words) for begun in words_of(q))
