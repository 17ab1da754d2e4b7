"""Stories for the virtual layer: what people do before a device and what befalls it, made from a seed.

The same seed makes the same story. A story is plain values, so that it can be sent to a VM, shortened, and told.
"""

import random
from typing import Any

Story = dict[str, Any]

ROLES = ["printer", "rating", "reader", "keypad"]
FAULTS_PER_STORY = 12
FAULT_EVERY_MS = 9_000
TICKS_PERIOD = 1 << 30
HELD_FROM_MS, HELD_STEP_MS, HELD_STEPS = 60, 5, 380
# Below the two seconds after which a key counts as stuck, and no step is as long as some bounces.
FIRST_FAULT_MS = 8_000
OFF_MS = (50, 400, 3_000, 20_000)
NEARLY_FULL_BYTES = 112 * 1024
# Of the filesystem are left; of these the outbox leaves 96 KiB to others.
ROLES_FROM_MS, AWAY_FROM_MS, ACTS_OF_MS = 1_500, 20_000, 240_000
AWAY_MS = (300, 4_000, 15_000, 40_000)


def story(seed: int, faults: int = FAULTS_PER_STORY) -> Story:
    """The story of this seed, with so many faults."""
    rng = random.Random(seed)
    regions = rng.random() < 0.5
    ms = FIRST_FAULT_MS + FAULT_EVERY_MS * (faults + 1)
    made: Story = {
        "number": seed,
        "seed": seed,
        "protocol": rng.choice((4, 5)),
        "receive_maximum": rng.choice((20, 20, 10, 3, 1)),
        "roles": ROLES if rng.random() < 0.7 else ["rating", *rng.sample(["printer", "reader", "keypad"], 1)],
        "regions": {"events": rng.choice((64, 8, 4)), "kept": rng.choice((4, 2))} if regions else {},
        "blocks": 64,
        "free_bytes": 0 if rng.random() < 0.8 else rng.choice((128, 136, 144, 152, 160)) * 1024,
        "ticks_from": rng.choice((0, 0, TICKS_PERIOD - rng.randrange(ms))),
        "ms": ms,
    }
    steps = [*people(rng, ms), *misfortune(rng, faults, ms)]
    made["steps"] = sorted(steps, key=lambda step: step["at"])
    made["unit"] = rng.choice((32, 256))
    if not regions and rng.random() < 0.3:
        made["free_bytes"] = NEARLY_FULL_BYTES
    return made


