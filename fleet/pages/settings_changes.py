"""The log of changes: who changed what and when, and who looked at whose data; of the own office, or of all."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from fleet.domain.audit import Entry, What
from fleet.domain.day import bounds
from fleet.domain.retention import VIET_NAM
from fleet.domain.rights import Permission, Person
from fleet.flows import audit
from fleet.pages.house import house_of
from fleet.pages.rights import allow
from fleet.pages.settings_frame import settings_page
from fleet.store.audit import EVER, Asked

Viewer = Annotated[Person, Depends(allow(Permission.SEE_CHANGES))]
Word = Annotated[str, Query(max_length=80)]
KINDS = tuple(dict.fromkeys(what.value.partition(".")[0] for what in What))
SHOWN = 50


@dataclass(frozen=True)
class Looked:
    """What somebody looks for."""

    kind: str
    who: str
    thing: str
    office: str
    day: str

    def asked(self, before: int) -> Asked:
        """As the log is asked; one more than is shown."""
        since, until = bounds(self.day, VIET_NAM) if self.day else (0, EVER)
        return Asked(self.kind, self.who, self.thing, self.office or None, since, until, before, SHOWN + 1)

    def query(self, before: int) -> str:
        """The address of what is older."""
        return urlencode({**vars(self), "before": before})


def changes_router() -> APIRouter:
    """The page."""
    router = APIRouter()

    @router.get("/settings/changes")
    def changes_page(
        request: Request,
        person: Viewer,
        kind: Word = "",
        who: Word = "",
        thing: Word = "",
        office: Word = "",
        day: Word = "",
        before: Annotated[int, Query(ge=0, le=EVER)] = EVER,
    ) -> Response:
        """The last entries that fit, the newest first."""
        looked = Looked(kind if kind in KINDS else "", who.strip(), thing.strip(), office.strip(), fit(day))
        found = audit.entries(house_of(request).store, looked.asked(before), person)
        rows = [(one, list(differences(one))) for one in found[:SHOWN]]
        older = looked.query(rows[-1][0].number) if len(found) > SHOWN else ""
        return settings_page(
            request, "settings/changes.html", "changes", rows=rows, older=older, looked=looked, kinds=KINDS
        )

    return router


def fit(day: str) -> str:
    """The day if it is one, else none."""
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return ""


def differences(one: Entry) -> Iterator[tuple[str, str, str]]:
    """(name, as it was, as it became) of what an entry tells."""
    was, became = json.loads(one.was), json.loads(one.became)
    for name in {**was, **became}:
        before, after = told(was.get(name)), told(became.get(name))
        if before or after:
            yield name, before, after


def told(value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
