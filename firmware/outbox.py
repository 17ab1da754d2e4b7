"""The outbox remembers: an event is on flash when `append` returns, and stays until the fleet's receipt covers it.

Laws of this file. Events leave in order. Only a receipt makes the outbox forget, and only what was sent; how far it
has forgotten is written down when nobody is about (what a cut makes it forget to have forgotten is sent again, and the
fleet counts it once). When the outbox is full the oldest selftest, paper and fault events go, never what a resident or
a clerk did: they lie in slots of their own, so that these can go as they are.

Below it lies a store of slots: a ring of raw blocks where the board has a region for it, or a journal of files.
What is needed at the start only, or rarely, is lent for that moment: `finding` and `clearing`.
"""

import binascii
import gc
import json
import struct

from firmware.compact import WORDS, pack, put, split, unpack
from firmware.sparing import const, lent
from firmware.stream import Place, Stream, Window, header, parse, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT_BYTES = 256 * 1024
_BATCH_BYTES = const(1024)

_EXPENDABLE = const(("selftest", "paper", "fault"))
# What may go when flash is full: nobody stood before the device when it happened.

_MARK_AFTER = const(64)
# So many forgotten events are worth a record that says so, which costs a file's block an erasure; fewer are sent again
# after a boot, in a few messages.

_VOIDS_AT_MOST = const(16)
_WORDS_AT_MOST = const(8)
_HEARD_AT_MOST = const(8)
_WORD_FROM = const(4)
_WORD_TO = const(32)
_FRAME_BYTES = const(6)
_FORMAT = const(1)
_HEAD = const(1)
_EVENT = const(3)
_MARK = const(4)


