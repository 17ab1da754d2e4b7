"""TLS on the VM: memory and allocations of a handshake, its time, and for how long it stops the rest of the device.

Memory is what malloc gives out (mbedTLS does not use MicroPython's heap on the unix VM), counted from the connect on by
a library that is compiled here and preloaded; without a C compiler the figure says "not run".
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fleet.laptop import firmware_tree
from tests.bench.figures import figure, progress
from tests.firmware.certificates import P256, RSA, make_certificates, own_certificates
from tests.firmware.simulated_fleet import Broker

ROUNDS = 5
NAME = "broker.motcua.test"
KEY = "00112233445566778899aabbccddeeff" * 2
HERE = Path(__file__).parent


def run() -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tree = firmware_tree.build(folder)
        counter = compiled(folder)
        for mode, door, network in modes(folder):
            progress(f"TLS: {mode}")
            measure(folder, tree, counter, mode, door, network)


def modes(folder: Path) -> list[tuple[str, str, dict[str, str]]]:
    """(name, settings of the listener, what the device knows) of each."""
    listed = folder / "keys"
    listed.write_text(f"b-1:{KEY}\n")
    found = [
        ("none", "", {}),
        (
            "psk",
            f"psk_hint motcua\npsk_file {listed}\nuse_identity_as_username true\n",
            {"host": NAME, "tls": "psk", "psk": KEY},
        ),
    ]
    kinds = {"cert-rsa-2048": RSA, "cert-p-256": P256}
    certificates = {mode: make_certificates(folder / mode, NAME, kind) for mode, kind in kinds.items()}
    certificates["cert-motcua-ca"] = own_certificates(folder / "cert-motcua-ca", NAME)
    for mode, made in certificates.items():
        door = f"certfile {made.certificate}\nkeyfile {made.key}\nallow_anonymous true\n"
        found.append((mode, door, {"host": NAME, "tls": "cert", "ca": made.ca_base64}))
    return found


def measure(folder: Path, tree: Path, counter: Path | None, mode: str, door: str, network: dict[str, str]) -> None:
    """One way to meet the broker."""
    broker = Broker(folder, door=door)
    broker.start()
    try:
        said = [shake_hands(folder, tree, counter, broker.devices_port, network) for _ in range(ROUNDS)]
    finally:
        broker.kill()
    middle = ROUNDS // 2
    if counter is None:
        figure("tls_peak_bytes", 0, "bytes", 0, mode=mode, note="not run: no C compiler")
    else:
        figure("tls_peak_bytes", said[0]["peak"], "bytes", 1, mode=mode, largest=said[0]["largest"])
        figure("tls_allocations", said[0]["allocations"], "allocations", 1, mode=mode)
    figure("tls_connect_ms", sorted(one["took_us"] for one in said)[middle] / 1000, "ms", ROUNDS, mode=mode)
    figure("tls_loop_gap_ms", sorted(one["gap_us"] for one in said)[middle] / 1000, "ms", ROUNDS, mode=mode)


def shake_hands(folder: Path, tree: Path, counter: Path | None, port: int, network: dict[str, str]) -> dict[str, int]:
    """Connect once; what the VM says of it, and what was counted."""
    counted = folder / "counted"
    environment = dict(os.environ, MICROPYPATH=f".frozen:{tree}", COUNTED=str(counted), NETWORK=json.dumps(network))
    if counter is not None:
        environment["LD_PRELOAD"] = str(counter)
    script = firmware_tree.ROOT / "tests" / "on_micropython" / "tls_handshake.py"
    command = [sys.executable, "-m", "micropython_unix", script, str(port)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    if not done.stdout.startswith('{"ended": "welcome"'):
        raise AssertionError(f"expected a welcome, found {done.stdout}{done.stderr}")
    said: dict[str, int] = json.loads(done.stdout)
    return said | (json.loads(counted.read_text()) if counter is not None else {})


def compiled(folder: Path) -> Path | None:
    """The counting library; None without a compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "allocations.so"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, HERE / "allocations.c", "-ldl"], check=True)
    return library
