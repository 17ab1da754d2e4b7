"""The printers that stand at a kiosk's office, and which of them is asked for a paper."""

import json

from sqlalchemy import Connection

from fleet.domain.commands import ONLINE
from fleet.domain.kiosk_now import Printer
from fleet.flows.leases import wants_leases
from fleet.flows.see_office import NO_PAPER
from fleet.store.alert_facts import Board, boards

BEST_FIRST = (Printer.READY, Printer.NO_PAPER, Printer.AWAY)


def printers_at(connection: Connection, office: str, now_ms: int) -> list[tuple[Printer, str]]:
    """(whether it can print, its id) of each printer of tickets at the office, the best first."""
    found = [(printer_of(one), one.id) for one in boards(connection, office, now_ms) if wants_leases(one.roles)]
    return sorted(found, key=lambda one: (BEST_FIRST.index(one[0]), one[1]))


def printer_of(board: Board) -> Printer:
    """Whether this one can print, as far as it has told."""
    if board.presence != ONLINE:
        return Printer.AWAY
    return Printer.NO_PAPER if json.loads(board.health or "{}").get("paper") == NO_PAPER else Printer.READY
