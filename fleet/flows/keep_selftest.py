"""The record of a board's self-test comes to the fleet, perhaps days later; it is kept if that board signed it."""

import hmac
from collections.abc import Iterable

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.selftests import record_of
from fleet.store import claims, ledger, selftests
from fleet.store.database import Store
from fleet.store.selftests import Tested
from protocols.sealing import derived
from protocols.signing import hmac_sha256

PURPOSE = "record"
PROOF_BYTES = 16
# As `protocols.sealing.record_proof` has it.


class RecordRefused(Exception):
    """A record is not kept; `reason` is no_claim or not_proved."""

    def __init__(self, claim: str, reason: str) -> None:
        expected = "a claim of this fleet" if reason == "no_claim" else "a record that the claim's board signed"
        super().__init__(f"claim {claim}: expected {expected}")
        self.reason = reason


def give_keys(connection: Connection, keys: Iterable[tuple[str, bytes]]) -> None:
    """Keep what proves the records of these new claims: (claim, the device's first key)."""
    selftests.give_keys(connection, ((claim, derived(key, PURPOSE)) for claim, key in keys))


def keep_within(
    connection: Connection,
    record: str,
    proof: str,
    tool: str,
    by: str,
    now_ms: int,
    offices: Iterable[str] | None = None,
) -> Tested:
    """Keep a record; the same twice is one. Raises BadRecord for what is none, RecordRefused.

    `offices` are those at which `by` may act; None: all.
    """
    said = record_of(record)
    claim = claims.claim(connection, said.claim)
    key = None if claim is None else selftests.key_of(connection, said.claim)
    if claim is None or key is None or (offices is not None and claim.office not in set(offices)):
        raise RecordRefused(said.claim, "no_claim")
    right = hmac_sha256(key, record.encode())[:PROOF_BYTES].hex()
    if not hmac.compare_digest(right.encode(), proof.encode("utf-8", "replace")) or claim.device != said.device:
        raise RecordRefused(said.claim, "not_proved")
    tested = Tested(
        said.claim,
        said.device,
        said.hw,
        now_ms,
        said.passed,
        said.board,
        said.firmware,
        tool,
        by,
        record,
        proof,
    )
    selftests.add(connection, tested)
    ledger.note(connection, What.DEVICE_SELFTEST, said.device, claim.office, became={"passed": said.passed})
    return tested


def tests_of(store: Store, device: str, most: int) -> list[Tested]:
    """The last self-tests of a device, the newest first."""
    with store.reading() as connection:
        return selftests.of_device(connection, device, most)
