"""The tree of units: walked through, taken away as a file, and changed by a file whose changes are seen before."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, HTTPException, Query, Request, UploadFile
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.file_errors import BadFile
from fleet.domain.rights import Permission, Person
from fleet.domain.seen import ChangedMeanwhile
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.look_at_units import look_at
from fleet.flows.place import add_office
from fleet.flows.separated_text import ENCODINGS
from fleet.flows.try_units import try_units
from fleet.flows.units import export_units, import_content
from fleet.pages.form_fields import Field, Fields
from fleet.pages.forms import Form, Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.rights import allow, language
from fleet.pages.settings_frame import saved, settings_page

KIB = 1024
UPLOAD_AT_MOST = 680 * KIB
# The file goes back and forth with the question whether to take it, a third larger; a body may have 1 MiB.
NEW = Fields("set_place", (Field("id"), Field("name"), Field("hotline")))
EMPTY = {"id": "", "name": "", "hotline": ""}

# The tree is of all offices.
Manager = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE, everywhere=True))]
Word = Annotated[str, FormField(max_length=64)]


def units_router() -> APIRouter:
    """The tree, its file, the two steps of an import, and an office that no file names."""
    router = APIRouter()

    @router.get("/settings/units")
    def units_page(request: Request, person: Manager, unit: Annotated[str, Query(max_length=32)] = "") -> Response:
        """A unit and what is around it; first what stands above all others."""
        found = look_at(house_of(request).store, unit or None, day_in_viet_nam(now_ms()))
        if found is None:
            raise HTTPException(404)
        return settings_page(request, "settings/units.html", "units", seen=found)

    @router.get("/settings/units.csv")
    def units_file(request: Request, person: Manager) -> Response:
        """The whole tree as a file, as it comes in again."""
        told = {"Content-Disposition": 'attachment; filename="don-vi.csv"'}
        return Response(export_units(house_of(request).store), 200, told, "text/csv; charset=utf-8")

    def asked(request: Request, errors: list[str] | None = None, outdated: bool = False) -> Response:
        status = 409 if outdated else 422 if errors else 200
        return settings_page(
            request,
            "settings/units_import.html",
            "units",
            status=status,
            most=UPLOAD_AT_MOST // KIB,
            errors=errors or [],
            outdated=outdated,
            encodings=ENCODINGS,
        )

    @router.get("/settings/units/import")
    def import_page(request: Request, person: Manager) -> Response:
        """The form for a file."""
        return asked(request)

    @router.post("/settings/units/import")
    def try_file(
        request: Request,
        person: Manager,
        file: Annotated[UploadFile | None, File()] = None,
        encoding: Word = "",
        whole: Word = "",
    ) -> Response:
        """What the file would change, or what is wrong with it, row by row. Nothing is changed yet."""
        content = file.file.read(UPLOAD_AT_MOST + 1) if file is not None else b""
        name = (file.filename or "").strip()[:80] if file is not None else ""
        if len(content) > UPLOAD_AT_MOST or not name:
            return asked(request, [f"size:{UPLOAD_AT_MOST // KIB}" if name else "none"])
        try:
            tried = try_units(house_of(request).store, name, content, now_ms(), encoding or None, bool(whole))
        except BadFile as problem:
            return asked(request, problem.said(language(request)))
        held = urlsafe_b64encode(content).decode()
        told: dict[str, Any] = {"tried": tried, "name": name, "held": held, "encoding": encoding, "whole": bool(whole)}
        return settings_page(request, "settings/units_tried.html", "units", **told)

    @router.post("/settings/units")
    def take_file(
        request: Request,
        person: Manager,
        held: Annotated[str, FormField()] = "",
        name: Annotated[str, FormField(max_length=80)] = "",
        encoding: Word = "",
        whole: Word = "",
        seen: Word = "",
    ) -> Response:
        """The file that was tried is taken over, if the tree is still the one that it was tried on."""
        try:
            content = urlsafe_b64decode(held.encode())
            import_content(
                house_of(request).store, name, content, person.name, now_ms(), encoding or None, bool(whole), seen
            )
        except (NotBase64, ValueError):
            raise HTTPException(400) from None
        except ChangedMeanwhile:
            return asked(request, outdated=True)
        except BadFile as problem:
            return asked(request, problem.said(language(request)))
        return saved(request, "/settings/units")

    def new_office(request: Request, sent: Sent | None = None, refusal: Refusal | None = None) -> Response:
        form = Form(NEW, EMPTY, EMPTY, sent, refusal)
        return settings_page(request, "settings/office_new.html", "units", form=form)

    @router.get("/settings/units/office")
    def office_form(request: Request, person: Manager) -> Response:
        """The form of an office that no file names."""
        return new_office(request)

    @router.post("/settings/units/office")
    def make_office(request: Request, person: Manager, sent: Sending) -> Response:
        """A new office."""
        wanted = {name: str(value) for name, value in NEW.read(sent.typed).items()}
        made = wanted["id"]
        store = house_of(request).store
        refusal = attempt(lambda: add_office(store, made, wanted["name"], wanted["hotline"], now_ms()))
        if refusal is not None:
            return new_office(request, sent, refusal)
        return RedirectResponse(f"/settings/offices/{made}?saved=1", 303)

    return router
