"""What the actor does by its clock alone: keys that a silent host let go, cuts at a moment, lamps and currents."""

from hil_tests.actor.cutting import Cut
from hil_tests.actor.eyes import Eyes
from hil_tests.actor.hands import Hands
from hil_tests.actor.meter import KEPT, Meter

WRAP = 1 << 30


class Hardware:
    """Pins in memory; its milliseconds wrap soon."""

    def __init__(self):
        self.now = WRAP - 50
        self.pulled = set()
        self.powers = []
        self.levels = {"eye1": 0}
        self.bytes = {"printer": 100}

    def ticks(self):
        return self.now % WRAP

    def ticks_diff(self, later, earlier):
        return (later - earlier + WRAP // 2) % WRAP - WRAP // 2

    def after(self, at, ms):
        return (at + ms) % WRAP

    def pull(self, wire):
        self.pulled.add(wire)

    def let_go(self, wire):
        self.pulled.discard(wire)

    def let_all_go(self):
        self.pulled.clear()

    def level(self, wire):
        return self.levels[wire]

    def came(self, wire):
        return self.bytes[wire]

    def power(self, on):
        self.powers.append((self.now, on))


def passes(hardware, part, ms, happens=None):
    for _ in range(ms):
        hardware.now += 1
        if happens is not None:
            happens(hardware)
        part.tick(hardware.ticks())
        if isinstance(part, Cut):
            part.count(hardware.ticks())


def test_a_host_that_falls_silent_keeps_no_key_pressed():
    hardware = Hardware()
    hands = Hands(hardware)
    hands.silence_ms = 100
    hands.hold("hand1")
    passes(hardware, hands, 90)
    hands.heard()
    passes(hardware, hands, 100)
    assert hardware.pulled == {"hand1"} and hands.forgot() is None
    passes(hardware, hands, 1)
    assert hardware.pulled == set() and hands.forgot() == hardware.ticks()
    assert hands.forgot() is None and hands.held == {}


def test_silence_without_a_key_is_no_news():
    hardware = Hardware()
    hands = Hands(hardware)
    hands.hold("hand1")
    hands.hold("hand2")
    hands.release("hand1")
    hands.release("hand2")
    passes(hardware, hands, 6_000)
    assert hands.forgot() is None
    hands.hold("hand2")
    hands.release_all()
    assert hardware.pulled == set() and hands.held == {}


def test_a_cut_comes_so_long_after_the_lamp_and_for_so_long():
    hardware = Hardware()
    cut = Cut(hardware)
    cut.arm_by_eye("eye1", 1, 7, 30)
    passes(hardware, cut, 20)
    assert hardware.powers == [] and cut.armed
    hardware.levels["eye1"] = 1
    seen = hardware.now + 1
    passes(hardware, cut, 60)
    assert hardware.powers == [(seen + 7, False), (seen + 37, True)]
    assert cut.happened() == [("cut", (seen + 7) % WRAP), ("back", (seen + 37) % WRAP)]
    assert cut.happened() == [] and not cut.armed


def test_a_cut_comes_at_the_byte():
    hardware = Hardware()
    cut = Cut(hardware)
    cut.arm_by_bytes("printer", 37, 0, 5)

    def send(world):
        world.bytes["printer"] += 1

    passes(hardware, cut, 36, send)
    assert hardware.powers == []
    passes(hardware, cut, 1, send)
    assert [on for _, on in hardware.powers] == [False] and cut.happened() == [("cut", hardware.ticks())]
    passes(hardware, cut, 10)
    assert cut.happened() == [("back", cut.back_at)]


def test_a_cut_that_is_taken_back_gives_the_power_back():
    hardware = Hardware()
    cut = Cut(hardware)
    cut.arm_now(0, 1000)
    passes(hardware, cut, 2)
    cut.disarm()
    passes(hardware, cut, 2000)
    assert [on for _, on in hardware.powers] == [False, True]


def test_eyes_count_changes_and_know_an_edge_that_was_lost():
    eyes = Eyes(["eye1", "eye2"])
    assert eyes.seen("eye1", 1, 5) == ["eye", "eye1", "1", "1"]
    assert eyes.seen("eye1", 1, 6) is None
    assert eyes.seen("eye1", 0, 9) == ["eye", "eye1", "0", "2"]
    assert eyes.all() == ["eye1=0,2,9", "eye2=0,0,0"]


class Chip:
    def __init__(self, shunts):
        self.shunts = list(shunts)
        self.written = []

    def read(self, register):
        return 1250 << 3 if register == 2 else self.shunts.pop(0)

    def write(self, register, word):
        self.written.append((register, word))


def test_a_meter_tells_average_and_extremes_in_microamperes():
    meter = Meter(Chip([450, 470, 0xFFFF]))
    meter.set_up()
    assert [meter.sample() for _ in range(3)] == [45_000, 47_000, -100]
    assert meter.told() == ["3", "30633", "-100", "47000", "5000"]
    meter.start()
    assert meter.told() == ["0", "0", "0", "0", "5000"]
    many = Meter(Chip([1] * (KEPT + 5)))
    for _ in range(KEPT + 5):
        many.sample()
    assert len(many.ring) == KEPT and many.count == KEPT + 5
