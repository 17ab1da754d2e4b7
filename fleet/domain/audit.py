"""The log of everything that changes something: what an entry says, and how each holds the one before it.

Entries are numbered without a gap. The hash of an entry is over all that it says and over the hash before it, so an
entry that is changed, left out, put in or put elsewhere no longer fits those after it. What is cut off at the end fits
what is left: that is noticed by whoever kept the number and the hash of the last entry.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields, replace
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

BEGINNING = "0" * 64
# The hash before the first entry.
FORM = "motcua-audit-1"
LONGEST_VALUE = 120

Values = Mapping[str, object]


class What(StrEnum):
    """What was done, of a closed list: first to what, then what."""

    USER_ADD = "user.add"
    USER_CHANGE = "user.change"
    USER_KEEP_OUT = "user.keep-out"
    USER_LET_IN = "user.let-in"
    USER_PASSWORD = "user.password"  # noqa: S105 (a word of the log)
    USER_UNLOCK = "user.unlock"
    USER_LOCKED = "user.locked"
    USER_SECOND_STEP = "user.second-step"
    USER_PAPER_CODES = "user.paper-codes"
    USER_ONE_STEP = "user.one-step"
    USER_ASK_SECOND_STEP = "user.ask-second-step"
    USER_CONNECT = "user.connect"
    USER_PART = "user.part"
    USER_EXPORT = "user.export"
    USER_ERASE = "user.erase"
    SESSION_OPEN = "session.open"
    SESSION_END = "session.end"
    BADGE_GIVE = "badge.give"
    BADGE_TAKE_BACK = "badge.take-back"
    TOKEN_ISSUE = "token.issue"  # noqa: S105 (a word of the log)
    TOKEN_REVOKE = "token.revoke"  # noqa: S105 (a word of the log)
    TOKEN_ADD_SERVICE = "token.add-service"  # noqa: S105 (a word of the log)
    TOKEN_END_SERVICE = "token.end-service"  # noqa: S105 (a word of the log)
    WEBHOOK_ADD = "webhook.add"
    WEBHOOK_PAUSE = "webhook.pause"
    WEBHOOK_RESUME = "webhook.resume"
    WEBHOOK_REMOVE = "webhook.remove"
    WEBHOOK_TEST = "webhook.test"
    OFFICE_ADD = "office.add"
    OFFICE_CHANGE = "office.change"
    OFFICE_PUBLISH = "office.publish"
    OFFICE_PRIVACY = "office.privacy"
    OFFICE_TICKETS = "office.tickets"
    OFFICE_SIGN_IN = "office.sign-in"
    SERVICE_ADD = "service.add"
    SERVICE_CHANGE = "service.change"
    SERVICE_MOVE = "service.move"
    SERVICE_OFFER = "service.offer"
    COUNTER_ADD = "counter.add"
    COUNTER_CHANGE = "counter.change"
    COUNTER_MOVE = "counter.move"
    COUNTER_CLOSE = "counter.close"
    COUNTER_OPEN = "counter.open"
    KIOSK_CHANGE = "kiosk.change"
    QUEUE_CHANGE = "queue.change"
    CALENDAR_CHANGE = "calendar.change"
    CALENDAR_IMPORT = "calendar.import"
    ALERT_LIMITS = "alert.limits"
    ALERT_ACKNOWLEDGE = "alert.acknowledge"
    UNIT_IMPORT = "unit.import"
    PROCEDURE_IMPORT = "procedure.import"
    DOSSIER_IMPORT = "dossier.import"
    DOSSIER_PUSH = "dossier.push"
    DOSSIER_ERASE = "dossier.erase"
    TICKET_EXPORT = "ticket.export"
    TICKET_ERASE = "ticket.erase"
    BOOKING_ADD = "booking.add"
    BOOKING_CANCEL = "booking.cancel"
    RATING_REVIEW = "rating.review"
    REPORT_SCHEDULE = "report.schedule"
    REPORT_UNSCHEDULE = "report.unschedule"
    MAIL_AGAIN = "mail.again"
    DEVICE_ENROL = "device.enrol"
    DEVICE_PASSWORD = "device.password"  # noqa: S105 (a word of the log)
    DEVICE_REVOKE = "device.revoke"
    DEVICE_MOVE = "device.move"
    DEVICE_REPLACE = "device.replace"
    DEVICE_ROTATE = "device.rotate"
    DEVICE_RETIRE = "device.retire"
    DEVICE_CONFIGURE = "device.configure"
    DEVICE_ORDER = "device.order"
    DEVICE_SELFTEST = "device.selftest"
    ORDER_GIVE = "order.give"
    ORDER_STOP = "order.stop"
    CLAIM_MAKE = "claim.make"
    CLAIM_WITHDRAW = "claim.withdraw"
    NETWORK_CHANGE = "network.change"
    NETWORK_WITHDRAW = "network.withdraw"
    TEMPLATE_PUBLISH = "template.publish"
    TEMPLATE_KEEP = "template.keep"
    RELEASE_PUBLISH = "release.publish"
    ROLLOUT_START = "rollout.start"
    ROLLOUT_APPROVE = "rollout.approve"
    ROLLOUT_PAUSE = "rollout.pause"
    ROLLOUT_RESUME = "rollout.resume"
    ROLLOUT_ABORT = "rollout.abort"
    ROLLOUT_RETRY = "rollout.retry"
    DATA_PURGE = "data.purge"
    DATA_RELINK = "data.relink"
    DATA_BACKUP = "data.backup"
    DATA_ARCHIVE = "data.archive"
    DATA_RESTORED = "data.restored"
    DATA_TAKEN_BACK = "data.taken-back"
    DATA_REPLAY = "data.replay"
    SEEN_CLERK = "seen.clerk"
    SEEN_VISIT = "seen.visit"
    SEEN_DOSSIER = "seen.dossier"
    SEEN_EXPORT = "seen.export"
    AUDIT_EXPORT = "audit.export"
    AUDIT_CUT = "audit.cut"
    OTHER_CHANGE = "other.change"
    """Somebody changed something that no flow gave a name; `became` names the tables."""

    @property
    def kind(self) -> str:
        """What `thing` is the id of: `user`, `device`."""
        first, _, second = self.value.partition(".")
        return second if first == "seen" else first


@dataclass(frozen=True)
class Doer:
    """Who does something: `user:7` called lan, `token:…`, `command:…`, `service:…`; by which door, and from where."""

    who: str
    name: str
    how: str
    address: str = ""


SERVICE = Doer("service:motcua", "motcua", "worker")


@dataclass(frozen=True)
class Entry:
    """An entry as it is kept. `was` and `became` are JSON of what changed; `thing` is an id of what `what` names."""

    number: int
    at_ms: int
    who: str
    name: str
    how: str
    address: str
    what: str
    thing: str
    office: str | None
    was: str
    became: str
    before_hash: str
    hash: str

    def right_hash(self) -> str:
        """The hash of all that stands before it."""
        said = [FORM, *astuple(self)[:-1]]
        return sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    def sealed(self) -> "Entry":
        """The same with its hash."""
        return replace(self, hash=self.right_hash())

    def line(self) -> str:
        """As JSON, in one line."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Head:
    """The last entry: its number and its hash. Before the first one: 0 and BEGINNING."""

    number: int = 0
    hash: str = BEGINNING

    def line(self) -> str:
        """As it is kept elsewhere: `128 9f2c…`."""
        return f"{self.number} {self.hash}"


