"""A broker: the server's side of MQTT 3.1.1 and 5, as far as one device and its fleet need it, and what may fail there.

It is strict with the device: what no client may do is noted in `strange`.
"""

from protocols.message import to_json

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 14
MQTT_5 = 5
QUOTA_EXCEEDED = 0x97


class Broker:
    """`fleet.hear(name, payload)` gets what the device publishes on `up/<name>`."""

    def __init__(self, agenda, tell, random):
        self.agenda = agenda
        self.tell = tell
        self.random = random
        self.fleet = None
        self.up = True
        self.frozen = False
        self.receive_maximum = 20
        self.strange = []
        self._peers = []
        self._held = []
        self._retained = {}
        self._waiting = []  # what the fleet was not there to take
        # How many of the next packets meet each of these fates.
        self.unacknowledged = self.forgotten = self.refused = self.doubled = self.late = self.downs_lost = 0
        self.late_ms = 0

    def connected(self, wire):
        """A device opened a connection."""
        peer = Peer(self, wire)
        self._peers.append(peer)

    def stop(self, forgets):
        """The broker ends; every connection is lost. One that forgets has kept nothing on disk."""
        self.up = False
        for peer in self._peers:
            peer.wire.lose()
        self._peers = []
        self._held = []
        if forgets:
            self._retained = {}
            self._waiting = []

    def freeze(self, frozen):
        """Its process stands still, or goes on with what came meanwhile."""
        self.frozen = frozen
        if not frozen:
            held, self._held = self._held, []
            for do, argument in held:
                do(argument)

    def or_later(self, do, argument):
        """Do it, or once the process goes on."""
        if self.frozen:
            self._held.append((do, argument))
        else:
            do(argument)

    def from_device(self, peer, topic, payload, retain):
        """A publication arrived; hand it on."""
        name = topic.split("/")[-1]
        if retain:
            self._retained[topic] = payload
        if self.forgotten and name == "events":
            self.forgotten -= 1
            self.tell("the broker acknowledges a batch and forgets it")
            return
        wait = 1 + self.random.below(20)
        if self.late and name == "events":
            self.late -= 1
            wait += self.random.below(self.late_ms)
            self.tell("a batch reaches the fleet %d ms late" % wait)
        self.agenda.after(wait, self._hand_on, (name, payload))
        if self.doubled and name == "events":
            self.doubled -= 1
            self.agenda.after(wait + self.random.below(8_000), self._hand_on, (name, payload))
            self.tell("a batch reaches the fleet twice")

    def _hand_on(self, message):
        if not self.fleet.up:
            self._waiting.append(message)
        else:
            self.fleet.hear(*message)

    def fleet_is_back(self, forgets):
        """The fleet takes what waited for it, and hears the last hello and alive again."""
        waiting, self._waiting = self._waiting, []
        for message in [] if forgets else waiting:
            self.fleet.hear(*message)
        for topic, payload in self._retained.items():
            if topic.split("/")[-2] == "up":
                self.fleet.hear(topic.split("/")[-1], payload)

    def to_device(self, name, message, qos, retain=False):
        """The fleet publishes on `down/<name>`."""
        payload = to_json(message)
        if retain:
            self._retained["mc/1/b-1/down/" + name] = payload
        if not self.up:
            return
        if self.downs_lost and name != "config":
            self.downs_lost -= 1
            self.tell("down/%s is lost" % name)
            return
        self.or_later(self._publish, (name, payload, qos))

    def _publish(self, message):
        for peer in self._peers:
            peer.publish(*message)

    def give_retained(self, peer):
        """The device subscribed."""
        for topic, payload in self._retained.items():
            if topic.split("/")[-2] == "down":
                peer.publish(topic.split("/")[-1], payload, 1)

    def took(self, peer):
        """A client is one connection: an older one under its name is ended."""
        for other in list(self._peers):
            if other is not peer:
                other.wire.lose()

    def gone(self, peer):
        """The connection is lost: the last will."""
        if peer in self._peers:
            self._peers.remove(peer)
            if peer.will:
                self.from_device(peer, peer.will[0], peer.will[1], True)


