"""Personal data: what of it is kept, of whom, in which columns, until when, and who sees it.

The page about personal data is made of this; a test holds it against every table of the schema. Not every row shows
whose it is: a dossier's code is personal, since the provincial system knows the person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.retention import Kept


class Whose(StrEnum):
    """Of whom data is."""

    RESIDENT = "resident"
    STAFF = "staff"


class Until(StrEnum):
    """Until when it is kept, where that is not so many days: pages have a sentence for each."""

    DAY_AFTER = "day_after"  # its day and one more
    WEEK = "week"
    HOUR = "hour"
    ACCOUNT = "account"
    THING = "thing"  # as long as what it was done to, or until the person is erased
    ENDED = "ended"
    CUT = "cut"


class Seen(StrEnum):
    """Who sees it on pages and through the API."""

    NOBODY = "nobody"
    STAFF = "staff"  # of that office
    SUPERVISORS = "supervisors"
    GROUPS = "groups"  # everybody, in groups of five
    TECHNICIANS = "technicians"
    ADMINISTRATORS = "administrators"
    ADDRESSED = "addressed"
    EVERYBODY = "everybody"


class Gone(StrEnum):
    """How it goes on request; by itself all of it goes when its time is over."""

    DOSSIER = "dossier"
    TICKET = "ticket"
    PERSON = "person"
    ITSELF = "itself"  # it names nobody
    PROOF = "proof"
    OFFICE = "office"


@dataclass(frozen=True)
class Record:
    """Data of one purpose: pages say what it is and why it is kept, under its name."""

    name: str
    whose: Whose
    until: Kept | Until
    seen: Seen
    gone: Gone
    columns: Mapping[str, str]
    files: str = ""

    @property
    def places(self) -> list[str]:
        """Where it lies: `table: column, column`, or files."""
        tables = [f"{table}: {', '.join(columns.split())}" for table, columns in self.columns.items()]
        return [*tables, *filter(None, [self.files])]


RESIDENT, STAFF = Whose.RESIDENT, Whose.STAFF
RECORDS = (
    Record(
        "ticket", RESIDENT, Kept.VISITS, Seen.STAFF, Gone.TICKET,
        {
            "tickets": "number priority senior taken_ms",
            "turns": "number priority",
            "reserved": "number priority",
            "desks": "number",
            "desk_news": "body",
            "promises": "number told_ms",
        },
    ),
    Record("card", RESIDENT, Until.DAY_AFTER, Seen.NOBODY, Gone.TICKET, {"events": "body with_holder"}),
    Record(
        "visit", RESIDENT, Kept.VISITS, Seen.STAFF, Gone.ITSELF,
        {"visits": "number called_ms finished_ms outcome wait_ms rated", "checkpoints": "state"},
    ),
    Record(
        "dossier", RESIDENT, Kept.DOSSIERS, Seen.STAFF, Gone.DOSSIER,
        {
            "dossiers": "code received_on due_on state agency finished_on returned_on supplements channel",
            "dossier_states": "code state since_ms",
        },
    ),
    Record("scan", RESIDENT, Kept.SCANS, Seen.STAFF, Gone.DOSSIER, {"visit_dossiers": "code scanned_ms"}),
    Record(
        "booking", RESIDENT, Kept.VISITS, Seen.STAFF, Gone.DOSSIER,
        {"bookings": "number code due_ms came_ms cancelled_ms"},
    ),
    Record(
        "rating", RESIDENT, Kept.RATINGS, Seen.GROUPS, Gone.ITSELF,
        {
            "ratings": "visit score pressed_ms",
            "rating_reasons": "rating said pressed_ms",
            "question_answers": "visit points answered_ms",
            "excluded_presses": "id",
        },
    ),
    Record("archive", RESIDENT, Kept.ARCHIVES, Seen.NOBODY, Gone.ITSELF, {}, "MOTCUA_ARCHIVE: *.parquet"),
    Record("event", RESIDENT, Kept.EVENTS, Seen.NOBODY, Gone.DOSSIER, {"events": "body reason", "collisions": "body"}),
    Record(
        "answer", RESIDENT, Until.WEEK, Seen.NOBODY, Gone.DOSSIER,
        {"api_answers": "body", "webhook_deliveries": "subject body"},
    ),
    Record("unreadable", RESIDENT, Kept.UNREADABLE, Seen.TECHNICIANS, Gone.DOSSIER, {"unreadable": "raw reason"}),
    Record(
        "account", STAFF, Until.ACCOUNT, Seen.ADMINISTRATORS, Gone.PERSON,
        {
            "users": "name shown_as password role office language signed_in_ms failures",
            "sessions": "token_hash user seen_ms means",
            "halfway": "token_hash person means",
            "second_steps": "person secret used_step",
            "paper_codes": "person hash used_ms",
            "identities": "issuer subject person seen_ms",
            "provider_sessions": "subject sid id_token",
            "api_tokens": "person",
        },
    ),
    Record("guess", STAFF, Until.HOUR, Seen.NOBODY, Gone.ITSELF, {"guessing_places": "place"}),
    Record(
        "badge", STAFF, Until.ACCOUNT, Seen.SUPERVISORS, Gone.PERSON,
        {"badges": "person number hash from_ms to_ms"},
    ),
    Record(
        "session", STAFF, Kept.VISITS, Seen.SUPERVISORS, Gone.PERSON,
        {"clerk_sessions": "person number began_ms ended_ms", "visits": "session"},
    ),
    Record(
        "deed", STAFF, Until.THING, Seen.STAFF, Gone.PERSON,
        {
            "alerts": "acknowledged_by",
            "claims": "made_by",
            "commands": "asked_by",
            "day_ends": "said_by",
            "device_history": "by",
            "device_moves": "by",
            "imports": "person",
            "network_changes": "by",
            "order_batches": "asked_by",
            "rating_exclusions": "decided_by why",
            "releases": "by",
            "rollout_steps": "by",
            "rollouts": "made_by made_as approved_by approved_as",
            "selftests": "by",
            "template_versions": "made_by",
        },
    ),
    Record("log", STAFF, Until.CUT, Seen.ADMINISTRATORS, Gone.PROOF, {"audit": "who name address thing was became"}),
    Record("letter", STAFF, Until.WEEK, Seen.ADDRESSED, Gone.ITSELF, {"mails": "address subject body"}),
    Record("addressee", STAFF, Until.ENDED, Seen.ADMINISTRATORS, Gone.OFFICE, {"report_schedules": "addresses"}),
    Record("contact", STAFF, Until.ENDED, Seen.EVERYBODY, Gone.OFFICE, {"privacy_notices": "contact"}),
)  # fmt: skip

DEEDS = {
    table: tuple(one for one in columns.split() if one not in ("why", "made_as", "approved_as"))
    for record in RECORDS
    if record.name == "deed"
    for table, columns in record.columns.items()
}
# Where somebody's name stands for what they did; `made_as` and `approved_as` are numbers, and stay different ones.


def of(whose: Whose) -> list[Record]:
    """The records of these people."""
    return [one for one in RECORDS if one.whose == whose]


def personal_columns() -> set[str]:
    """Every column that holds personal data, `table.column`."""
    return {
        f"{table}.{column}" for one in RECORDS for table, columns in one.columns.items() for column in columns.split()
    }