class BrokenChain(ValueError):
    """An entry is not what it must be; the text says what was found and expected. `number`: of which entry."""

    def __init__(self, number: int, expected: str, found: str) -> None:
        super().__init__(f"entry {number}: expected {expected}, found {found}")
        self.number = number


class BadAuditFile(ValueError):
    """A file is no export of this log, or no kept head."""


def head_of(line: str) -> Head:
    """A head that was kept. Raises BadAuditFile."""
    number, _, digest = line.strip().partition(" ")
    if not (number.isascii() and number.isdecimal()) or len(digest) != len(BEGINNING) or not is_hex(digest):
        raise BadAuditFile(f"head: expected a number and 64 hexadecimal digits, found {line.strip()[:80]!r}")
    return Head(int(number), digest)


def is_hex(text: str) -> bool:
    """Whether it is made of hexadecimal digits as hashes are written here."""
    return not text.strip("0123456789abcdef")


def entry_of(line: str, row: int) -> Entry:
    """An entry that was exported. Raises BadAuditFile."""
    try:
        said = json.loads(line)
    except ValueError:
        raise BadAuditFile(f"line {row}: expected an entry as JSON, found {line[:60]!r}") from None
    known = {one.name for one in fields(Entry)}
    if not isinstance(said, dict) or said.keys() != known or not isinstance(said["number"], int):
        raise BadAuditFile(f"line {row}: expected an entry with {', '.join(sorted(known))}, found {line[:60]!r}")
    return Entry(**said)


