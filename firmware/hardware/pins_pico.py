"""Raspberry Pi Pico W and Pico 2 W: a pin for every line. GP23 to GP25 and GP29 belong to the radio.

A serial line is [UART, tx, rx, baud]; both UARTs may lie on other pins, but only on those that the chip knows for them.
"""

PINS = {
    "printer": {
        "printer": [0, 0, 1, 9600],
        "lamp_ready": 2,
        "lamp_fault": 3,
        "priority": 6,
        "reprint": 11,
        "service_1": 7,
        "service_2": 8,
        "service_3": 9,
        "service_4": 10,
        "service_5": 4,
        "service_6": 5,
        "service_7": 20,
        "service_8": 21,
        "service_9": 22,
        "service_10": 26,
        "service_11": 27,
        "service_12": 28,
    },
    "rating": {
        "score_1": 12,
        "score_2": 13,
        "score_3": 14,
        "score_4": 15,
        "score_5": 16,
        "lamp_1": 17,
        "lamp_2": 18,
        "lamp_3": 19,
        "lamp_4": 26,
        "lamp_5": 27,
        "lamp_armed": 28,
    },
    "reader": {
        "scanner": [1, 4, 5, 9600],
        "lamp_ok": 20,
        "lamp_unknown": 21,
        "buzzer": 22,
    },
    "keypad": {
        "key_next": 7,
        "key_recall": 8,
        "key_no_show": 9,
        "key_finish": 10,
        "display": [0, 0, 1, 9600],
        "lamp_serving": 2,
    },
    "display": {
        "matrix": [19, 18, 17],
        "panel": [0, 0, 1, 9600],
        "voice": [1, 4, 5, 9600],
    },
}
