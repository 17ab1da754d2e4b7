"""Which pin of the actor is which wire, and which line of a device hangs on it. The wiring page is drawn from here.

Beside a Pico W a wire goes to the pin of the same number, but for those of the two serial lines, which cross, and a few
lamps. One wire serves several lines, for no device has them all: what is `key_next` of a keypad is `service_1` of a
printer. Where a device has two of them, the second goes without. A rig's file may join other lines; the actor itself
knows wires only.
"""

HANDS = {
    "hand1": 6,
    "hand2": 7,
    "hand3": 8,
    "hand4": 9,
    "hand5": 10,
    "hand6": 12,
    "hand7": 13,
    "hand8": 14,
    "hand9": 15,
    "hand10": 16,
}
# Pulled to ground or let go, never driven high.

EYES = {"eye1": 2, "eye2": 3, "eye3": 17, "eye4": 18, "eye5": 19, "eye6": 26, "eye7": 27, "eye8": 28, "eye9": 11}
DIM = ("eye6", "eye7", "eye8")
# Pins that can also say how bright a lamp is.

SERIAL = {"printer": (0, 0, 1), "scanner": (1, 4, 5)}
# UART, tx, rx of the actor.
BAUD = 9600
RELAY = 22
RELAYS = {"nc high": 0, "nc low": 1, "no high": 1, "no low": 0}
# Which level of its pin gives the device power: by a contact that is closed or open at rest, and a module that draws at
# which level.
METER = (0, 20, 21)
# I2C, sda, scl.

LINES = {
    "priority": "hand1",
    "service_1": "hand2",
    "service_2": "hand3",
    "service_3": "hand4",
    "service_4": "hand5",
    "key_next": "hand2",
    "key_recall": "hand3",
    "key_no_show": "hand4",
    "key_finish": "hand5",
    "score_1": "hand6",
    "score_2": "hand7",
    "score_3": "hand8",
    "score_4": "hand9",
    "score_5": "hand10",
    "lamp_ready": "eye1",
    "lamp_serving": "eye1",
    "lamp_fault": "eye2",
    "lamp_1": "eye3",
    "lamp_2": "eye9",
    "lamp_3": "eye2",
    "lamp_ok": "eye4",
    "lamp_unknown": "eye5",
    "lamp_4": "eye6",
    "lamp_5": "eye7",
    "lamp_armed": "eye8",
    "printer": "printer",
    "display": "printer",
    "scanner": "scanner",
}
