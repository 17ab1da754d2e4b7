"""Programs get tokens, show them, and lose them.

A token has 256 random bits, so the database keeps its SHA-256; a slow hash would add nothing.
"""

import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.api_rights import Caller, Scope
from fleet.domain.org_tree import Kind, Tree
from fleet.domain.unfit import Expected, Unfit, refuse
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.sign_in import token_hash
from fleet.store import tokens, tree_parts
from fleet.store.database import Store
from fleet.store.tokens import TokenRow

PREFIX = "mc1_"
# So that a token that was committed or pasted by mistake is found by those who look for such.
LONGEST_NAME = 64
MOST_DAYS = 3650
DAY_MS = 86_400_000
USED_EVERY_MS = 60_000


class TokenUnfit(Unfit):
    """A token cannot be given or taken back as asked; the text says why."""


@dataclass(frozen=True)
class Issued:
    """A new token. `secret` is shown once; the fleet keeps only its hash."""

    row: TokenRow
    secret: str


def issue(store: Store, name: str, scopes: frozenset[Scope], unit: str | None, days: int | None, now_ms: int) -> Issued:
    """A new token for a program, with these scopes, for so many days (None: until it is revoked). Raises TokenUnfit."""
    with store.reading() as connection:
        is_known = unit is None or bool(tree_parts.whole(connection, [unit]))
    refuse(wrong_with(name, scopes, unit, days, is_known))
    secret = PREFIX + secrets.token_urlsafe(32)
    words = " ".join(sorted(scopes))
    expires_ms = None if days is None else now_ms + days * DAY_MS
    row = TokenRow(secrets.token_hex(4), name, words, unit, now_ms, expires_ms)
    with store.writing() as connection:
        tokens.add(connection, row, token_hash(secret))
    return Issued(row, secret)


def wrong_with(
    name: str, scopes: Collection[Scope], unit: str | None, days: int | None, is_known: bool
) -> Iterator[TokenUnfit]:
    """Why there can be no such token. `is_known`: whether there is such a unit."""
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        text = f"name: expected 1 to {LONGEST_NAME} visible characters, found {name[:80]!r}"
        yield TokenUnfit(text, "name", Expected.LINE if name.strip() else Expected.NEEDED, most=LONGEST_NAME)
    if not scopes:
        yield TokenUnfit(f"scope: expected at least one of {', '.join(Scope)}, found none", "scopes", Expected.NEEDED)
    if Scope.WRITE_DOSSIERS in scopes and unit is not None:
        text = "scope: write-dossiers concerns the whole province, so it takes no unit"
        yield TokenUnfit(text, "unit", Expected.WHOLE_PROVINCE)
    if not is_known:
        text = f"office: expected the id of an office or of a unit above some, found {unit or ''!r:.42}"
        yield TokenUnfit(text, "unit", Expected.UNIT)
    if days is not None and not 1 <= days <= MOST_DAYS:
        text = f"days: expected 1 to {MOST_DAYS}, found {days}"
        yield TokenUnfit(text, "days", Expected.NUMBER, least=0, most=MOST_DAYS)


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
    return Caller(row.id, row.name, frozenset(map(Scope, row.scopes.split())), offices)


def revoke(store: Store, token: str, now_ms: int) -> None:
    """The token opens nothing any more. Raises TokenUnfit."""
    with store.writing() as connection:
        if not tokens.revoke(connection, token, now_ms):
            raise TokenUnfit(f"token: expected the id of one that holds, found {token[:40]!r}")


def all_tokens(store: Store) -> list[TokenRow]:
    """Every token that ever was, the oldest first."""
    with store.reading() as connection:
        return tokens.all_tokens(connection)


def offices_below(connection: Connection, unit: str, now_ms: int) -> frozenset[str]:
    """This office, or all that lie below this unit today."""
    tree, day = Tree(tree_parts.belonging(connection, unit)), day_in_viet_nam(now_ms)
    offices = {node.id for node in tree if node.kind is Kind.OFFICE and node.valid_on(day)}
    return frozenset(one for one in offices if unit in {node.id for node in tree.path(one, day)})