class Peer:
    """One connection as the broker sees it."""

    def __init__(self, broker, wire):
        self.broker = broker
        self.wire = wire
        self.will = None
        self._buffer = b""
        self._protocol = 4
        self._greeted = False
        self._subscribed = False
        self._next_id = 0
        self._in_flight = set()
        wire.hear = lambda data: broker.or_later(self._hear, data)
        wire.ended = lambda: broker.or_later(broker.gone, self)

    def publish(self, name, payload, qos):
        """Say something to the device, if it wants to hear."""
        if not self._subscribed:
            return
        head = text("mc/1/b-1/down/" + name)
        if qos:
            self._next_id = self._next_id % 65_535 + 1
            head += number(self._next_id)
        if self._protocol == MQTT_5:
            head += b"\0"
        self._send(PUBLISH << 4 | qos << 1, head + payload)

    def _hear(self, data):
        self._buffer += data
        while len(self._buffer) >= 2 and not self.wire.lost:
            size, place = 0, 1
            while True:
                if place >= len(self._buffer):
                    return
                byte = self._buffer[place]
                size |= (byte & 127) << 7 * (place - 1)
                place += 1
                if byte < 128:
                    break
            if len(self._buffer) < place + size:
                return
            first, body = self._buffer[0], self._buffer[place : place + size]
            self._buffer = self._buffer[place + size :]
            self._take(first, body)

    def _take(self, first, body):
        kind = first >> 4
        if not self._greeted and kind != CONNECT:
            return self._strange("packet type %d before CONNECT" % kind)
        if kind == CONNECT:
            self._connect(body)
        elif kind == PUBLISH:
            self._published(first, body)
        elif kind == SUBSCRIBE:
            self._subscribed = True
            self._send(SUBACK << 4, body[:2] + (b"\0" if self._protocol == MQTT_5 else b"") + b"\x01")
            self.broker.give_retained(self)
        elif kind == PINGREQ:
            self._send(0xD0, b"")
        elif kind == DISCONNECT:
            self.will = None
            self.wire.lose()
        elif kind != PUBACK:
            self._strange("packet type %d" % kind)
        return None

    def _connect(self, body):
        if self._greeted:
            return self._strange("a second CONNECT")
        self._greeted = True
        self._protocol, flags = body[6], body[7]
        at = 10
        if self._protocol == MQTT_5:
            at += 1 + body[at]
        fields = []
        while at < len(body):
            if flags & 4 and len(fields) == 1 and self._protocol == MQTT_5:
                at += 1 + body[at]  # the properties of the will
            size = body[at] << 8 | body[at + 1]
            fields.append(body[at + 2 : at + 2 + size])
            at += 2 + size
        if flags & 4:
            self.will = (fields[1].decode(), fields[2])
        self.broker.took(self)
        if self._protocol == MQTT_5:
            properties = b"\x21" + number(self.broker.receive_maximum)
            self._send(CONNACK << 4, b"\0\0" + bytes([len(properties)]) + properties)
        else:
            self._send(CONNACK << 4, b"\0\0")
        return None

    def _published(self, first, body):
        broker, qos = self.broker, first >> 1 & 3
        size = body[0] << 8 | body[1]
        topic, at = body[2 : 2 + size].decode(), 2 + size
        code = 0
        if qos:
            packet_id, at = body[at : at + 2], at + 2
            if packet_id == b"\0\0":
                self._strange("packet id 0")
            self._in_flight.add(packet_id)
            if self._protocol == MQTT_5 and len(self._in_flight) > broker.receive_maximum:
                self._strange("%d packets in flight, %d allowed" % (len(self._in_flight), broker.receive_maximum))
            if broker.refused and self._protocol == MQTT_5 and topic.endswith("/events"):
                broker.refused -= 1
                broker.tell("the broker refuses a batch")
                code = QUOTA_EXCEEDED
        if self._protocol == MQTT_5:
            at += 1 + body[at]
        if not code:
            broker.from_device(self, topic, body[at:], bool(first & 1))
        if not qos:
            return
        self._in_flight.discard(packet_id)
        if broker.unacknowledged:
            broker.unacknowledged -= 1
            broker.tell("a PUBACK is lost")
            return
        self._send(PUBACK << 4, packet_id + (bytes([code]) if code else b""))

    def _send(self, first, body):
        size, head = len(body), [first]
        while True:
            size, byte = size >> 7, size & 127
            head.append(byte | 128 if size else byte)
            if not size:
                break
        self.wire.to_device(bytes(head) + body)

    def _strange(self, what):
        self.broker.strange.append(what)
        self.broker.tell("the device breaks the protocol: " + what)
        self.wire.lose()


def number(value):
    """Two bytes."""
    return bytes([value >> 8, value & 255])


def text(value):
    """A text with its length before it."""
    return number(len(value)) + value.encode()
