"""Firmware that the fleet gives this device: from the assignment to the moment when the next boot tries it. It is lent.

Nothing is believed because of who carried it. The assignment must answer the hello of this connection and be signed by
the fleet's role, the release that it names by the release role, under roots that were followed one by one; the image
must be the release's, as it lies in flash. What lasts long waits here, and what a step needs is lent for it. Whatever
goes wrong is told in an event and changes nothing. What is under way gives way only to what is verified: to another
release, or to the fleet's word that none is assigned any more. People come first: pieces are asked for while nothing
waits to be told, and the board begins anew when nobody has done anything for a while. A board on a battery stays awake
for it while it is connected; where the way is gone it sleeps, and goes on when the fleet has assigned it anew.
"""

import asyncio
import binascii
import gc
import hashlib

from firmware.sparing import const, lent
from firmware.waiting import happens
from protocols.message import ProtocolError, fits_text, from_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Heard = tuple[int, str, list[str], str]
    # Which release an assignment names, unverified; what was signed, the signatures; the nonce that it has to answer.

READING = ("firmware.documents", "firmware.running")
# What `assignment` needs.
_TEXT_LETTERS = const(1_400)
_SIGNATURE_LETTERS = const(600)
_DOCUMENT_BYTES = const(8_192)
_CHECKED_MS = const(1_800_000)
_ALONE_MS = const(1_800_000)
# So long it waits for people to leave it alone. Then the fleet must say anew that this is the release: it may have
# stopped it meanwhile.
_LOOK_MS = const(1_000)
_CALM_MS = const(200)
_AWAKE_MS = const(120_000)
_WEIGH_EVERY_MS = const(10_000)
# Whoever sends nonsense shall not keep a chip busy with it, nor those who stand before it.
_REASON_LETTERS = const(150)
_TOLD_AT_MOST = const(40)
_TOLD_EVERY_MS = const(60_000)
# Events cost flash, and whoever sends nonsense sends it again: soon no more than one a minute is told.


def take(device, data: "dict[str, Any]") -> None:  # type: ignore[no-untyped-def]
    """An assignment came, in decoded JSON. Raises ProtocolError where it is none."""
    text, lines = data.get("signed"), data.get("signatures")
    sound = type(lines) is list and not [1 for line in lines if not fits_text(line, _SIGNATURE_LETTERS)]
    if not sound or not fits_text(text, _TEXT_LETTERS):
        raise ProtocolError("release", "what was signed, and signatures", None)
    sequence, known = claimed(text), device.update
    if data.get("nonce") != device.nonce:
        refuse(device, sequence, "nonce: the assignment answers another hello")
    elif device.trial is not None or (known is not None and known.stage == "trial"):
        refuse(device, sequence, "on_trial: what came before is not confirmed yet")
    elif known is None:
        begin(device, (sequence, text, lines, device.nonce))
    elif known.stage == "check" or known.heard is not None or known.sequence != sequence:
        # Else it is under way, for it was verified, and is said once more because the connection is another.
        known.heard = sequence, text, lines, device.nonce


def begin(device, heard: "Heard") -> None:  # type: ignore[no-untyped-def]
    """Look at this assignment, and see it through."""
    device.update = Update(device, heard)
    asyncio.create_task(device.update.run())


def claimed(text: "Any") -> int:
    """Which release it names, whoever signed it; 0 where it names none."""
    try:
        sequence = from_json(text.encode()).get("sequence")
    except ProtocolError:
        return 0
    return sequence if type(sequence) is int else 0


def refuse(device, sequence: int, reason: str) -> None:  # type: ignore[no-untyped-def]
    """Tell why a release is not taken."""
    up = device.clock.up()
    device.log("release %d: %s" % (sequence, reason))
    word = "%d %s" % (sequence, reason.split(":")[0])
    last, count, since = getattr(device, "refusal", ("", 0, up))
    if (word != last and count < _TOLD_AT_MOST) or up - since >= _TOLD_EVERY_MS:
        device.refusal = word, count + 1, up
        tell(device, sequence, "refused", reason)


def why(error: Exception) -> str:
    """Why an update ends, its word first."""
    if isinstance(error, MemoryError):
        return "busy: no memory"
    return "flash: %s" % error if isinstance(error, OSError) else str(error)


def tell(device, sequence: int, result: str, reason: str = "") -> None:  # type: ignore[no-untyped-def]
    """An update ended in this way. In plain values, so that the message of the contract is not loaded for it."""
    up = device.clock.up()
    told = {"kind": "update", "release": str(sequence), "result": result, "up": up, "at": device.clock.at(up)}
    told["reason"] = reason[:_REASON_LETTERS]
    device.record({name: told[name] for name in told if told[name] not in (None, "")})


