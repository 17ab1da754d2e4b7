"""Two releases for one board, and five devices that say what they run."""

import json

from fleet.domain.images import image_of
from fleet.flows.enrol import enrol
from fleet.flows.publish_release import publish
from fleet.store.database import Store
from fleet.store.rows import run, sql
from tests.release_keys import Releases

SAYS = sql(
    "UPDATE devices SET board = 'pico_w', presence = 'online', epoch = 1, application = :said WHERE id = :device"
)
ROM = b"rom of a pico" * 900
RUNS = {
    "nut-7": {"sequence": 12, "mpy": "6.3", "room": 500_000, "root": 1, "slot": "a"},
    "nut-8": {"sequence": 12, "mpy": "6.3", "room": 500_000, "root": 1, "trial": True},
    "nut-9": {
        "sequence": 11, "mpy": "6.3", "room": 500_000, "root": 1,
        "back": {"sequence": 12, "reason": "not as before: printer, rating keys"},
    },
    "q-7": {"sequence": 0, "mpy": "6.3"},
    "q-8": {"sequence": 11, "mpy": "6.2", "room": 500_000, "root": 1},
}  # fmt: skip


def released(store: Store, now_ms: int) -> None:
    """They are published, and it is their last word."""
    people = Releases()
    with store.writing() as connection:
        for sequence, firmware in ((11, "0.8.0"), (12, "0.9.0")):
            image = image_of("pico_w", "6.3", firmware, ROM + firmware.encode())
            documents = {"root/1": people.root, f"release/{sequence}": people.release(sequence, [image])}
            publish(connection, documents, [ROM + firmware.encode()], "Lan", now_ms, "Máy in nhanh hơn")
    for device, said in RUNS.items():
        enrol(store, device, ("rating",), "tan-an", None, now_ms)
        with store.writing() as connection:
            run(connection, SAYS, said=json.dumps(said), device=device)
