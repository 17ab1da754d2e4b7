"""What befalls a device. Each fault is a method, named as in the stories; its numbers come from there."""

from firmware.outbox import OutboxFull
from tests.bench.virtual.flash import blank


class Faults:
    """Does to a world what a story says, and makes all well again in the end."""

    def __init__(self, world):
        self.world = world
        self.dark_ms = 1_000

    def happen(self, step):
        """A fault of the story."""
        arguments = {name: value for name, value in step.items() if name not in ("at", "fault")}
        said = ", ".join(["%s %s" % (name, arguments[name]) for name in sorted(arguments)])
        self.world.tell("fault: %s (%s)" % (step["fault"], said))
        getattr(self, step["fault"])(**arguments)

    def heal(self):
        """Power, network, broker and fleet are well, and stay so."""
        world = self.world
        if world.power is not None:
            world.power.cut_at_operation(None)
        world.dark_until = min(world.dark_until, world.agenda.now)
        self._network_well()
        broker, fleet, people = world.broker, world.fleet, world.people
        broker.up = True
        if broker.frozen:
            broker.freeze(False)
        broker.unacknowledged = broker.forgotten = broker.refused = broker.doubled = broker.late = broker.downs_lost = 0
        fleet.poison = fleet.receipts_late = fleet.receipts_doubled = 0
        people.printer_answers, people.paper_out = True, False
        if world.board is not None:
            world.board.memory_error_in = None
        if not fleet.up:
            fleet.start(False)

    # Power and flash

    def power_cut(self, off_ms):
        self.world.cut_power(off_ms)

    def flash_cut(self, counts, off_ms):
        self.dark_ms = off_ms
        self.world.cut_at_operations(counts)

    def reformatted(self, off_ms):
        """The file system is lost and made anew. What lay in it is lost with it; what lies in regions must not be."""
        world = self.world
        world.cut_power(off_ms)
        if not self._has("events"):
            self._forgive()
        world.agenda.after(off_ms // 2, self._format)

    def _format(self):
        world = self.world
        if world.power is not None and world.power.on:
            return world.agenda.after(500, self._format)
        world.chips["files"][:] = blank(len(world.chips["files"]) // 4096)
        if not self._has("kept"):
            world.enrol()
        else:
            from tests.bench.virtual.flash import Power, Region
            from tests.bench.virtual.world import written

            written(Region(world.chips["files"], Power(world.agenda, world.chance), world.chance))
        return None

    def _has(self, region):
        """Whether the firmware keeps something outside the file system."""
        return self.world.uses_regions and region in self.world.chips

    def _forgive(self):
        from tests.bench.virtual.truth import content

        world = self.world
        stored = [content(event) for event in world.fleet.stored.values()]
        shown = [one.what for one in world.people.shown]
        for what in set(shown):
            world.forgiven[what] = max(0, shown.count(what) - stored.count(what))

    def memory_error(self, calls):
        if self.world.board is not None:
            self.world.board.memory_error_in = calls
            self.world.memory_failed = True

    def outbox_full(self, times):
        """The outbox has no room for the next events."""
        device = self.world.device
        if device is None:
            return
        outbox = device.outbox
        append, left = outbox.append, [times]

        def full(event):
            if left[0] <= 0:
                return append(event)
            left[0] -= 1
            raise OutboxFull(outbox.waiting())

        outbox.append = full

    # Network

    def network_down(self, ms):
        network = self.world.network
        network.up = False
        network.cut()
        self.world.agenda.after(ms, self._network_well)

    def network_silent(self, ms):
        network = self.world.network
        network.answers = False
        network.silence()
        self.world.agenda.after(ms, self._network_well)

    def connection_frozen(self):
        self.world.network.silence()

    def connection_cut(self):
        self.world.network.cut()

    def packet_cut(self, after_bytes):
        self.world.network.cut_within(after_bytes)

    def network_slow(self, ms, bytes_per_s, slowest_ms):
        network = self.world.network
        network.bytes_per_s, network.slowest_ms = bytes_per_s, slowest_ms
        self.world.agenda.after(ms, self._network_well)

    def _network_well(self):
        network = self.world.network
        network.up = network.answers = True
        network.bytes_per_s, network.slowest_ms = None, 30

    # Broker

    def broker_restart(self, ms, forgets):
        broker = self.world.broker
        broker.stop(forgets)
        self.world.agenda.after(ms, self._broker_back)

    def _broker_back(self):
        self.world.broker.up = True
        if self.world.fleet.up:
            self.world.fleet.configure()

    def broker_frozen(self, ms):
        broker = self.world.broker
        broker.freeze(True)
        self.world.agenda.after(ms, broker.freeze, False)

    def puback_lost(self, packets):
        self.world.broker.unacknowledged += packets

    def broker_forgets(self, batches):
        self.world.broker.forgotten += batches

    def broker_refuses(self, batches):
        self.world.broker.refused += batches

    def duplicate(self, batches):
        self.world.broker.doubled += batches

    def reorder(self, batches, ms):
        self.world.broker.late += batches
        self.world.broker.late_ms = ms

    def downs_lost(self, messages):
        self.world.broker.downs_lost += messages

    # Fleet

    def fleet_restart(self, ms, forgets):
        fleet = self.world.fleet
        if fleet.up:
            fleet.stop()
            self.world.agenda.after(ms, self._fleet_back, forgets)

    def _fleet_back(self, forgets):
        if not self.world.fleet.up:
            self.world.fleet.start(forgets)

    def fleet_backup(self):
        self.world.fleet.back_up()

    def fleet_restored(self, ms):
        fleet = self.world.fleet
        if fleet.up:
            fleet.stop()
            self.world.broker._waiting = []
            fleet.restore()
            self.world.agenda.after(ms, self._fleet_back, True)

    def receipts_late(self, receipts):
        self.world.fleet.receipts_late += receipts

    def receipts_doubled(self, receipts):
        self.world.fleet.receipts_doubled += receipts

    def poison(self, events):
        self.world.fleet.poison += events

    def clock_step(self, ms):
        self.world.fleet.step_clock(ms)

    def configured(self, roles, hotline):
        """The device shall be something else."""
        fleet = self.world.fleet
        fleet.config = dict(fleet.config, version=fleet.config["version"] + 1, roles=roles, hotline=hotline)
        if fleet.up:
            fleet.configure()

    # The printer

    def printer_silent(self, ms):
        self.world.people.printer_answers = False
        self.world.agenda.after(ms, self._printer_well)

    def paper_out(self, ms):
        self.world.people.paper_out = True
        self.world.agenda.after(ms, self._printer_well)

    def _printer_well(self):
        self.world.people.printer_answers, self.world.people.paper_out = True, False