def walk(entries: Iterable[Entry], kept: Head | None = None, before: Head | None = None, whole: bool = True) -> Head:
    """Walk along the chain, behind `before` or from the oldest entry there is; its head. Raises BrokenChain.

    `whole`: a chain whose old end was cut off must itself say so, further on: through which entry, and what that one's
    hash was. `kept` is a head that somebody wrote down: the chain must still have that entry, or say that it was cut.
    """
    cuts: set[Head] = set()
    first, last = before, before
    met = before if kept is not None else None
    for entry in entries:
        if last is None:
            first = last = met = Head(entry.number - 1, entry.before_hash)
        check(entry, last)
        last = Head(entry.number, entry.hash)
        cuts |= cut_in(entry)
        if kept is not None and last.number == kept.number:
            met = last
    if whole and before is None and first is not None and first != Head() and first not in cuts:
        expected = "number 1, or a later entry that says what was cut off before it"
        raise BrokenChain(first.number + 1, expected, f"the chain beginning here, behind {first.hash[:16]}")
    last = last or Head()
    if kept is not None:
        check_kept(kept, first or Head(), met or Head(), last)
    return last


def check_kept(kept: Head, first: Head, met: Head, last: Head) -> None:
    """Whether a chain from `first` to `last` has the head that was kept; `met`: what it has there. Raises."""
    if kept.number > last.number:
        raise BrokenChain(kept.number, f"the hash {kept.hash[:16]}, which was kept", f"an end at {last.number}")
    if kept.number >= first.number and kept.number == met.number and kept.hash != met.hash:
        raise BrokenChain(kept.number, f"the hash {kept.hash[:16]}, which was kept", met.hash[:16])


def check(entry: Entry, last: Head) -> None:
    """Whether it is the entry behind that one. Raises BrokenChain."""
    if entry.number != last.number + 1:
        raise BrokenChain(last.number + 1, "the next number", f"number {entry.number}")
    if entry.before_hash != last.hash:
        found = f"one that follows {entry.before_hash[:16]}"
        raise BrokenChain(entry.number, f"one that follows {last.hash[:16]}", found)
    if (right := entry.right_hash()) != entry.hash:
        raise BrokenChain(entry.number, f"the hash {right[:16]} of what it says", entry.hash[:16])


def cut_in(entry: Entry) -> set[Head]:
    """What this entry says was cut off at the old end."""
    if entry.what != What.AUDIT_CUT:
        return set()
    said = json.loads(entry.became)
    return {Head(said["through"], said["hash"])}


def what_changed(before: Values, after: Values) -> tuple[dict[str, object], dict[str, object]]:
    """What differs, as it was and as it became."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {n: before[n] for n in names if n in before}, {n: after[n] for n in names if n in after}


def as_kept(said: Values) -> str:
    """Values as an entry keeps them: JSON in one order, with texts no longer than what a person reads."""
    return json.dumps({name: short(value) for name, value in said.items()}, sort_keys=True, ensure_ascii=False)


def short(value: object) -> object:
    """The value; of a text its beginning, of what is no JSON its text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): short(one) for name, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(str(short(one)) for one in value)
    if isinstance(value, list | tuple):
        return [short(one) for one in value]
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def network_part(host: str) -> str:
    """The network of an address, `10.20.30.0/24`; of what is no address nothing. It does not say whose machine."""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def mark_of_dossier(code: str) -> str:
    """Stands for a dossier in the log: enough to ask who looked at one whose code is known, too little to find it."""
    return sha256(f"motcua dossier {code}".encode()).hexdigest()[:8]
