"""That a rollout stopped by itself, and what somebody decided then, is told by webhooks and by e-mail, once.

Of an office's own rollout its addresses hear, and those of all offices; of any other everybody who hears of alerts.
"""

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import Connection

from fleet.domain.day import shown_time
from fleet.domain.letters import Letter
from fleet.domain.rollout_harm import Why
from fleet.domain.rollout_letters import LANGUAGES, as_data, settled_letter, stopped_letter, what_it_is, why_said
from fleet.flows import mails
from fleet.flows.rollout_kinds import KINDS
from fleet.flows.tell_fleet import ABOUT, USEFUL_FOR_MS, readers
from fleet.flows.webhooks import ROLLOUT_SETTLED, ROLLOUT_STOPPED, said
from fleet.store import webhooks
from fleet.store.rollouts import RolloutRow

Wording = Callable[[str, str, str], tuple[str, str]]
"""By what it is, the time and a language: the subject and the text."""


def tell_stopped(connection: Connection, row: RolloutRow, why: Why, now_ms: int) -> None:
    """It stopped by itself, in the transaction that stopped it."""
    words = {language: why_said(why, language) for language in LANGUAGES}
    say(connection, row, ROLLOUT_STOPPED, {"why": as_data(why), "said": words}, now_ms)
    write(connection, row, ROLLOUT_STOPPED, partial(stopped_letter, why), now_ms)


def tell_settled(connection: Connection, row: RolloutRow, decided: str, by: str, now_ms: int) -> None:
    """Somebody has decided about one that had stopped, in that transaction."""
    say(connection, row, ROLLOUT_SETTLED, {"decided": decided, "by": by}, now_ms)
    write(connection, row, ROLLOUT_SETTLED, partial(settled_letter, decided, by), now_ms)


def say(connection: Connection, row: RolloutRow, kind: str, more: Mapping[str, object], now_ms: int) -> None:
    """Programs are told."""
    office = KINDS[row.kind].office(row.subject)
    its = {"rollout": row.id, "kind": row.kind, "subject": row.subject, "version": row.version}
    body = said(kind, now_ms, {**its, **more})
    for endpoint in webhooks.listening(connection):
        if endpoint.office in (None, office) and kind in endpoint.events.split():
            webhooks.say(connection, endpoint.id, kind, [(f"rollout/{row.id}/{now_ms}", body)])


def write(connection: Connection, row: RolloutRow, kind: str, letter_of: Wording, now_ms: int) -> None:
    """Each who is to be written gets one letter."""
    office, key = KINDS[row.kind].office(row.subject), f"{kind}/{row.id}/{now_ms}"
    for address, (language, timezone) in readers(connection, office).items():
        what = what_it_is(row.kind, row.subject, row.version, language)
        subject, text = letter_of(what, shown_time(now_ms, timezone), language)
        mails.write(connection, Letter(ABOUT, key, address, subject, text, (), now_ms + USEFUL_FOR_MS), now_ms)
