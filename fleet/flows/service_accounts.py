"""Services are given accounts, and lose them with all their tokens.

A token of a service does not end when the person leaves who made it; a token of a person does.
"""

import secrets
from collections.abc import Iterator

from fleet.domain.audit import What
from fleet.domain.unfit import Expected, refuse
from fleet.flows.tokens import TokenUnfit, is_line
from fleet.store import ledger, service_accounts, tokens, tree_parts
from fleet.store.database import Store
from fleet.store.service_accounts import ServiceRow

LONGEST_ABOUT = 200


def add_service(store: Store, name: str, about: str, unit: str | None, now_ms: int) -> ServiceRow:
    """A new account, of this unit's offices or of all. Raises TokenUnfit."""
    row = ServiceRow(secrets.token_hex(4), name, about, unit, now_ms)
    with store.writing() as connection:
        is_known = unit is None or bool(tree_parts.whole(connection, [unit]))
        refuse(wrong_with(name, about, unit, is_known))
        if not service_accounts.add(connection, row):
            raise TokenUnfit(f"name: there is a service {name!r} already", "name", Expected.TAKEN, found=name)
        ledger.note(connection, What.TOKEN_ADD_SERVICE, row.id, became={"name": name, "unit": unit})
    return row


def end_service(store: Store, service: str, now_ms: int) -> int:
    """The account is no more, and its tokens open nothing; how many that were. Raises TokenUnfit."""
    with store.writing() as connection:
        if not service_accounts.end(connection, service, now_ms):
            raise TokenUnfit(f"service: expected the id of one that is there, found {service[:40]!r}")
        ended = tokens.revoke_of_service(connection, service, now_ms)
        ledger.note(connection, What.TOKEN_END_SERVICE, service, became={"tokens": ended})
        return ended


def all_services(store: Store) -> list[ServiceRow]:
    """Every account that ever was, by name."""
    with store.reading() as connection:
        return service_accounts.everyone(connection)


def service_of(store: Store, said: str) -> str:
    """The id of the service of this id or name. Raises TokenUnfit."""
    with store.reading() as connection:
        found = service_accounts.of(connection, said) or service_accounts.named(connection, said)
    if found is None:
        raise TokenUnfit(f"service: expected one of `motcua tokens services`, found {said[:80]!r}", "service")
    return found.id


def wrong_with(name: str, about: str, unit: str | None, is_known: bool) -> Iterator[TokenUnfit]:
    """Why there can be no such account."""
    yield from is_line("name", name)
    if len(about) > LONGEST_ABOUT or not about.isprintable():
        text = f"about: expected one line of at most {LONGEST_ABOUT} letters, found {about[:80]!r}"
        yield TokenUnfit(text, "about", Expected.LINE, most=LONGEST_ABOUT)
    if not is_known:
        text = f"office: expected the id of an office or of a unit above some, found {unit or ''!r:.42}"
        yield TokenUnfit(text, "unit", Expected.UNIT)
