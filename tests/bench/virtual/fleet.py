"""A fleet: welcomes the device, stores its events once each, says what is stored, and tells it what is live.

The rules are the fleet's (docs/decisions/0001 and 0008, fleet/flows/presence.py and leases.py); the database is a
dictionary. It may be restarted, restored from an older backup of itself, and believe in a wrong time.
"""

from protocols.batches import decode_batch
from protocols.message import ProtocolError, from_json
from tests.bench.virtual.coverage import cover, through
from tests.bench.virtual.grants import BASE_MS, Grants, keys

EPOCHS_AHEAD = 100
HOLDS_MS = 60_000
HIGHEST_NUMBER = 9_999


class Fleet:
    """`stored` is what it has for ever: {(epoch, boot, seq): event}."""

    def __init__(self, agenda, broker, tell, random, roles):
        self.agenda = agenda
        self.broker = broker
        self.tell = tell
        self.random = random
        self.up = True
        self.clock_ms = BASE_MS
        self.clock_stepped = False
        self.config = {"version": 1, "roles": roles, "office": "Một cửa", "services": keys(), "scale": 5}
        self.strange = []
        self.collisions = []
        self.refused = {}
        self.lost_by_restore = {}
        self.poison = 0
        self.receipts_late = self.receipts_doubled = 0
        self.slow_ms = 60
        self.said_outbox = None
        self.stored = {}
        self.covered = {}
        self.epoch = 0
        self.generation = 1
        self._poisoned = set()
        self._nonce = None
        self.leases = Grants()
        self._called = 0
        self._version = 0
        self._working = []
        self._backup = None

    def now(self):
        """What it takes for the time."""
        return self.clock_ms + self.agenda.now

    def configure(self):
        """Tell the broker what the device shall be."""
        self.broker.to_device("config", self.config, 1, retain=True)

    # What may happen to it

    def step_clock(self, ms):
        """Somebody sets its clock."""
        self.clock_ms += ms
        self.clock_stepped = True

    def stop(self):
        """It ends. What it did not commit lies with the broker still."""
        self.up = False
        working, self._working = self._working, []
        for payload in working:
            self.broker._waiting.append(("events", payload))

    def start(self, forgets):
        """It is there again; `forgets`: the broker kept nothing for it."""
        self.up = True
        self.configure()
        self.broker.fleet_is_back(forgets)

    def back_up(self):
        """A backup is made."""
        covered = {life: list(stretches) for life, stretches in self.covered.items()}
        self._backup = (dict(self.stored), covered, self.epoch, self._nonce, self.leases.copied())

    def restore(self):
        """The last backup takes its place, with all that it does not know; what it loses, nobody else lost."""
        if self._backup is None:
            return
        before = self.stored
        stored, covered, self.epoch, self._nonce, leases = self._backup
        self.leases.restore(leases)
        self.stored = dict(stored)
        self.covered = {life: list(stretches) for life, stretches in covered.items()}
        self.generation += 1
        for key, event in before.items():
            if key not in self.stored:
                self.lost_by_restore[key] = event

    # What it hears

    def hear(self, name, payload):
        """The device published this on `up/<name>`."""
        try:
            if name == "events":
                self._working.append(payload)
                self.agenda.after(2 + self.random.below(self.slow_ms), self._commit, payload)
            elif name == "hello":
                self._welcome(from_json(payload))
            elif name == "want":
                self._want(from_json(payload))
            elif name == "held":
                self._held(from_json(payload))
            elif name == "health":
                self.said_outbox = from_json(payload).get("outbox", 0)
        except ProtocolError as err:
            self._strange("%s: %s" % (name, err))

    def _welcome(self, hello):
        epoch = hello.get("epoch")
        if epoch is None:
            if hello["nonce"] != self._nonce or not self.epoch:
                self.epoch += 1
                self.leases.revoke()
                self.tell("the fleet issues epoch %d" % self.epoch)
            epoch = self.epoch
        elif not 1 <= epoch <= self.epoch + EPOCHS_AHEAD:
            return self._strange("epoch %d was never issued" % epoch)
        self.epoch = max(self.epoch, epoch)
        self._nonce = hello["nonce"]
        answer = {"now": self.now(), "epoch": epoch, "generation": self.generation, "nonce": hello["nonce"]}
        answer["report"] = self.leases.awaited
        self.broker.to_device("welcome", answer, 1)
        expires = self.now() + 30 * HOLDS_MS
        queue = {"services": [{"service": "a", "ahead": 3, "p50": 10, "p90": 20}], "expires": expires}
        reserve = {"numbers": [self._next_call(), self._next_call()], "expires": expires}
        self._say(leases=self.leases.of(epoch, self.stored), queue=queue, reserve=reserve)
        return None

    def _want(self, want):
        if want["want"] == "numbers":
            self._say(leases=self.leases.of(self.epoch, self.stored))
        else:
            call = self._next_call()
            show = dict(call, label="A%03d" % call["number"], want=want["id"], expires=self.now() + HOLDS_MS)
            self._say(show=show)

    def _held(self, held):
        if self.leases.awaited and held["generation"] == self.generation:
            self.leases.hear(self.epoch, held)
            if not self.leases.awaited:
                self.tell("the printer has told the restored fleet what it holds")
                self._say(leases=self.leases.of(self.epoch, self.stored))

    def _next_call(self):
        """A number to call. Nobody is called twice, so each call can be told from the others."""
        self._called += 1
        return {"service": "a", "number": self._called % HIGHEST_NUMBER or 1}

    def _say(self, **parts):
        self._version += 1
        parts["version"] = self._version
        parts["now"] = self.now()
        self.broker.to_device("state", parts, 1)

    # Events

    def _commit(self, payload):
        """Store a batch, and say so once it is stored."""
        if payload not in self._working:
            return None  # it was stopped meanwhile
        self._working.remove(payload)
        try:
            batch = decode_batch(payload)
        except ProtocolError as err:
            return self._strange("batch: %s" % err)
        header = batch.header
        life = (header.epoch, header.boot)
        if not 1 <= header.epoch <= self.epoch:
            if self.generation == 1:
                self._strange("events of epoch %d, which was never issued" % header.epoch)
            return None
        refused = self._unfit(life, batch.events)
        if refused and len(batch.events) > 1:
            return None  # nothing of it can be stored; the device will send its events one by one
        for seq in sorted(batch.events):
            key, event = (life[0], life[1], seq), batch.events[seq]
            if seq in refused:
                self.refused[key] = event
            elif key not in self.stored:
                self.stored[key] = event
                if event["kind"] == "finish":
                    identity = "b-1/%d/%d/%d" % key
                    self._say(armed={"finish": identity, "expires": self.now() + HOLDS_MS})
            elif self.stored[key] != event:
                self.collisions.append((key, self.stored[key], event))
        if not refused:
            self.covered[life] = cover(self.covered.get(life, []), batch.stretch(), header.oldest)
        upto = through(self.covered.get(life, []), header.oldest)
        receipt = {"epoch": life[0], "boot": life[1], "through": upto, "now": self.now(), "refused": refused}
        wait = 0
        if self.receipts_late:
            self.receipts_late -= 1
            wait = self.random.below(30_000)
        self.agenda.after(wait, self.broker.to_device, "receipt", receipt, 0)
        if self.receipts_doubled:
            self.receipts_doubled -= 1
            self.agenda.after(self.random.below(60_000), self.broker.to_device, "receipt", receipt, 0)
        return None

    def _unfit(self, life, events):
        """The events of this batch that can not be stored. Any may turn out so when it comes for the first time."""
        for seq in sorted(events):
            if self.poison and (life[0], life[1], seq) not in self.stored:
                self.poison -= 1
                self._poisoned.add((life[0], life[1], seq))
                self.tell("event %d of boot %d can not be stored" % (seq, life[1]))
        return [seq for seq in sorted(events) if (life[0], life[1], seq) in self._poisoned]

    def _strange(self, what):
        self.strange.append(what)
        self.tell("the fleet does not understand: " + what)