def broker_away(seed: int, ms: int) -> Story:
    """The story of this seed, in which the broker is away for so long and forgets all, and people go on."""
    rng = random.Random(seed)
    made = story(seed, 0)
    acts = [{**step, "at": AWAY_FROM_MS + step["at"] * ms // ACTS_OF_MS} for step in people(rng, ACTS_OF_MS)]
    first = {
        "at": ROLES_FROM_MS,
        "fault": "connection_cut",
    }  # the model's fleet says what a device shall be at its return
    away = {"at": AWAY_FROM_MS, "fault": "broker_restart", "ms": ms, "forgets": True}
    return {**made, "free_bytes": 0, "ms": AWAY_FROM_MS + ms, "steps": [first, away, *acts]}


def people(rng: random.Random, ms: int) -> list[dict[str, Any]]:
    """What people do, each act with a content of its own."""
    steps: list[dict[str, Any]] = []
    at, number = 1_000, 0
    pace_ms = rng.choice((700, 1_500, 3_000))
    while at < ms:
        number += 1
        what = rng.random()
        if what < 0.4:
            held = HELD_FROM_MS + HELD_STEP_MS * (number % HELD_STEPS)
            pin = f"score_{rng.randint(1, 5)}"
            steps.append({"at": at, "press": pin, "held": held, "bounces": rng.choice((0, 0, 1, 2))})
            at += held
        elif what < 0.55:
            steps.append({"at": at, "press": f"service_{rng.randint(1, 2)}", "held": 100})
        elif what < 0.7:
            code = f"000.17.22.H56-260301-{number:04d}" if rng.random() < 0.7 else "?" * (100 + number)
            steps.append({"at": at, "scan": code})
        else:
            key = rng.choice(("next", "next", "finish", "finish", "recall", "no_show"))
            steps.append({"at": at, "press": f"key_{key}", "held": 90})
        at += 450 + rng.randrange(pace_ms)
    return steps


def misfortune(rng: random.Random, faults: int, ms: int) -> list[dict[str, Any]]:
    """What befalls the device: faults of all kinds, some of them together."""
    steps: list[dict[str, Any]] = []
    at = FIRST_FAULT_MS
    for _ in range(faults):
        name = rng.choices(list(FAULTS), [weight for weight, _ in FAULTS.values()])[0]
        steps.append({"at": at, "fault": name, **FAULTS[name][1](rng)})
        # A third of all faults come while the one before is still at work.
        at += rng.randrange(1_000) if rng.random() < 0.3 else rng.randrange(2 * FAULT_EVERY_MS)
        at = min(at, ms - 500)
    return steps


def some(choices: tuple[int, ...]) -> Any:
    """A number between nothing and one of these."""
    return lambda rng: rng.randint(1, rng.choice(choices))


def brown_out(rng: random.Random) -> dict[str, Any]:
    """The power goes in the middle of a flash operation, and perhaps again soon after it came back."""
    counts = [rng.randint(1, rng.choice((3, 12, 60))) for _ in range(rng.choice((1, 1, 1, 2, 4)))]
    return {"counts": counts, "off_ms": rng.choice(OFF_MS)}


def other_roles(rng: random.Random) -> dict[str, Any]:
    """Another configuration, of which each other one names other roles."""
    roles = ROLES if rng.random() < 0.6 else rng.sample(ROLES, rng.randint(1, 4))
    return {"roles": roles, "hotline": f"1022 ext {rng.randrange(100)}"}


# Name of the fault: how often it comes beside the others, and what its numbers are.
FAULTS: dict[str, tuple[float, Any]] = {
    "flash_cut": (6, brown_out),
    "power_cut": (4, lambda rng: {"off_ms": some(OFF_MS)(rng)}),
    "reformatted": (0.7, lambda rng: {"off_ms": 2_000}),
    "memory_error": (1, lambda rng: {"calls": rng.randint(1, 400)}),
    "outbox_full": (0.7, lambda rng: {"times": rng.randint(1, 4)}),
    "network_down": (2, lambda rng: {"ms": some(AWAY_MS)(rng)}),
    "network_silent": (2, lambda rng: {"ms": some(AWAY_MS)(rng)}),
    "connection_frozen": (1.5, lambda rng: {}),
    "connection_cut": (1.5, lambda rng: {}),
    "packet_cut": (2, lambda rng: {"after_bytes": rng.randint(1, 700)}),
    "network_slow": (1, lambda rng: {"ms": 20_000, "bytes_per_s": rng.choice((200, 1_000)), "slowest_ms": 900}),
    "broker_restart": (2, lambda rng: {"ms": some(AWAY_MS)(rng), "forgets": rng.random() < 0.5}),
    "broker_frozen": (1.5, lambda rng: {"ms": some(AWAY_MS)(rng)}),
    "puback_lost": (1.5, lambda rng: {"packets": rng.randint(1, 12)}),
    "broker_forgets": (2, lambda rng: {"batches": rng.randint(1, 5)}),
    "broker_refuses": (0.7, lambda rng: {"batches": rng.randint(1, 3)}),
    "duplicate": (2, lambda rng: {"batches": rng.randint(1, 5)}),
    "reorder": (2, lambda rng: {"batches": rng.randint(1, 4), "ms": rng.choice((2_000, 30_000))}),
    "downs_lost": (2, lambda rng: {"messages": rng.randint(1, 8)}),
    "fleet_restart": (2, lambda rng: {"ms": some(AWAY_MS)(rng), "forgets": rng.random() < 0.3}),
    "fleet_backup": (1, lambda rng: {}),
    "fleet_restored": (0.7, lambda rng: {"ms": some(AWAY_MS)(rng)}),
    "receipts_late": (1, lambda rng: {"receipts": rng.randint(1, 4)}),
    "receipts_doubled": (0.7, lambda rng: {"receipts": rng.randint(1, 4)}),
    "poison": (0.7, lambda rng: {"events": rng.randint(1, 2)}),
    "clock_step": (1, lambda rng: {"ms": rng.choice((-3_600_000, -5_000, 5_000, 3_600_000))}),
    "configured": (0.8, other_roles),
    "printer_silent": (0.5, lambda rng: {"ms": some(AWAY_MS)(rng)}),
    "paper_out": (0.5, lambda rng: {"ms": some(AWAY_MS)(rng)}),
}


def fault_count(one: Story) -> int:
    """How many faults it has."""
    return sum("fault" in step for step in one["steps"])