class OutboxFull(Exception):
    """No room is left on flash for another event."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"outbox full: {waiting} events wait for the fleet")
        self.waiting = waiting


class Sending:
    """A batch on its way: every held event of one boot from `first` to `last`. `pieces` together are its payload."""

    def __init__(self, epoch: int, boot: int, first: int, last: int, pieces: "list[bytes]") -> None:
        self.epoch = epoch
        self.boot = boot
        self.first = first
        self.last = last
        self.pieces = pieces

    @property
    def payload(self) -> bytes:
        """The bytes in one piece, which a heap that is nearly full may not have."""
        return b"".join(self.pieces)


class Outbox:
    """The events of this and of earlier boots; `newest` is (boot, seq) of the last.

    `spoilt` counts records that were torn or did not match their sum, `foreign` slots that another device left.
    """

    def __init__(  # type: ignore[no-untyped-def]
        self, root: str, epoch: "int | None", boot: int, most: int = LIMIT_BYTES, region=None, owner: str = ""
    ) -> None:
        self.epoch = epoch
        self.boot = boot
        self.next_seq = 1
        self.spoilt = self.dropped = self.foreign = 0
        self.newest = (0, 0)
        self.root = root
        self.owner = binascii.crc32(owner.encode())
        finding = lent("finding")
        self.flash = finding.open(root, most, region)
        window = Window(self.flash)
        self.streams = (Stream(window), Stream(window))
        self.tails = (Place(self.streams[0]), Place(self.streams[1]))
        self.refused: "list[tuple[int, int]]" = []
        self.slot = 0  # the last that was begun
        self._cursor = self.tails
        self._sent: "tuple[int, int] | None" = None  # where the heads stand
        self._acknowledged: "dict[tuple[int | None, int], int]" = {}
        self._first: "tuple[int, int, int | None] | None" = None
        self._heard: "dict[str, int]" = {}
        self._last: "Any" = None
        self._since = 0
        finding.find(self, most, region, owner)

    # Remembering

    def append(self, event: "dict[str, Any]") -> int:
        """Keep the event and return its seq; it is on flash then. Raises OutboxFull."""
        seq = self.next_seq
        self.next_seq = seq + 1  # whatever happens: who knows what flash kept of a failure
        self.keep(event, seq, self.epoch, self.boot)
        return seq

    def keep(self, event: "dict[str, Any]", seq: int, epoch: "int | None", boot: int) -> None:
        """The same for an event that has its number. Once it is on flash, nothing here needs memory any more."""
        number = 1 if event["kind"] in _EXPENDABLE else 0
        newest = (boot, seq)
        self._hear(event)
        tries = 0
        while True:
            try:
                self._keep(number, event, seq, epoch, boot)
                break
            except (OSError, MemoryError) as err:
                # What flash kept is unknown, so it is written whole into another slot, as the same event.
                tries += 1
                gc.collect()
                if isinstance(err, MemoryError):
                    if tries > 1:
                        raise
                elif tries > 1 and not lent("clearing").discard(self):
                    raise OutboxFull(self.waiting()) from None
        self.streams[number].before += 1
        self.newest = newest
        if self._first is not None and self._first[2] is None:
            self._first = None

    def waiting(self) -> int:
        """How many events are held."""
        return self.streams[0].before + self.streams[1].before - self.gone()

    def gone(self) -> int:
        """How many are not, of all that ever were."""
        return self.tails[0].before + self.tails[1].before + len(self.refused)

    def tend(self) -> None:
        """What is better done while nobody is about: erase ahead, and write down how far it has forgotten."""
        self.flash.tend()
        if self.gone() - self._since >= _MARK_AFTER:
            self.write_mark()

    def close(self) -> None:
        """Before a reset: it shall not send again what it has forgotten."""
        if self.gone() > self._since:
            self.write_mark()

    # Sending

    def adopt(self, epoch: int) -> None:
        """The fleet issued this epoch: events recorded without one take it, and later ones."""
        self.epoch = epoch
        self.streams[0].later = self.streams[1].later = None
        lent("clearing").adopt(self, epoch)

    def batch(self, boot: int, seq: int, alone: bool = False) -> "Sending | None":
        """The events that come after this one, as many as one message takes (or one alone); None if there are none."""
        if self.epoch is None:
            return None
        after = (boot, seq)
        if after != self._sent:
            self._cursor = (self.tails[0].copy(), self.tails[1].copy())
        self._sent = after
        place = self.first(self._cursor, after)
        if place is None:
            return None
        epoch, boot, first, last = self.epoch_of(place), place.boot, place.seq, 0
        head = b'{"v":1,"epoch":%d,"boot":%d,"oldest":%d,"events":[' % (epoch, boot, self.oldest(epoch, boot) or 0)
        pieces, size = [head], len(head) + 2
        while place is not None and place.boot == boot and self.epoch_of(place) == epoch:
            event = json.dumps(self.event(place), separators=(",", ":")).encode()
            size += len(event) + 1
            if last and (alone or size > _BATCH_BYTES):
                break
            if last:
                pieces.append(b",")
            pieces.append(event)
            last = place.seq
            self._sent = after = (boot, last)  # before the step: should memory end here, nothing is passed over
            place.step()
            place = self.first(self._cursor, after)
        pieces.append(b"]}")
        return Sending(epoch, boot, first, last, pieces)

    def oldest(self, epoch: int, boot: int) -> "int | None":
        """The lowest seq that is still held of this boot."""
        known = self._first
        if known is not None and known[0] == epoch and known[1] == boot:
            return known[2]
        places = self.tails
        place = self.first(places, None)
        if place is not None and place.boot != boot:  # earlier boots come first
            places = (self.tails[0].copy(), self.tails[1].copy())
            place = self.first(places, (boot, 0))
        while place is not None and place.boot == boot and self.epoch_of(place) != epoch:
            if places is self.tails:
                places = (self.tails[0].copy(), self.tails[1].copy())
            place = self.first(places, (boot, place.seq))
        self._first = (epoch, boot, place.seq if place is not None and place.boot == boot else None)
        return self._first[2]

    # Forgetting

    def forget(self, epoch: int, boot: int, through: int, refused: "list[int]" = []) -> None:  # noqa: B006
        """The fleet has stored this boot's events up to `through`; the refused ones it can not store."""
        if refused:
            self.refused += lent("clearing").keep(self, epoch, boot, refused)
        if through > self._acknowledged.get((epoch, boot), 0):
            self._acknowledged[(epoch, boot)] = through
        self._first = None
        least = self.boot
        for tail in self.tails:
            while tail.find() and self._settled(tail):
                if self.refused and tail.key() in self.refused:
                    self.refused.remove(tail.key())
                tail.step()
            slots = tail.stream.slots
            while len(slots) > 1 and slots[0] < tail.slot:
                self.remove(tail.stream, slots[0])
            if tail.size and tail.boot < least:
                least = tail.boot
        for key in list(self._acknowledged):
            if key[1] < least:
                self._acknowledged.pop(key)
        if refused:
            self.write_mark(now=True)
        elif boot < least and self.gone() > self._since:
            self.write_mark()  # that boot is done with, even if this one is as short as it was

    # Reading

    def first(self, places, after: "tuple[int, int] | None") -> "Place | None":  # type: ignore[no-untyped-def]
        """The place at the first event of both streams that is held and comes after this one."""
        first = None
        for place in places:
            while place.find() and ((after is not None and place.key() <= after) or self._settled(place)):
                place.step()
            if place.size and (first is None or place.key() < first.key()):
                first = place
        return first

    def _settled(self, place: Place) -> bool:
        through = self._acknowledged.get((self.epoch_of(place), place.boot))
        return (through is not None and place.seq <= through) or (bool(self.refused) and place.key() in self.refused)

    def epoch_of(self, place: Place) -> "int":
        """The epoch of an event; what was recorded without one has that which came next."""
        if place.epoch is not None:
            return place.epoch
        here, known = (place.slot, place.offset), place.stream.later
        if known is None or not known[0] <= here < known[1]:
            later = place.copy()
            while later.epoch is None and later.find():
                later.step()
            place.stream.later = known = (here, (later.slot, later.offset), later.epoch)
        return self.epoch if known[2] is None else known[2]  # type: ignore[no-any-return]

    def event(self, place: Place) -> "dict[str, Any]":
        """The event there."""
        stream = place.stream
        context = stream.context
        if context is None or place.sealed != stream.sealed:
            known = self._last
            if known is None or known[0] != place.sealed:
                found = stream.reader.record(place.slot, place.context, 0)[2]
                self._last = known = (place.sealed, parse(found[_FRAME_BYTES:]))
            context = known[1]
        found = stream.reader.record(place.slot, place.offset, place.sealed)[2]
        return unpack(found[_FRAME_BYTES:], context[2], context[3])  # type: ignore[index]

    # Writing

    def _keep(self, number: int, event: "dict[str, Any]", seq: int, epoch: "int | None", boot: int) -> None:
        """Write the event behind what is there, with all that must stand before it, at once."""
        stream = self.streams[number]
        up, at = event.get("up"), event.get("at")
        since = at - up if type(at) is int and type(up) is int and at > up >= 0 else 0
        section, fresh = stream.context, None
        if section is None or section[0] != epoch or section[1] != boot or (since and not section[2]):
            section = fresh = (epoch, boot, since, section[3] if section else self.words())
        body = pack(event, seq, section[2], section[3])
        if stream.ready and not self._fits(stream, body, fresh):
            self._leave(stream)
            section = fresh = (epoch, boot, since, self.words())
            body = pack(event, seq, since, section[3])
        self.write(number, _EVENT, body, fresh)

    def write(self, number: int, what: int, body: "bytes | bytearray", section: "Any") -> None:
        """Write a record, and before it a section if there is one. OSError, MemoryError: the slot is left."""
        stream, data = self.streams[number], b""
        if stream.ready and not self._fits(stream, body, section):
            self._leave(stream)
        if not stream.ready:
            self._begin(stream, number)
        slot = stream.slots[-1]
        try:
            if not stream.offset:
                self._since = self.gone()
                head = struct.pack("<BIII", _FORMAT, slot, self.owner, stream.before) + self._mark()
                data = record(_HEAD, head, 0, True)
            sealed = stream.sealed
            if section is not None:
                start = header(section[0], section[1], section[2], section[3], slot)
                data += start
                sealed = struct.unpack_from("<I", start)[0]
            if what:
                data += record(what, body, sealed if what == _EVENT else slot)
            self.flash.write(slot, stream.offset, data)
        except (OSError, MemoryError):
            self._leave(stream)
            raise
        finally:
            stream.reader.size = 0
        stream.offset += len(data) + -len(data) % self.flash.unit
        if section is not None:
            stream.context = section
            stream.sealed = sealed

    def _fits(self, stream: Stream, body: "bytes | bytearray", section: "Any") -> bool:
        size = _FRAME_BYTES + len(body)
        if section is not None:
            size += len(header(section[0], section[1], section[2], section[3], 0))
        return stream.offset + size <= self.flash.size

    def _begin(self, stream: Stream, number: int) -> None:
        """Another slot for this stream."""
        while not self.flash.free():
            if not lent("clearing").discard(self):
                raise OutboxFull(self.waiting())
        self.slot = slot = (self.slot // 2 + 1) * 2 + number
        stream.slots.append(slot)
        try:
            self.flash.begin(slot)
        except (OSError, MemoryError):
            stream.slots.pop()
            raise
        stream.offset = 0
        stream.ready = True

    def _leave(self, stream: Stream) -> None:
        """Write no more into the last slot; one that took nothing is not kept."""
        if stream.ready and not stream.offset:
            self.remove(stream, stream.slots[-1])
            stream.offset = self.flash.size  # of the one before
        stream.ready = False
        stream.context = None

    def remove(self, stream: Stream, slot: int) -> None:
        """A slot is of no more use."""
        for place in self._cursor:
            if place.slot == slot:
                place.size = 0  # there is no event any more
        stream.slots.remove(slot)
        stream.reader.size = 0
        self.flash.remove(slot)

    # Marks and words

    def _mark(self) -> bytes:
        """Where the tails stand, and which single events are forgotten."""
        one, two = self.tails
        out = bytearray(struct.pack("<IHIIHI", one.slot, one.offset, one.before, two.slot, two.offset, two.before))
        voids = self.refused[-_VOIDS_AT_MOST:]
        out.append(len(voids))
        for boot, seq in voids:
            put(out, boot)
            put(out, seq)
        return bytes(out)

    def write_mark(self, now: bool = False) -> None:
        """Write down how far it has forgotten, where that needs no slot of its own or must be."""
        body = self._mark()
        for number in (0, 1):
            stream = self.streams[number]
            if now or (stream.ready and self._fits(stream, body, None)):
                try:
                    self.write(number, _MARK, body, None)
                    self._since = self.gone()
                except (OSError, OutboxFull, MemoryError):
                    pass  # after a boot it is sent again, then
                return

    def _hear(self, event: "dict[str, Any]") -> None:
        """Count the texts that may be worth a place in the next section."""
        heard = self._heard
        for value in event.values():
            if type(value) is not str or len(value) < _WORD_FROM:
                continue
            word = split(value) or value
            if len(word) > _WORD_TO or " " + word + " " in WORDS:
                continue
            if word not in heard and len(heard) >= _HEARD_AT_MOST:
                for one in list(heard):
                    if heard[one] < 2:
                        heard.pop(one)
            if word in heard or len(heard) < _HEARD_AT_MOST:
                heard[word] = heard.get(word, 0) + 1

    def words(self) -> "list[str]":
        """Those that came more than once; each must come again to stay."""
        often = sorted([(count, word) for word, count in self._heard.items() if count > 1])[-_WORDS_AT_MOST:]
        self._heard.clear()
        words = []
        for _, word in often:
            words.append(word)
            self._heard[word] = 1
        return words
