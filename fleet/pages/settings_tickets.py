"""What stands on an office's tickets, in its languages, with the paper beside it as it will come out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import segno
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from fleet.clock import now_ms
from fleet.domain.rights import Permission, Person
from fleet.domain.ticket_drawn import NARROW, WIDE, WORDS, languages_of
from fleet.domain.ticket_texts import LANGUAGE
from fleet.flows.said_on_tickets import Said, drawn_at, said_at, say_on_tickets
from fleet.pages import forms
from fleet.pages.form_fields import Field, Fields
from fleet.pages.forms import Refusal, Sending, Sent, attempt
from fleet.pages.house import house_of
from fleet.pages.own_office import own_office
from fleet.pages.rights import allow
from fleet.pages.settings_frame import saved, settings_page
from fleet.store.places import OfficeRow
from protocols.ticket_words import TICKET_WORDS

Setter = Annotated[Person, Depends(allow(Permission.SET_UP_OFFICE))]
FIELDS = Fields("tickets", (*map(Field, TICKET_WORDS), Field("ticket_url"), Field("thanks")))
BESIDE = "en"
# Which language is offered beside the first even where nothing is said in it yet.
SAMPLE_CODE = "MC1:srv-1.1.1.42:7:k7m4qx2p9w3h6z8d"


@dataclass(frozen=True)
class TicketForm(forms.Form):
    """Words by their names; behind a dot stands the language."""

    def label(self, name: str) -> str:
        """As the word is called."""
        return f"{FIELDS.group}.{name.partition('.')[0]}"


def tickets_router() -> APIRouter:
    """The page, its form and the paper beside it."""
    router = APIRouter()

    def shown(
        request: Request,
        place: OfficeRow,
        asked: str = "",
        sent: Sent | None = None,
        refusal: Refusal | None = None,
        narrow: bool = False,
    ) -> Response:
        store, columns = house_of(request).store, NARROW if narrow else WIDE
        found = said_at(store, place.id)
        languages = languages_for(found.texts, asked, sent)
        form = ticket_form(found, languages, sent, refusal)
        drawn = found if sent is None else wanted_in(sent, languages)
        return settings_page(
            request,
            "settings/tickets.html",
            "tickets",
            place,
            form,
            languages=languages,
            words=TICKET_WORDS,
            usual=WORDS,
            lines=drawn_at(store, place.id, drawn, time_at(place), columns),
            columns=columns,
            qr=code_for(drawn.ticket_url),
        )

    @router.get("/settings/offices/{office}/tickets")
    def tickets(
        request: Request, office: str, person: Setter, language: Annotated[str, Query(max_length=3)] = ""
    ) -> Response:
        """The words as they are; `language` is one that is yet to be said."""
        return shown(request, own_office(request, office, person), language)

    @router.post("/settings/offices/{office}/tickets")
    def save_tickets(
        request: Request,
        office: str,
        person: Setter,
        sent: Sending,
        look: Annotated[str, Form()] = "",
    ) -> Response:
        """The words as somebody wants them; or only a look at the paper with them."""
        place, store = own_office(request, office, person), house_of(request).store
        if look:
            return shown(request, place, sent=sent, narrow=look == "narrow")
        wanted = wanted_in(sent, languages_for(said_at(store, office).texts, "", sent))
        refusal = attempt(lambda: say_on_tickets(store, office, wanted, now_ms(), sent.seen))
        if refusal is not None:
            return shown(request, place, sent=sent, refusal=refusal)
        return saved(request, request.url.path, office)

    return router


def languages_for(texts: Mapping[str, str], asked: str, sent: Sent | None) -> list[str]:
    """The languages beside the first that a form has: said already, asked for, or sent."""
    found = {*languages_of(texts), BESIDE, asked}
    found |= {name.rsplit(".", 1)[1] for name in ({} if sent is None else sent.typed) if "." in name}
    return sorted((one for one in found if LANGUAGE.fullmatch(one)), key=lambda one: (one != BESIDE, one))


def ticket_form(found: Said, languages: list[str], sent: Sent | None, refusal: Refusal | None) -> TicketForm:
    """The words in the first language and in these."""
    names = [f"{word}.{language}" for language in languages for word in TICKET_WORDS]
    now = {name: found.texts.get(name, "") for name in (*TICKET_WORDS, *names)}
    fields = Fields(FIELDS.group, (*FIELDS.each, *map(Field, names)))
    return TicketForm(fields, {**now, "ticket_url": found.ticket_url, "thanks": found.thanks}, found, sent, refusal)


def wanted_in(sent: Sent, languages: list[str]) -> Said:
    """What a form wants to be said."""
    names = [*TICKET_WORDS, *(f"{word}.{language}" for language in languages for word in TICKET_WORDS)]
    typed = {name: " ".join(sent.one(name).split()) for name in names if name in sent.typed}
    url, thanks = (" ".join(sent.one(name).split()) for name in ("ticket_url", "thanks"))
    return Said(url, thanks, typed)


def time_at(place: OfficeRow) -> str:
    """Now, as a ticket says it."""
    return f"{datetime.fromtimestamp(now_ms() / 1000, ZoneInfo(place.timezone)):%H:%M %d/%m/%Y}"


def code_for(address: str) -> Markup:
    """A code of the length that the ticket's will have."""
    code = segno.make((address + SAMPLE_CODE)[:200], error="l", micro=False)
    return Markup(code.svg_inline(svgclass="paper-code", lineclass=None, omitsize=True, light="#fff"))  # noqa: S704
