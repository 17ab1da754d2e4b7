"""Reports of a period as files: to sign, to calculate with, to publish."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from fleet.api.answers import etag, matches
from fleet.api.period_names import PeriodName, period_of
from fleet.api.place_routes import OfficeId, office_seen
from fleet.api.rules import AtDoor, Calling, RuledRoute, rule
from fleet.domain.api_rights import Scope
from fleet.domain.indicator_texts import LANGUAGES
from fleet.flows.report import report
from fleet.flows.report_files import MEDIA_TYPES, Form, file_of

router = APIRouter(route_class=RuledRoute, tags=["reports"])

FILES = {
    media_type.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()
}


@router.get(
    "/offices/{office}/reports/{form}",
    operation_id="getReport",
    summary="The report of a period as a file",
    response_class=Response,
    responses={200: {"description": "The file.", "content": FILES}},
)
@rule(Scope.READ)
def get_report(
    request: Request,
    door: AtDoor,
    caller: Calling,
    office: OfficeId,
    form: Annotated[Form, Path(description="`pdf` to sign, `xlsx` to calculate with, `csv` as open data.")],
    period: PeriodName = None,
    language: Annotated[
        str, Query(description="`vi` or `en`; open data is the same in both.", pattern=f"^({'|'.join(LANGUAGES)})$")
    ] = LANGUAGES[0],
) -> Response:
    """Waits, ratings in whole groups of five, official indicators; a figure of fewer than five is not said."""
    row = office_seen(door, caller, office)
    found = report(door.store, row.id, period_of(door, period), door.clock())
    tag = etag(f"{form} {language} {found!r}")
    told = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(None, 304, told)
    made = file_of(found, form, language)
    told["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return Response(made.content, 200, told, made.media_type)
