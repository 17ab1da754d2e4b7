"""What was measured of one device and of one event, from which a plan for many is computed; and what devices do.

Each figure stands in docs/figures.md under its heading, with the command that measures it. Processor times are of one
core of the machine there and of PostgreSQL. A live event is dear: nearly each is a transaction of its own at each who
has to do with it. Where more come at once they share one, so a plan that counts each as if it came alone is on the safe
side.
"""

from typing import NamedTuple


class Figure(NamedTuple):
    """A measured value, as it stands in docs/figures.md, and the heading there."""

    value: float
    unit: str
    heading: str

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"


CROWD, STORAGE, BACKUP = "A crowd", "Storage", "Backup and restore"
YEARS, PAGES, RECEIVING = "Years of a province", "Pages", "Receiving"

# One device that is there and says nothing but that, and how it is.
BROKER_IDLE_US = Figure(2.5, "µs", CROWD)
BROKER_DEVICE_KB = Figure(7.4, "KB", CROWD)
HEALTH_RECEIVER_US = Figure(42, "µs", CROWD)
HEALTH_DATABASE_US = Figure(46, "µs", CROWD)

# One device that comes (again): connection, presence, birth, welcome, configuration and state.
COMES_BROKER_MS = Figure(0.6, "ms", CROWD)
COMES_SENDER_MS = Figure(19, "ms", CROWD)
COMES_DATABASE_MS = Figure(9.4, "ms", CROWD)

# One event at the pace of people, with all that follows of it: who is called, armed and shown, how long people wait.
EVENT_BROKER_MS = Figure(0.35, "ms", CROWD)
EVENT_RECEIVER_MS = Figure(6.1, "ms", CROWD)
EVENT_LINKER_MS = Figure(18, "ms", CROWD)
EVENT_SENDER_MS = Figure(8.7, "ms", CROWD)
EVENT_DATABASE_MS = Figure(11, "ms", CROWD)
EVENT_LOG_KB, HEALTH_LOG_BYTES = Figure(6.1, "KB", CROWD), Figure(573, "bytes", CROWD)
EVENT_FLUSHES = Figure(5.6, "flushes", CROWD)
LOOK_MS = Figure(33, "ms", CROWD)
# A supervisor's page that hears of it, of an office of this size.

RECEIVER_EVENTS_S = Figure(6_690, "events/s", RECEIVING)
# What one receiver takes of a backlog or a flood of many devices, where nobody is armed or called.

EVENT_MB = Figure(358, "MB", STORAGE)
ARCHIVE_MB = Figure(2.8, "MB", STORAGE)
VISIT_MB, HOURS_MB, SUMS_MB = Figure(484, "MB", YEARS), Figure(173, "MB", YEARS), Figure(232, "MB", YEARS)
# Of a million.
BACKUP_BYTES = Figure(28, "bytes", BACKUP)
BACKUP_S = Figure(2.2, "s", BACKUP)
BACKUP_ROWS = 200_000
# Seconds of processor for so many rows, written and read again.

# Megabytes that a process holds.
RECEIVER_MB, LINKER_MB, SENDER_MB = (
    Figure(94, "MB", RECEIVING),
    Figure(151, "MB", "The soak"),
    Figure(233, "MB", CROWD),
)
PAGES_MB = Figure(188, "MB", "The soak")

# What devices do, by the firmware's own numbers and the model of a made day (docs/recordings.md).
AT_OFFICE = 10
PING_EVERY_S, HEALTH_EVERY_S = 7, 60
EVENTS_A_VISIT = 5.2
TOLD_A_VISIT = 5
# Messages of the fleet beside receipts: the number to call, who waits, the display, the buttons armed and disarmed.

# On the wire, without TLS: a packet of TCP over IPv4 with nothing in it, and our largest common messages.
PACKET_BYTES, PING_BYTES, HEALTH_BYTES, EVENT_BYTES, TOLD_BYTES = 52, 2, 88, 226, 200
TLS_RECORD_BYTES = 29
