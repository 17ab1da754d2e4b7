"""ESP32 (WROOM-32): a pin for every line. GPIO6 to GPIO11 are the flash; 0, 1 and 3 the technician's cable.

GPIO34, 35, 36 and 39 have no pull-up of their own: each wants 10 kΩ to 3.3 V. GPIO12 must be low when the board
starts, so what hangs on it is a lamp to ground. GPIO5, 14 and 15 may flicker while it starts: lamps, or keys.
"""

PINS = {
    "printer": {
        "printer": [2, 17, 16, 9600],
        "lamp_ready": 5,
        "lamp_fault": 14,
        "priority": 4,
        "reprint": 13,
        "service_1": 33,
        "service_2": 25,
        "service_3": 26,
        "service_4": 27,
        "service_5": 15,
        "service_6": 32,
        "service_7": 23,
        "service_8": 22,
        "service_9": 21,
        "service_10": 19,
        "service_11": 18,
        "service_12": 34,
    },
    "rating": {
        "score_1": 36,
        "score_2": 39,
        "score_3": 34,
        "score_4": 35,
        "score_5": 32,
        "lamp_1": 18,
        "lamp_2": 19,
        "lamp_3": 21,
        "lamp_4": 22,
        "lamp_5": 23,
        "lamp_armed": 12,
    },
    "reader": {
        "scanner": [1, 27, 26, 9600],
        "lamp_ok": 25,
        "lamp_unknown": 15,
        "buzzer": 2,
    },
    "keypad": {
        "key_next": 13,
        "key_recall": 33,
        "key_no_show": 4,
        "key_finish": 14,
        "display": [2, 17, 16, 9600],
        "lamp_serving": 5,
    },
    "display": {
        "matrix": [23, 18, 19],
        "panel": [2, 17, 16, 9600],
        "voice": [1, 27, 26, 9600],
    },
}
