"""Programs get tokens, show them, and lose them. Each has an owner, and ends some day.

A token has 256 random bits, so the database keeps its SHA-256; a slow hash would add nothing.
"""

import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.api_rights import Caller, Scope
from fleet.domain.audit import What
from fleet.domain.org_tree import Kind, Tree
from fleet.domain.rights import Person
from fleet.domain.unfit import Expected, Unfit, refuse
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.sign_in import token_hash
from fleet.store import ledger, service_accounts, tokens, tree_parts
from fleet.store.database import Store
from fleet.store.service_accounts import ServiceRow
from fleet.store.tokens import TokenRow

PREFIX = "mc1_"
# So that a token that was committed or pasted by mistake is found by those who look for such.
LONGEST_NAME = 64
MOST_DAYS = 3650
DAY_MS = 86_400_000
SOON_MS = 14 * DAY_MS
USED_EVERY_MS = 60_000


class TokenUnfit(Unfit):
    """A token cannot be given or taken back as asked; the text says why."""


@dataclass(frozen=True)
class Issued:
    """A new token. `secret` is shown once; the fleet keeps only its hash."""

    row: TokenRow
    secret: str


def issue(
    store: Store,
    name: str,
    scopes: frozenset[Scope],
    unit: str | None,
    days: int,
    now_ms: int,
    service: str | None = None,
    person: Person | None = None,
    most_days: int = MOST_DAYS,
) -> Issued:
    """A new token, with these scopes, for so many days: of this service, or this person, or else of a service that is
    called like it, which there is from then on. Raises TokenUnfit.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    with store.writing() as connection:
        owner = None if service is None else owner_of(connection, service)
        unit = unit or (owner.unit if owner else None)
        is_known = unit is None or bool(tree_parts.whole(connection, [unit]))
        refuse(wrong_with(name, scopes, unit, days, is_known, most_days))
        if owner is not None:
            refuse_outside(connection, owner, unit, now_ms)
        elif person is None:
            owner = named_like(connection, name, unit, now_ms)
        belongs = {"service": owner.id if owner else None, "person": person.id if person and not owner else None}
        ends_ms, words = now_ms + days * DAY_MS, " ".join(sorted(scopes))
        row = TokenRow(secrets.token_hex(4), name, words, unit, now_ms, ends_ms, **belongs)  # type: ignore[arg-type]
        tokens.add(connection, row, token_hash(secret))
        said = {"name": name, "scopes": words, "unit": unit, "days": days, **belongs}
        ledger.note(connection, What.TOKEN_ISSUE, row.id, became=said)
    return Issued(row, secret)


def owner_of(connection: Connection, service: str) -> ServiceRow:
    """The account of this id. Raises TokenUnfit."""
    owner = service_accounts.of(connection, service)
    if owner is None:
        text = f"service: expected the id of one that is there, found {service[:40]!r}"
        raise TokenUnfit(text, "service", Expected.CHOICE)
    return owner


def named_like(connection: Connection, name: str, unit: str | None, now_ms: int) -> ServiceRow:
    """The account that is called like a token, made where there is none. Raises TokenUnfit."""
    found = service_accounts.named(connection, name)
    if found is not None:
        refuse_outside(connection, found, unit, now_ms)
        return found
    made = ServiceRow(secrets.token_hex(4), name, "", unit, now_ms)
    if not service_accounts.add(connection, made):
        raise TokenUnfit(f"name: the service {name!r} was ended", "name", Expected.TAKEN, found=name)
    return made


def refuse_outside(connection: Connection, owner: ServiceRow, unit: str | None, now_ms: int) -> None:
    """A token reaches no further than the service that it belongs to. Raises TokenUnfit."""
    if owner.unit is None or unit == owner.unit:
        return
    day = day_in_viet_nam(now_ms)
    above = {node.id for node in Tree(tree_parts.belonging(connection, unit)).path(unit, day)} if unit else set()
    if owner.unit not in above:
        text = f"office: expected {owner.unit} or one below it, where {owner.name!r} is, found {unit or 'everywhere'}"
        raise TokenUnfit(text, "unit", Expected.UNIT)


def wrong_with(
    name: str, scopes: Collection[Scope], unit: str | None, days: int, is_known: bool, most_days: int
) -> Iterator[TokenUnfit]:
    """Why there can be no such token. `is_known`: whether there is such a unit."""
    yield from is_line("name", name)
    if not scopes:
        yield TokenUnfit(f"scope: expected at least one of {', '.join(Scope)}, found none", "scopes", Expected.NEEDED)
    whole = sorted({Scope.WRITE_DOSSIERS, Scope.AUDIT} & set(scopes))
    if whole and unit is not None:
        text = f"scope: {' and '.join(whole)} concerns the whole province, so it takes no unit"
        yield TokenUnfit(text, "unit", Expected.WHOLE_PROVINCE)
    if not is_known:
        text = f"office: expected the id of an office or of a unit above some, found {unit or ''!r:.42}"
        yield TokenUnfit(text, "unit", Expected.UNIT)
    if not 1 <= days <= most_days:
        text = f"days: expected 1 to {most_days}, found {days}"
        yield TokenUnfit(text, "days", Expected.NUMBER, least=1, most=most_days)


def is_line(field: str, text: str) -> Iterator[TokenUnfit]:
    """Why this can be no name."""
    if not 1 <= len(text) <= LONGEST_NAME or not text.isprintable():
        found = f"{field}: expected 1 to {LONGEST_NAME} visible characters, found {text[:80]!r}"
        yield TokenUnfit(found, field, Expected.LINE if text.strip() else Expected.NEEDED, most=LONGEST_NAME)


def ends_soon(row: TokenRow, now_ms: int) -> bool:
    """Whether a token that holds yet is to be made anew in these days."""
    holds = row.revoked_ms is None and row.expires_ms is not None and row.expires_ms > now_ms
    return holds and (row.expires_ms or 0) - now_ms <= SOON_MS


def caller(store: Store, secret: str, now_ms: int) -> Caller | None:
    """Who shows this token; None if it is none, is over or was revoked."""
    with store.reading() as connection:
        row = tokens.by_hash(connection, token_hash(secret), now_ms)
        if row is None:
            return None
        offices = None if row.unit is None else offices_below(connection, row.unit, now_ms)
    if row.used_ms is None or now_ms - row.used_ms >= USED_EVERY_MS:
        with store.writing(alone=False) as connection:
            tokens.used(connection, row.id, now_ms)
            ledger.no_deed(connection)
    return Caller(row.id, row.name, frozenset(map(Scope, row.scopes.split())), offices)


def revoke(store: Store, token: str, now_ms: int) -> None:
    """The token opens nothing any more. Raises TokenUnfit."""
    with store.writing() as connection:
        if not tokens.revoke(connection, token, now_ms):
            raise TokenUnfit(f"token: expected the id of one that holds, found {token[:40]!r}")
        ledger.note(connection, What.TOKEN_REVOKE, token)


def all_tokens(store: Store) -> list[TokenRow]:
    """Every token that ever was, the oldest first."""
    with store.reading() as connection:
        return tokens.all_tokens(connection)


def offices_below(connection: Connection, unit: str, now_ms: int) -> frozenset[str]:
    """This office, or all that lie below this unit today."""
    tree, day = Tree(tree_parts.belonging(connection, unit)), day_in_viet_nam(now_ms)
    offices = {node.id for node in tree if node.kind is Kind.OFFICE and node.valid_on(day)}
    return frozenset(one for one in offices if unit in {node.id for node in tree.path(one, day)})
