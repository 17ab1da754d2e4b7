"""The outbox remembers: an event is on flash when `append` returns, and stays until the fleet's receipt covers it.

Laws of this file. Events leave in order. Only a receipt makes the outbox forget, and only what was sent; a whole
segment at a time, the rest of a segment by a mark in RAM (after a reboot it is sent again, and the fleet counts it
once). When the outbox is full the oldest selftest, paper and fault events go, never what a resident or a clerk did. A
raw ring may take this class's place: the link and the roles know only its public methods.
"""

import json
import os

from firmware.flash_files import BESIDE, make_folder, remove
from firmware.segments import EXPENDABLE, Segment, event_of, found_segment, kind_of, line_of, seq_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SEGMENT_BYTES = 4096
LIMIT_BYTES = 256 * 1024
FLASH_LEFT_BYTES = 96 * 1024
# Below this the outbox is full as well: leases, configuration and the boot counter must still find room.

BATCH_BYTES = 1024
HEADER = '{"v":1,"epoch":%d,"boot":%d,"oldest":%d,"events":['


class OutboxFull(Exception):
    """No room is left on flash for another event."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"outbox full: {waiting} events wait for the fleet")
        self.waiting = waiting


class Sending:
    """A batch on its way: every held event of one boot from `first` to `last`. The next takes the payload's room."""

    def __init__(self, epoch: int, boot: int, first: int, last: int, payload: "bytes | memoryview") -> None:
        self.epoch = epoch
        self.boot = boot
        self.first = first
        self.last = last
        self.payload = payload


