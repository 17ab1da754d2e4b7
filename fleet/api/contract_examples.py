"""One example of every message, as it stands on the wire."""

from typing import Any

Example = dict[str, Any]

MORNING_MS = 1_791_423_000_000
# 2026-10-08 08:30 in Việt Nam.
NOON_MS = MORNING_MS + 3 * 3_600_000
EVENING_MS = MORNING_MS + 9 * 3_600_000
HAPPENED = {"up": 1_845_200, "at": MORNING_MS}
TICKET = {"service": "chung-thuc", "number": 12}
FINISH = "kp-1/3/7/124"

EVENTS: dict[str, Example] = {
    "ticket": {**TICKET, "lease": "tp-1/2/5/1", "senior": True, "holder": "9f3c01d2a4b5e6f7"},
    "printed": TICKET,
    "print_failed": {**TICKET, "reason": "paper out"},
    "paper": {"state": "low", "metres_left": 12},
    "assigned": {**TICKET, "counter": "quay-1", "want": 41},
    "call": TICKET,
    "recall": TICKET,
    "no_show": TICKET,
    "finish": TICKET,
    "transfer": {**TICKET, "to_service": "ho-tich", "reason": "other field"},
    "park": {**TICKET, "reason": "photocopy"},
    "resume": TICKET,
    "pause": {"reason": "lunch"},
    "check_in": {**TICKET, "lease": "8c1f", "due": 1_795_312_800_000},
    "return": TICKET,
    "day_closed": TICKET,
    "go_on": {**TICKET, "to_service": "dat-dai"},
    "replace": {**TICKET, "by": 31},
    "undo": {"step": FINISH},
    "scan": {"what": "dossier", "code": "H15.50.05.13-261008-0975", "symbology": "qr"},
    "rating": {"score": 5, "scale": 5, "scale_version": 2, "armed": FINISH, "held_ms": 140},
    "rating_reason": {"reason": "long wait", "armed": FINISH},
    "review": {
        "press": "nut-1/3/7/124",
        "day": "2026-10-08",
        "decision": "restore",
        "why": "Đoàn khách đông, cán bộ xác nhận",
        "by": "lan",
    },
    "answer": {"criterion": 7, "points": 2, "finish": FINISH},
    "boot": {"reason": "power on", "firmware": "0.1.0"},
    "fault": {"part": "printer", "reason": "no answer to a status request"},
    "selftest": {"part": "scanner", "result": "pass"},
    "update": {"release": "0.2.0", "result": "confirmed"},
}
EVENTS = {kind: {"kind": kind, **example, **HAPPENED} for kind, example in EVENTS.items()}

MESSAGES: dict[str, Example] = {
    "Hello": {
        "firmware": "0.1.0",
        "board": "esp32-s3",
        "roles": ["keypad", "rating"],
        "epoch": 3,
        "boot": 7,
        "reset": "power on",
        "config": 2,
        "nonce": "5f1d7a90c3",
        "up": 2150,
        "hw": "24dcc3a1b2c4",
        "slot": "a",
        "proof": "3f2a9c0d5b7e41886a0f1c2d3e4f5061",
        "application": {"sequence": 12, "trial": True, "root": 1, "mpy": "6.3", "room": 327680, "slot": "a"},
    },
    "Alive": {"gone": True},
    "EventBatch": {
        "v": 1,
        "epoch": 3,
        "boot": 7,
        "oldest": 123,
        "events": [{"seq": 123, **EVENTS["call"]}, {"seq": 124, **EVENTS["finish"]}],
    },
    "Health": {
        "up": 1_860_000,
        "heap_free": 91_264,
        "flash_free": 786_432,
        "rssi": -61,
        "outbox": 2,
        "loop_lag_ms": 4,
        "update": {"sequence": 12, "stage": "download", "done": 81_920, "size": 209_910},
    },
    "Want": {"id": 41, "want": "next", "not_after": MORNING_MS + 5000, "reserve": 12},
    "ReserveHeld": {"id": 12},
    "LeaseHeld": {
        "generation": 2,
        "of": 12,
        "lease": {
            "id": "tp-1/2/5/1",
            "service": "chung-thuc",
            "prefix": "A",
            "day": "2026-10-08",
            "first": 1,
            "last": 500,
            "secret": "00112233445566778899aabbccddeeff",
            "since": MORNING_MS,
            "expires": EVENING_MS,
        },
        "next": 18,
    },
    "Reply": {"id": "c-118", "ok": False, "reason": "no such lamp"},
    "FileWanted": {"name": "release/12", "offset": 1024, "length": 1024},
    "Welcome": {"now": MORNING_MS, "epoch": 3, "generation": 1, "nonce": "5f1d7a90c3"},
    "Receipt": {"epoch": 3, "boot": 7, "through": 124, "now": MORNING_MS + 180},
    "State": {
        "version": 318,
        "now": MORNING_MS,
        "leases": [
            {
                "id": "tp-1/2/5/1",
                "service": "chung-thuc",
                "prefix": "A",
                "day": "2026-10-08",
                "first": 1,
                "last": 500,
                "secret": "00112233445566778899aabbccddeeff",
                "since": MORNING_MS,
                "expires": EVENING_MS,
            }
        ],
        "queue": {"services": [{"service": "chung-thuc", "ahead": 4, "p50": 12, "p90": 25}], "expires": NOON_MS},
        "reserve": {"id": 12, "numbers": [{**TICKET, "label": "A012"}], "expires": NOON_MS},
        "armed": {"finish": FINISH, "expires": MORNING_MS + 60_000},
        "show": {**TICKET, "label": "A012", "want": 41, "expires": NOON_MS},
        "tone": {"tone": "due_soon", "expires": MORNING_MS + 3000},
        "day_key": [
            {"day": "2026-10-08", "key": "ffeeddccbbaa99887766554433221100", "since": MORNING_MS, "expires": EVENING_MS}
        ],
    },
    "Config": {
        "version": 2,
        "roles": ["printer"],
        "office": "Trung tâm Phục vụ hành chính công phường Bến Nghé",
        "hotline": "1022",
        "services": [{"button": 1, "service": "chung-thuc", "prefix": "A", "name": "Chứng thực"}],
        "texts": {"wait": "Quý vị vui lòng chờ"},
    },
    "Secret": {
        "slot": "b",
        "purpose": "key",
        "sealed": "AQIDBAUGBwhkqNotARealSealButOneOfItsLengthAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    },
    "Command": {"id": "c-118", "verb": "lamp", "arguments": {"name": "lamp_9"}, "not_after": MORNING_MS + 30_000},
    "Release": {
        "nonce": "5f1d7a90c3",
        "signed": '{"_type":"assignment","device":"tx-017","nonce":"5f1d7a90c3","release":{"length":1087,"sha256":"'
        + "1f" * 32
        + '"},"root":1,"sequence":12}',
        "signatures": ["7c" * 32 + " bm90IGEgc2lnbmF0dXJl"],
    },
    "FilePiece": {"name": "release/12", "offset": 1024, "data": "TUMxIQ=="},
}
