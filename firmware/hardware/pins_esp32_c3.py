"""ESP32-C3: ten pins are free, so it carries one role, and a printer of four services without a key to print again.
GPIO18 and 19 are USB, 20 and 21 the console, 11 to 17 the flash; 2, 8 and 9 decide how the board starts (8 does not
when it starts from flash). The keys that wake it from deep sleep lie on 0 to 5. What lies on 21 flickers while the
board starts."""

PINS = {
    "printer": {
        "printer": [1, 7, 6, 9600],
        "lamp_ready": 10,
        "lamp_fault": 8,
        "priority": 0,
        "reprint": None,
        "service_1": 1,
        "service_2": 3,
        "service_3": 4,
        "service_4": 5,
        "service_5": None,
        "service_6": None,
        "service_7": None,
        "service_8": None,
        "service_9": None,
        "service_10": None,
        "service_11": None,
        "service_12": None,
    },
    "rating": {
        "score_1": 0,
        "score_2": 1,
        "score_3": 3,
        "score_4": 4,
        "score_5": 5,
        "lamp_1": 6,
        "lamp_2": 7,
        "lamp_3": 10,
        "lamp_4": 8,
        "lamp_5": 21,
        "lamp_armed": None,
    },
    "reader": {
        "scanner": [1, 7, 6, 9600],
        "lamp_ok": 4,
        "lamp_unknown": 5,
        "buzzer": 10,
    },
    "keypad": {
        "key_next": 0,
        "key_recall": 1,
        "key_no_show": 3,
        "key_finish": 4,
        "display": [1, 7, 6, 9600],
        "lamp_serving": 5,
    },
    "display": {
        "matrix": [3, 4, 5],
        "panel": None,
        "voice": [1, 7, 6, 9600],
    },
}