class Outbox:
    """The events of this and of earlier boots. `spoilt` counts lines that were torn or did not match their sum."""

    def __init__(self, root: str, epoch: "int | None", boot: int, limit_bytes: int = LIMIT_BYTES) -> None:
        self.epoch = epoch
        self.boot = boot
        self.next_seq = 1
        self.spoilt = 0
        self.dropped = 0
        self._folder = root + "/outbox"
        self._root = root
        self._limit = limit_bytes
        self._segments: "list[Segment]" = []
        self._current: "Segment | None" = None
        self._marks: "dict[tuple[int | None, int], int]" = {}
        self._oldest: "dict[tuple[int, int], int | None]" = {}
        self._place: "tuple[Segment, int, int] | None" = None
        self._batch = bytearray(BATCH_BYTES)  # made once: later the heap has no room for it in one piece
        self._scan()

    # Remembering

    def append(self, event: "dict[str, Any]") -> int:
        """Keep the event and return its seq; it is on flash then. Raises OutboxFull."""
        seq = self.next_seq
        event["seq"] = seq
        line = line_of(seq, json.dumps(event, separators=(",", ":")).encode())
        self._make_room(len(line))
        try:
            self._segment_for(len(line)).add(seq, event, line)
        except OSError:
            # Flash refused. What it kept of the line is unknown, so it is written whole into another file, as the
            # same event.
            self._leave_current()
            if not self._drop_expendable():
                raise OutboxFull(self.waiting()) from None
            try:
                self._segment_for(len(line), seq).add(seq, event, line)
            except OSError:
                self._leave_current()
                raise OutboxFull(self.waiting()) from None
        finally:
            self.next_seq = seq + 1
            if self.epoch is not None and self._oldest.get((self.epoch, self.boot)) is None:
                self._oldest[(self.epoch, self.boot)] = seq
        return seq

    def waiting(self) -> int:
        """How many events are held."""
        held = 0
        for segment in self._segments:
            mark = self._marks.get((segment.epoch, segment.boot), 0)
            held += min(segment.held, segment.last - max(mark, segment.first - 1))
        return held

    # Sending

    def adopt(self, epoch: int) -> None:
        """The fleet issued this epoch: events recorded without one take it, and later ones."""
        for segment in self._segments:
            if segment.epoch is None:
                before = segment.path()
                segment.epoch = epoch
                os.rename(before, segment.path())
        if epoch != self.epoch:
            self.epoch = epoch
            self._current = None

    def batch(self, boot: int, seq: int, alone: bool = False) -> "Sending | None":
        """The events that come after this one, as many as one message takes (or one alone); None if there are none."""
        for segment in self._segments:
            if segment.epoch is None or (segment.boot, segment.last) <= (boot, seq):
                continue
            after = max(self._marks.get((segment.epoch, segment.boot), 0), seq if segment.boot == boot else 0)
            if after >= segment.last:
                continue
            found = self._read(segment, after, alone)
            if found:
                return found
        return None

    def oldest(self, epoch: int, boot: int) -> "int | None":
        """The lowest seq that is still held of this boot."""
        key = (epoch, boot)
        if key not in self._oldest:
            self._oldest[key] = self._find_oldest(key, self._marks.get(key, 0))
        return self._oldest[key]

    # Forgetting

    def forget(self, epoch: int, boot: int, through: int, refused: "list[int]" = []) -> None:  # noqa: B006
        """The fleet has stored this boot's events up to `through`; the refused ones it can not store."""
        key = (epoch, boot)
        if refused:
            self._put_aside(key, refused)
        if through > self._marks.get(key, 0):
            self._marks[key] = through
        kept = []
        for segment in self._segments:
            if (segment.epoch, segment.boot) == key and segment.last <= through:
                segment.remove()
                if segment is self._current:
                    self._current = None
            else:
                kept.append(segment)
        self._segments = kept
        self._oldest.pop(key, None)
        if boot != self.boot and not [s for s in kept if (s.epoch, s.boot) == key]:
            self._marks.pop(key, None)

    # Files

    def _scan(self) -> None:
        """Find what earlier boots left."""
        make_folder(self._folder)
        for name in os.listdir(self._folder):
            segment = found_segment(self._folder, name)
            if segment is None or name.endswith(BESIDE):
                remove(self._folder + "/" + name)
                continue
            self.spoilt += segment.scan()
            if segment.held:
                self._segments.append(segment)
            else:
                segment.remove()
        self._segments.sort(key=lambda segment: (segment.boot, segment.first))
        if self.epoch is not None:
            self.adopt(self.epoch)  # the power may have gone between the welcome and the renaming

    def _segment_for(self, size: int, first: "int | None" = None) -> Segment:
        """The file that takes the next line."""
        if self._current is None or self._current.size + size > SEGMENT_BYTES:
            self._current = Segment(self._folder, self.epoch, self.boot, first or self.next_seq)
            self._segments.append(self._current)
        return self._current

    def _leave_current(self) -> None:
        """Write no more into this file; one that took nothing is not kept."""
        if self._current is not None and not self._current.held:
            self._segments.remove(self._current)
            self._current.remove()
        self._current = None

    def _make_room(self, size: int) -> None:
        while sum([segment.size for segment in self._segments]) + size > self._limit or self._flash_is_full(size):
            if not self._drop_expendable():
                raise OutboxFull(self.waiting())

    def _flash_is_full(self, size: int) -> bool:
        """Asked only when a new file is due: littlefs walks its whole tree for the answer."""
        if self._current is not None and self._current.size + size <= SEGMENT_BYTES:
            return False
        stat = os.statvfs(self._folder)
        return stat[1] * stat[3] < FLASH_LEFT_BYTES

    def _drop_expendable(self) -> bool:
        """Drop what may go from the oldest file that has any; False if there is nothing."""
        for segment in self._segments:
            if segment.expendable:
                self.dropped += segment.expendable
                self._rewrite(segment, lambda seq, line: kind_of(line) not in EXPENDABLE)
                return True
        return False

    def _rewrite(self, segment: Segment, wanted) -> None:  # type: ignore[no-untyped-def]
        segment.keep_only(wanted)
        self._place = None
        self._oldest.clear()
        if not segment.held:
            segment.remove()
            self._segments.remove(segment)
            if segment is self._current:
                self._current = None

    def _put_aside(self, key: "tuple[int, int]", refused: "list[int]") -> None:
        """Refused events go to the quarantine, and only then from here. It is loaded when needed: RAM is short."""
        from firmware.quarantine import Quarantine

        for segment in list(self._segments):
            mine = [seq for seq in refused if segment.first <= seq <= segment.last]
            if (segment.epoch, segment.boot) == key and mine:
                lines = segment.lines_of(mine)
                if lines:
                    Quarantine(self._root).keep(key[0], key[1], lines)
                    self._rewrite(segment, lambda seq, line, mine=mine: seq not in mine)

    def _find_oldest(self, key: "tuple[int, int]", mark: int) -> "int | None":
        for segment in self._segments:
            if (segment.epoch, segment.boot) == key and segment.last > mark:
                found = segment.first_after(mark)
                if found is not None:
                    return found
        return None

    def _read(self, segment: Segment, after: int, alone: bool) -> "Sending | None":
        """A batch from this file; where it ends is remembered, so that a drain reads each file once."""
        oldest = self.oldest(segment.epoch, segment.boot) or 0  # type: ignore[arg-type]
        head = (HEADER % (segment.epoch, segment.boot, oldest)).encode()
        size, first, last = len(head), 0, after
        self._batch[:size] = head
        place = self._place
        with open(segment.path(), "rb") as f:
            start = place[2] if place and place[0] is segment and place[1] <= after else 0
            if start:
                f.seek(start)
            line = f.readline()
            while line:
                seq = seq_of(line)
                if seq is not None and seq > last:
                    event = event_of(line)
                    end = size + len(event) + 1
                    if first and (alone or end + 1 > BATCH_BYTES):
                        break
                    self._batch[size:end] = event + b","
                    size, first, last = end, first or seq, seq
                start += len(line)
                line = f.readline()
        if not first:
            return None
        self._place = (segment, last, start)
        self._batch[size - 1 : size + 1] = b"]}"  # in place of the last comma
        return Sending(segment.epoch, segment.boot, first, last, memoryview(self._batch)[: size + 1])  # type: ignore[arg-type]
