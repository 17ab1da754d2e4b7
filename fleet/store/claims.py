"""Claims: made many at once, used once, withdrawn, and found."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import BindParameter, Connection, TextClause, bindparam

from fleet.domain.claims import CLAIMED, KNOCKS_MS, Claim, ClaimState
from fleet.store.rows import every, hold, one, run, run_each, sql

COLUMNS = """c.id, c.device, d.roles, c.office, c.counter, c.made_by, c.made_ms, c.expires_ms, c.batch, c.hw, c.used_ms,
    c.used_hw, c.withdrawn_ms"""
FOUND = f"SELECT {COLUMNS} FROM claims c JOIN devices d ON d.id = c.device"  # noqa: S608 (our own constants)
ADD = sql("""
    INSERT INTO claims (id, device, office, counter, made_by, made_ms, expires_ms, hw, batch)
    VALUES (:id, :device, :office, :counter, :made_by, :made_ms, :expires_ms, :hw, :batch)""")
GET = sql(f"{FOUND} WHERE c.id = :id")
HOLD = sql("SELECT id FROM claims WHERE id = :id")
OF_DEVICE = sql(f"{FOUND} WHERE c.device = :device ORDER BY c.made_ms DESC, c.id")
OF_BOARD = sql(f"{FOUND} WHERE c.hw = :hw OR c.used_hw = :hw ORDER BY c.made_ms DESC, c.id")
OF_BATCH = sql(f"{FOUND} WHERE c.batch = :batch ORDER BY c.id")
OPEN = sql(f"{FOUND} WHERE c.used_ms IS NULL AND c.withdrawn_ms IS NULL AND c.expires_ms > :now_ms")
STATES = """
    SELECT CASE WHEN c.used_ms IS NOT NULL THEN 'used' WHEN c.withdrawn_ms IS NOT NULL THEN 'withdrawn'
        WHEN c.expires_ms > :now_ms THEN 'waiting' ELSE 'expired' END AS state, COUNT(*) AS n FROM claims c"""
UNUSED = "c.used_ms IS NULL AND c.withdrawn_ms IS NULL"
IN_STATE = {
    None: ":now_ms > 0",
    ClaimState.WAITING: f"{UNUSED} AND c.expires_ms > :now_ms",
    ClaimState.EXPIRED: f"{UNUSED} AND c.expires_ms <= :now_ms",
    ClaimState.USED: "c.used_ms IS NOT NULL AND :now_ms > 0",
    ClaimState.WITHDRAWN: "c.withdrawn_ms IS NOT NULL AND :now_ms > 0",
}
SOME_OFFICES: BindParameter[str] = bindparam("offices", expanding=True)
BOARDS = sql("""
    SELECT c.used_hw AS hw, c.device FROM claims c JOIN devices d ON d.id = c.device
    WHERE c.used_hw IS NOT NULL AND d.revoked_ms IS NULL""")
IDS = sql("SELECT id FROM claims")
USE = sql("""
    UPDATE claims SET used_ms = :now_ms, used_hw = :hw WHERE id = :id AND used_ms IS NULL AND withdrawn_ms IS NULL""")
WITHDRAW = sql("""
    UPDATE claims SET withdrawn_ms = :now_ms WHERE id = :id AND used_ms IS NULL AND withdrawn_ms IS NULL""")
LAPSE = sql("""
    UPDATE devices SET revoked_ms = :now_ms WHERE kind = :claimed AND revoked_ms IS NULL AND NOT EXISTS
        (SELECT 1 FROM claims c WHERE c.device = devices.id AND c.used_ms IS NULL AND c.withdrawn_ms IS NULL
            AND c.expires_ms > :knocks_since_ms)""")


def add(connection: Connection, claims: Iterable[Claim]) -> None:
    """Keep these claims; their devices are known already."""
    run_each(connection, ADD, [vars(claim) for claim in claims])


def claim(connection: Connection, claim_id: str) -> Claim | None:
    """One claim."""
    row = one(connection, GET, id=claim_id)
    return None if row is None else as_claim(row)


def hold_claim(connection: Connection, claim_id: str) -> Claim | None:
    """One claim, which nobody else uses or withdraws until the transaction ends."""
    hold(connection, HOLD, id=claim_id)
    return claim(connection, claim_id)


def ids(connection: Connection) -> set[str]:
    """The ids of all claims that ever were."""
    return {row.id for row in every(connection, IDS)}


@cache
def last_statement(state: ClaimState | None, some: bool, named: bool) -> TextClause:
    """The claims in this state, at some offices or at all; `named`: of devices, or themselves, called somewhat so."""
    here = " AND c.office IN :offices" if some else ""
    here += " AND (c.device LIKE :device OR c.id LIKE :claim)" if named else ""
    found = sql(f"{FOUND} WHERE {IN_STATE[state]}{here} ORDER BY c.made_ms DESC, c.id LIMIT :most OFFSET :past")
    return found.bindparams(SOME_OFFICES) if some else found


@cache
def count_statement(some: bool) -> TextClause:
    """How many claims there are in each state, at some offices or at all."""
    here = " WHERE c.office IN :offices" if some else ""
    found = sql(f"{STATES}{here} GROUP BY 1")
    return found.bindparams(SOME_OFFICES) if some else found


def last(
    connection: Connection,
    offices: Iterable[str] | None,
    state: ClaimState | None,
    now_ms: int,
    most: int,
    past: int = 0,
    named: str = "",
) -> list[Claim]:
    """The claims at these offices (None: at all) in this state (None: in any), the newest first.

    `named`: letters of the device or of the claim.
    """
    some: dict[str, object] = {} if offices is None else {"offices": sorted(offices)}
    letters = "".join(c for c in named if c.isascii() and (c.isalnum() or c == "-"))
    if letters:
        some |= {"device": f"%{letters.lower()}%", "claim": f"%{letters.upper().replace('-', '')}%"}
    statement = last_statement(state, offices is not None, bool(letters))
    return [as_claim(row) for row in every(connection, statement, now_ms=now_ms, most=most, past=past, **some)]


def of_device(connection: Connection, device: str) -> list[Claim]:
    """All claims for this device, the newest first."""
    return [as_claim(row) for row in every(connection, OF_DEVICE, device=device)]


def of_board(connection: Connection, hw: str) -> list[Claim]:
    """All claims that are for the board of this number, or that it used, the newest first."""
    return [as_claim(row) for row in every(connection, OF_BOARD, hw=hw)]


def of_batch(connection: Connection, batch: str) -> list[Claim]:
    """The claims that were made together."""
    return [as_claim(row) for row in every(connection, OF_BATCH, batch=batch)]


def waiting(connection: Connection, now_ms: int) -> list[Claim]:
    """The claims that may still be used."""
    return [as_claim(row) for row in every(connection, OPEN, now_ms=now_ms)]


def counts(connection: Connection, offices: Iterable[str] | None, now_ms: int) -> dict[ClaimState, int]:
    """How many claims there are in each state, at these offices or at all."""
    some = {} if offices is None else {"offices": sorted(offices)}
    found = every(connection, count_statement(offices is not None), now_ms=now_ms, **some)
    return {ClaimState(row.state): row.n for row in found}


def boards(connection: Connection) -> dict[str, str]:
    """Which device each board is that came with a claim and is not revoked, by the board's own id."""
    return {row.hw: row.device for row in every(connection, BOARDS)}


def use(connection: Connection, claim_id: str, hw: str, now_ms: int) -> bool:
    """A board came with this claim; False where it is not to be had any more."""
    return run(connection, USE, id=claim_id, hw=hw, now_ms=now_ms) == 1


def withdraw(connection: Connection, claim_id: str, now_ms: int) -> bool:
    """Nobody may use this claim any more; False where somebody has, or it was withdrawn before."""
    return run(connection, WITHDRAW, id=claim_id, now_ms=now_ms) == 1


def lapse(connection: Connection, now_ms: int) -> int:
    """Devices in waiting whose claims have long expired may no longer connect; how many these are."""
    return run(connection, LAPSE, claimed=CLAIMED, now_ms=now_ms, knocks_since_ms=now_ms - KNOCKS_MS)


def as_claim(row: object) -> Claim:
    """A row of COLUMNS as a value."""
    values = list(row)  # type: ignore[call-overload]
    values[2] = tuple(values[2].split())
    return Claim(*values)
