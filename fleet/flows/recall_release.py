"""The fleet's signed word that nothing is assigned to a device: what it was told to fetch, it shall not have now.

It goes to devices that were told of a release and have not answered, when its rollout is aborted, paused, or stops by
itself, and to those that were silent for too long. Who has begun to try a release sees it through. What was fetched so
far stays where it is, for the time when it goes on.
"""

from sqlalchemy import Connection

from fleet.domain.assignments import recall_text, signature_lines
from fleet.domain.rollout_plan import RELEASE
from fleet.flows.assign_release import Signing, trusted_signer
from fleet.flows.presence import runs
from fleet.release_keys import signed
from fleet.store import rollout_devices
from fleet.store.devices import DeviceRow
from protocols.releases import Release

UNDER_WAY_MS = 2 * 60 * 60_000
# No device goes on for longer with what it was told once: half an hour each to verify, to fetch, and to be left alone.


def recall(connection: Connection, row: DeviceRow, signing: Signing, now_ms: int) -> Release | None:
    """The word for the last hello of a device; None: nothing can be under way there. Raises CannotAssign."""
    its, told_ms = runs(row), row.release_told_ms
    if its is None or its.trial or not row.nonce or told_ms is None or now_ms - told_ms >= UNDER_WAY_MS:
        return None
    given_ms = rollout_devices.given_in_vain_ms(connection, RELEASE, row.id)
    if given_ms is None or told_ms < given_ms:
        return None
    signer, root = trusted_signer(connection, signing)
    text = recall_text(row.id, row.nonce, root.root.version)
    return Release(nonce=row.nonce, signed=text, signatures=signature_lines(signed(text.encode(), [signer])))
