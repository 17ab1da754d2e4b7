"""What the fleet learns of a boot's clock says when its events happened, in whatever order it is learnt."""

from sqlalchemy import Connection

from fleet.domain import timing
from fleet.store import inbox
from fleet.store.inbox import Life


def anchor(connection: Connection, life: Life, up_ms: int, received_ms: int) -> list[int]:
    """A message told this boot's uptime. Returns the moments, before and after, of events whose time changed."""
    covered, known = inbox.lock_boot(connection, life, received_ms)
    offset_ms = timing.offset_of(up_ms, received_ms, known)
    if offset_ms == known:
        return []
    inbox.save_boot(connection, life, covered, offset_ms)
    moved = []
    changed = []
    for seq, up, before in inbox.without_clock(connection, life, anchored=True):
        after = offset_ms + up
        if after != before:
            moved.append((seq, after, timing.ANCHOR))
            changed += [after] if before is None else [before, after]
    inbox.set_times(connection, life, moved)
    return changed + retime(connection, life)


def retime(connection: Connection, life: Life) -> list[int]:
    """Estimate anew the boots of this device that never told their uptime, from the last to the first."""
    changed = []
    following: tuple[int, int] | None = None
    for boot in inbox.unanchored(connection, life.device, life.epoch):
        one = Life(life.device, life.epoch, boot)
        anchored = inbox.next_anchored(connection, one)
        after = min((known for known in (anchored, following) if known is not None), default=None)
        events = inbox.without_clock(connection, one, anchored=False)
        longest = max((up for _, up, _ in events), default=0)
        before_ms = inbox.last_before(connection, one)
        moved = []
        for seq, up, known_ms in events:
            moment = timing.between_boots(up, longest, before_ms, None if after is None else after[1])
            if moment.ms is not None and moment.ms != known_ms:
                moved.append((seq, moment.ms, moment.timing))
                changed += [moment.ms] if known_ms is None else [known_ms, moment.ms]
        inbox.set_times(connection, one, moved)
        start = timing.between_boots(0, longest, before_ms, None if after is None else after[1]).ms
        following = following if start is None else (boot, start)
    return changed