def is_calm(device) -> bool:  # type: ignore[no-untyped-def]
    """Whether nothing waits to be told, and no paper is under way."""
    busy = device.orders or (device.printer is not None and device.printer.busy)
    return not busy and not device.outbox.waiting()


class Update:
    """One assignment on its way. `stage` says how far; `done` bytes of `size` are here.

    `heard`: the newest other one, which nobody has verified yet.
    """

    def __init__(self, device, heard: "Heard") -> None:  # type: ignore[no-untyped-def]
        self.device = device
        self._came = asyncio.Event()
        self._fetching: "Any" = None
        self._trouble = ""
        self._until: "int | None" = None
        self._rate = 0
        self._weigh_at = 0  # not before this is it looked at
        self.heard: "Heard | None" = heard
        self.sequence = heard[0]
        self.stage = "check"
        self.done = self.size = 0

    def take(self, data: "dict[str, Any]") -> None:
        """A piece came, in decoded JSON."""
        if self._fetching is not None:
            try:
                self._fetching.take(data.get("name"), data.get("offset"), data.get("data"), self.device.clock.up())
            except ValueError as err:
                self._trouble = str(err)
            self._came.set()

    def progress(self) -> "dict[str, Any]":
        """How far it is, for whoever asks the device how it is."""
        return {"sequence": self.sequence, "stage": self.stage, "done": self.done, "size": self.size}

    def lost(self) -> None:
        """The connection is lost, and with it what was asked for."""
        if self._fetching is not None:
            self._fetching.lost(self.device.clock.up())

    async def run(self, said: "dict[str, Any] | None" = None) -> None:
        """See it through. `said`: what is assigned, where that was verified already."""
        device, reason = self.device, ""
        try:
            said = said or await self.assigned()
            if said["length"]:
                await self._follow(said)
                device.end("update")
        except (ValueError, OSError, MemoryError) as err:
            reason = why(err)
        heard, self._fetching, device.update = self.heard, None, None
        if reason:
            refuse(device, self.sequence, reason)
        gc.collect()
        if heard is not None and not device.end_reason:
            begin(device, heard)

    async def _follow(self, said: "dict[str, Any]") -> None:
        """All steps behind the assignment. Raises ValueError, OSError, MemoryError."""
        device, slots = self.device, self._slots()
        raw = await self._document("release/%d" % self.sequence, said["length"])
        if binascii.hexlify(hashlib.sha256(raw).digest()) != said["sha256"].encode():
            raise ValueError("sha256: the release is not the one that is assigned")
        document = lent("documents").document_of(raw)
        await self._verify("targets", document)
        name, running = device.board.name, slots.sequence
        sha256, self.size = lent("assignment", *READING).image_of(document, self.sequence, name, running, slots.size)
        del document, raw
        quiet_ms, before = said["quiet_s"] * 1000, {"within_s": said["confirm_within_s"], "parts": {}}
        gc.collect()
        if not await self._load(slots, sha256, quiet_ms) and not await self._load(slots, sha256, quiet_ms):
            raise ValueError("sha256: what lies in flash is not what the release names")
        before["parts"] = lent("sound_parts").states(device)
        lent("trying").begin(device.board, self.sequence)
        slots.flip(self.sequence, self.size, before)

    async def _load(self, slots, sha256: str, quiet_ms: int) -> bool:  # type: ignore[no-untyped-def]
        """The image lies in the idle slot, and nobody needs the board. False, and gone, where a bit of it is wrong.

        A part that was kept from before may be rotten: then all of it is loaded once more. Raises ValueError, OSError.
        """
        device, until = self.device, self._until
        self.stage = "download"
        self.done = slots.begin(sha256, self.size)
        await self.fetch("image/" + sha256, self.done, self.size, slots.write)
        self.stage = "wait"
        self._fetching, self._until = None, device.clock.up() + _ALONE_MS
        while True:
            await self._quiet(quiet_ms)
            if binascii.hexlify(await slots.digest(self.size)) != sha256.encode():
                slots.discard()
                self._until = until
                return False
            if is_calm(device) and device.trial is None and self.heard is None and not device.end_reason:
                return True

    def _slots(self):  # type: ignore[no-untyped-def]
        """Where it shall go. ValueError where there is no room."""
        slots = lent("slots").found(self.device.board)
        if slots is None:
            raise ValueError("no_slots: this board has room for one application")
        return slots

    async def assigned(self) -> "dict[str, Any]":
        """What is assigned, by whom the last root names. What checks is not there while a root is fetched."""
        device, slots = self.device, self._slots()
        self._stay_awake()
        _, text, lines, nonce = self.heard  # type: ignore[misc]
        self.heard = None
        document = lent("assignment", *READING).signed_of(text, lines)
        del text, lines
        self._until = device.clock.up() + _CHECKED_MS
        while True:
            root = lent("assignment", *READING).next_root(document, lent("trust").Trust(device.board).root)
            if root is None:
                break
            raw = await self._document("root/%d" % root, None)
            if not raw:
                raise ValueError("root: there is no root %d" % root)
            trust = lent("trust").Trust(device.board)
            trust.sweep()
            await self._each(trust.next(raw))
            del trust, raw
        await self._verify("timestamp", document)
        said = lent("assignment", *READING).read(document, device.identity.device, nonce)
        if said["length"]:
            given_up = lent("trying").given_up(device.board, slots, said["sequence"])
            floor = lent("trust").Trust(device.board).floor(slots.floor)
            lent("assignment", *READING).check_sequence(said["sequence"], floor, slots.sequence, given_up)
        self._until, self._rate = device.clock.up() + said["within_s"] * 1000, said["rate"]
        return said  # type: ignore[no-any-return]

    async def _weigh(self) -> None:
        """Look at what else was assigned meanwhile; where that is verified, this task ends here."""
        refused = await lent("weighing").weigh(self)
        if refused is not None:
            refuse(self.device, refused[0], why(refused[1]))
        self._weigh_at = self.device.clock.up() + _WEIGH_EVERY_MS

    async def _verify(self, role: str, document) -> None:  # type: ignore[no-untyped-def]
        """Whether those who have this role signed it. Raises ValueError."""
        await self._each(lent("trust").Trust(self.device.board).signed(role, document))

    async def _each(self, checks) -> None:  # type: ignore[no-untyped-def]
        """Let others in before each signature, which takes a chip's whole attention. Raises ValueError."""
        await self._calm()
        for _ in checks:
            await self._calm()

    async def _document(self, name: str, length: "int | None") -> bytearray:
        """All bytes of a document. Raises ValueError."""
        gc.collect()
        raw = bytearray()
        await self.fetch(name, 0, length, lambda _, piece: raw.extend(piece), _DOCUMENT_BYTES + 1)
        self._fetching = None
        return raw

    async def fetch(self, name: str, at: int, end: "int | None", sink, most: int = 0) -> None:  # type: ignore[no-untyped-def]
        """Give `sink` each piece of the file with its offset, in order. Raises ValueError."""
        device = self.device
        up = device.clock.up
        pieces = self._fetching = lent("fetching").Fetching(name, at, end, self._rate, up(), most)
        while not pieces.done:
            if self._go_on():
                pieces.lost(up())  # its pieces went to who was looked at; and it makes room
                await self._weigh()
                self._fetching = pieces
                pieces.lost(up())
            now = up()
            if not device.online or not device.welcomed:
                pieces.lost(now)
                await asyncio.sleep_ms(_LOOK_MS)
                continue
            if not is_calm(device):
                pieces.rest(now)
                await asyncio.sleep_ms(_CALM_MS)
                continue
            piece = pieces.next()
            asked = pieces.asks(now) if piece is None else None
            if piece is not None:
                sink(pieces.at - len(piece), piece)
                self.done = pieces.at
                await asyncio.sleep_ms(0)
            elif asked is not None:
                device.say("file", {"name": name, "offset": asked[0], "length": asked[1]}, 1)
            else:
                self._came.clear()
                await happens(self._came, pieces.wait_ms(now))

    async def _calm(self) -> None:
        """Wait for a moment in which a chip may think for a second. Raises ValueError when the time is over."""
        await asyncio.sleep_ms(0)
        while not is_calm(self.device):
            self._go_on()
            await asyncio.sleep_ms(_CALM_MS)

    async def _quiet(self, quiet_ms: int) -> None:
        """Wait until nobody did anything for so long, and all is told."""
        device = self.device
        up = device.clock.up
        newest, since = None, up()
        while True:
            if self._go_on():
                await self._weigh()
            if newest is not device.outbox.newest:
                newest, since = device.outbox.newest, up()
            if up() - since >= quiet_ms and is_calm(device) and device.trial is None:
                return
            await asyncio.sleep_ms(_LOOK_MS)

    def _stay_awake(self) -> None:
        """A board that sleeps does not while pieces can come: a network that is away shall not cost the battery."""
        device = self.device
        if device.online:
            device.awake_until = max(device.awake_until, device.clock.up() + _AWAKE_MS)

    def _go_on(self) -> bool:
        """Stay awake for it; whether something else was assigned. Raises ValueError where it has no sense any more."""
        self._stay_awake()
        now = self.device.clock.up()
        if self._trouble:
            raise ValueError(self._trouble)
        if self._until is not None and now >= self._until:
            if self.stage == "wait":
                raise ValueError("busy: people did not leave it alone for long enough")
            raise ValueError("too_slow: not here in the time that it was given")
        return self.heard is not None and self.stage != "check" and now >= self._weigh_at
