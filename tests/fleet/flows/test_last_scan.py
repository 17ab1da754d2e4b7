"""A code that is worth nothing at the counter is answered with a sentence for the clerk."""

from fleet.domain.verdict import Unfit
from fleet.flows.instruct import whole_state
from fleet.flows.last_scan import SHOWN_MS
from fleet.store.database import Store
from protocols.events import CodeScanned
from protocols.signing import ticket_token
from tests.fleet.flows.test_desk_view import MIN, Morning
from tests.fleet.office import NINE

HALF_PAST = 30.0


def code_of(store: Store, secret: str = "", tomorrow: bool = False) -> str:
    state = whole_state(store, "tp-1", 10, NINE)
    assert state is not None and state.leases
    one = next(lease for lease in state.leases if (lease.since > NINE) == tomorrow)
    return f"MC1:{one.id}:3:{ticket_token(secret or one.secret, one.id, 3)}"


def scanned(morning: Morning, minute: float = HALF_PAST, **fields: object) -> Unfit | None:
    morning.says("q-1", CodeScanned, minute, **fields)
    scan = morning.desk().scan
    return None if scan is None else scan.unfit


def test_each_code_that_is_worth_nothing_is_named(store: Store) -> None:
    morning = Morning(store)
    good, forged, other_day = code_of(store), code_of(store, "00" * 16), code_of(store, tomorrow=True)
    assert morning.desk().scan is None
    assert scanned(morning, what="ticket", code=good) is None
    assert scanned(morning, what="ticket", code=forged) is Unfit.TICKET_FORGED
    assert scanned(morning, what="ticket", code="MC1:of-nobody:3:0123456789abcdef") is Unfit.TICKET_UNKNOWN
    assert scanned(morning, what="ticket", code=other_day) is Unfit.TICKET_OTHER_DAY
    scan = morning.desk().scan
    assert scan is not None and (scan.day, scan.place) == ("2026-11-10", "Phường Tân An")
    assert scanned(morning, what="badge", badge="staff", badge_hash="0" * 32) is Unfit.BADGE_UNKNOWN
    assert scanned(morning, what="unknown", length=12) is Unfit.UNREAD
    assert scanned(morning, what="dossier", code="H15.50.05.13-261008-0975") is None, "it is listed instead"


def test_it_is_said_for_a_minute_and_at_that_counter(store: Store) -> None:
    morning = Morning(store)
    morning.says("q-1", CodeScanned, 29.5, what="unknown", length=3)
    assert morning.desk().scan is not None and morning.desk("quay-2").scan is None
    morning.now_ms += SHOWN_MS - MIN // 2
    assert morning.desk().scan is not None
    morning.now_ms += 1
    assert morning.desk().scan is None
