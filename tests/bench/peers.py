"""Others who keep what MQTT brings, beside the receiver: the same stream, the same broker, on SQLite both; kill -9.

Node-RED is installed by npm into the folder after `--peers` (`~/.cache/motcua/peers`), which takes minutes the first
time. ROUNDS (5) of each, in turn. A peer acknowledges before it stores and has no receipts, so the broker's word is all
that its devices have: they send each event once. The receiver's devices send again what is not receipted.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import figure, middle, progress
from tests.bench.receiving import kills
from tests.bench.receiving.house import LONGEST_S, House, open_house, wait_for
from tests.bench.receiving.node_red import KINDS, NodeRed, NotInstalled, install
from tests.bench.receiving.takers import Receiving, Taker

DB = "sqlite"
MESSAGES = {"motcua": 16_000, "node-red": 4_000, "node-red-batched": 16_000}
# Of a flood; each runs for a second or more.
KILL_EVENTS, KILL_AT = 20_000, {"paced": 0.4, "flood": 0.1}
PACED_HZ = 2_000.0
QUIET_S = 5.0
# Nothing has come for so long: what is not there now does not come any more.


@dataclass
class Turn:
    """What one did with a flood."""

    events_per_s: float
    cpu_us: float
    rss_mb: float


def run() -> None:
    """Measure, and print the figures; without Node-RED a line says why."""
    folder = Path(os.environ.get("PEERS", Path.home() / ".cache/motcua/peers")).resolve()
    try:
        progress("peers: npm installs Node-RED")
        install(folder)
    except NotInstalled as problem:
        print(json.dumps({"name": "peer_events_per_s", "not_run": str(problem)}), flush=True)
        return
    with open_house((DB,)) as house:
        measure_rates(house, folder, int(os.environ.get("ROUNDS", "5")))
        measure_kills(house, folder)


def measure_rates(house: House, folder: Path, rounds: int) -> None:
    """A live flood of one event a message for each, in turn."""
    found: dict[str, list[Turn]] = {name: [] for name in MESSAGES}
    for number in range(rounds):
        for name in MESSAGES:
            progress(f"peers: {name}, round {number + 1} of {rounds}")
            found[name].append(flooded(house, folder, name))
    ours = found.pop("motcua")
    for peer, theirs in found.items():
        middle("peer_events_per_s", [one.events_per_s for one in theirs], "events/s", peer=peer)
        middle("peer_cpu_us", [one.cpu_us for one in theirs], "µs/event", peer=peer)
        middle("peer_rss_mb", [one.rss_mb for one in theirs], "MB", peer=peer)
        pairs = list(zip(ours, theirs, strict=True))
        fields = {"db": DB, "peer": peer}
        middle("receive_ratio_peer", [one.events_per_s / other.events_per_s for one, other in pairs], "ratio", **fields)
        middle("receive_cpu_ratio", [one.cpu_us / other.cpu_us for one, other in pairs], "ratio", **fields)
        middle("receive_rss_ratio", [one.rss_mb / other.rss_mb for one, other in pairs], "ratio", **fields)


def flooded(house: House, folder: Path, name: str) -> Turn:
    """One turn, from the start of the process to its end."""
    taker: Taker = NodeRed(house, folder, name) if name in KINDS else Receiving(house, DB)
    messages = MESSAGES[name]
    try:
        taker.await_ready()
        boot = house.new_boot()
        house.load.prepare(boot, messages, 1)
        before_us = taker.cpu_us()
        began_s = time.perf_counter()
        house.load.flood()
        taker.await_all(boot, messages, 1)
        took_s = time.perf_counter() - began_s
        house.load.answer()
        return Turn(messages / took_s, (taker.cpu_us() - before_us) / messages, taker.rss_mb())
    finally:
        taker.leave()


def measure_kills(house: House, folder: Path) -> None:
    """A peer is killed once in each stream and started again; then the receiver ten times, by paces alike."""
    for peer in KINDS:
        for pace, share in KILL_AT.items():
            progress(f"peers: {peer} is killed, {pace}")
            rows, events = killed(house, NodeRed(house, folder, peer), PACED_HZ if pace == "paced" else 0.0, share)
            fields = {"peer": peer, "pace": pace, "events": KILL_EVENTS}
            figure("peer_kill_missing", KILL_EVENTS - events, "events", 1, **fields)
            figure("peer_kill_doubled", rows - events, "events", 1, **fields)
    kills.measure(house, DB)


def killed(house: House, peer: NodeRed, rate_hz: float, share: float) -> tuple[int, int]:
    """(rows, different events) after one kill, once this share of the stream is in its table."""
    try:
        peer.await_ready()
        boot = house.new_boot()
        house.load.prepare(boot, KILL_EVENTS, 1)
        house.load.flood(rate_hz)
        upto = int(KILL_EVENTS * share)
        wait_for(lambda: peer.counted(boot)[0] >= upto, f"{upto} rows", LONGEST_S)
        peer.kill()
        peer.start()
        peer.await_ready()
        house.load.answer()
        return settled(peer, boot)
    finally:
        peer.leave()


def settled(peer: NodeRed, boot: int) -> tuple[int, int]:
    """What is there when nothing more comes."""
    found, since_s = peer.counted(boot), time.monotonic()
    while time.monotonic() - since_s < QUIET_S:
        time.sleep(QUIET_S / 20)
        now = peer.counted(boot)
        if now != found:
            found, since_s = now, time.monotonic()
    return found
