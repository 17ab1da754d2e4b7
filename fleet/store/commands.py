"""Orders to devices, and what became of them."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store import news
from fleet.store.rows import every, one, run, sql

COLUMNS = """id, device, verb, arguments, asked_by, asked_ms, not_after_ms, told_ms, answered_ms, ok, reason, result"""
ADD = sql("""
    INSERT INTO commands (id, device, verb, arguments, asked_by, asked_ms, not_after_ms, reason, result, changed_ms)
    VALUES (:id, :device, :verb, :arguments, :asked_by, :asked_ms, :not_after_ms, '', '{}', :asked_ms)""")
GET = sql(f"SELECT {COLUMNS} FROM commands WHERE id = :id")  # noqa: S608 (our own constant)
OF_DEVICE = sql(f"""
    SELECT {COLUMNS} FROM commands WHERE device = :device ORDER BY asked_ms DESC, id LIMIT :most""")  # noqa: S608
DUE = sql(f"""
    SELECT {COLUMNS} FROM commands WHERE not_after_ms >= :now_ms AND answered_ms IS NULL
        AND (told_ms IS NULL OR told_ms <= :told_before_ms) ORDER BY asked_ms, id LIMIT :most""")  # noqa: S608
WAITING = sql("""
    SELECT COUNT(*) AS n FROM commands WHERE device = :device AND answered_ms IS NULL AND not_after_ms >= :now_ms""")
TOLD = sql("UPDATE commands SET told_ms = :now_ms WHERE id = :id")
ANSWER = sql("""
    UPDATE commands SET answered_ms = :now_ms, ok = :ok, reason = :reason, result = :result, changed_ms = :now_ms
    WHERE id = :id AND device = :device AND answered_ms IS NULL""")
VERSION = sql("""
    SELECT COALESCE(MAX(changed_ms), 0) + (SELECT COUNT(*) FROM ordered_devices WHERE ordered_ms IS NOT NULL) AS version
    FROM commands""")


@dataclass(frozen=True)
class CommandRow:
    """An order as it is kept. What the device answered is a stranger's word."""

    id: str
    device: str
    verb: str
    arguments: str
    asked_by: str
    asked_ms: int
    not_after_ms: int
    told_ms: int | None = None
    answered_ms: int | None = None
    ok: int | None = None
    reason: str = ""
    result: str = "{}"


def add(connection: Connection, row: CommandRow) -> None:
    """Somebody ordered this."""
    run(connection, ADD, **vars(row))
    news.tell(connection, news.DEVICES)


def command(connection: Connection, command_id: str) -> CommandRow | None:
    """One order."""
    row = one(connection, GET, id=command_id)
    return None if row is None else CommandRow(*row)


def of_device(connection: Connection, device: str, most: int) -> list[CommandRow]:
    """The last orders to a device, the newest first."""
    return [CommandRow(*row) for row in every(connection, OF_DEVICE, device=device, most=most)]


def due(connection: Connection, most: int, told_before_ms: int, now_ms: int) -> list[CommandRow]:
    """Orders that hold yet, have no answer, and were not told since that moment."""
    found = every(connection, DUE, most=most, told_before_ms=told_before_ms, now_ms=now_ms)
    return [CommandRow(*row) for row in found]


def waiting(connection: Connection, device: str, now_ms: int) -> int:
    """How many orders of this device hold yet and have no answer."""
    row = one(connection, WAITING, device=device, now_ms=now_ms)
    return 0 if row is None else int(row.n)


def told(connection: Connection, command_id: str, now_ms: int) -> None:
    """The broker has it."""
    run(connection, TOLD, id=command_id, now_ms=now_ms)


def answer(
    connection: Connection, device: str, command_id: str, is_ok: bool, reason: str, result: str, now_ms: int
) -> bool:
    """The device answered; False where it has no such order, or answered it before."""
    values = {"id": command_id, "device": device, "ok": int(is_ok), "reason": reason, "result": result}
    is_new = run(connection, ANSWER, **values, now_ms=now_ms) == 1
    if is_new:
        news.tell(connection, news.DEVICES)
    return is_new


def version(connection: Connection) -> int:
    """A number that rises whenever an order is given or answered."""
    row = one(connection, VERSION)
    return 0 if row is None else int(row.version)
