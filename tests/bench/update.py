"""An update of the firmware: what it costs a device, what goes over the wire, and how long a thin wire takes for it.

Heap is the smallest in which the VM gets so far, less that in which it does nothing: a 64-bit VM, whose objects are
about twice as large as those of a 32-bit board. The wire is a real broker behind a throttled line.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from fleet.domain.assignments import assignment_text
from fleet.domain.signed_documents import canonical
from fleet.laptop import firmware_tree
from tests.bench import update_made as made
from tests.bench import update_sizes, update_wire
from tests.bench.figures import figure, progress
from tests.bench.update_keys import key

SCRIPT = firmware_tree.ROOT / "tests" / "on_micropython" / "update_cost.py"
NONCE = "00"
ENOUGH_KIB = 160
STAGES = {"check": "all signatures, to the first piece of the image", "all": "to the flip"}
VM_AT_MOST_S = 300


def run() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        said = bench.tell("trust", 2 * ENOUGH_KIB)
        if said is None:
            raise AssertionError("expected a device to believe a good root")
        figure("verify_ms", said["verify_us"] / 1000, "ms", 21, key="RSA-3072")
        figure("verify_garbage_bytes", said["garbage"], "bytes", 1, key="RSA-3072")
        idle = bench.smallest_kib("idle")
        for stage, what in STAGES.items():
            figure("update_heap_kib", bench.smallest_kib(stage) - idle, "KiB", 1, stage=stage, what=what, step_kib=1)
    update_wire.run()
    update_sizes.run()


class Bench:
    """A ROM, a flash whose owner is believed, and what the fleet gives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rom = firmware_tree.build(folder / "tree") / firmware_tree.ROM
        self.shelf = folder / "shelf.json"
        self.shelf.write_text(json.dumps(self._shelf(self.rom.read_bytes())))
        (folder / "believed").touch()

    def _shelf(self, image: bytes) -> dict[str, Any]:
        document = made.release(1, image, board="simulated")
        target = json.loads(document.partition(b"\n\n")[2])["targets"].popitem()[1]
        named = {"root/1": made.root(), "release/1": document, "image/" + target["hashes"]["sha256"]: image}
        files = {}
        for number, (name, data) in enumerate(named.items()):
            files[name] = str(self.folder / f"file-{number}")
            Path(files[name]).write_bytes(data)
        asked = json.loads(assignment_text("b-1", NONCE, 1, 1, document))
        text = canonical(asked | {"quiet_s": 0}).decode()
        said = {"nonce": NONCE, "signed": text, "signatures": [made.line(text.encode(), "fleet").decode().strip()]}
        image_name = list(named)[-1]
        return {"files": files, "image": image_name.removeprefix("image/"), "nonce": NONCE, "sample": sample()} | {
            "assignment": json.dumps(said)
        }

    def smallest_kib(self, stage: str) -> int:
        """The smallest heap beside the ROM in which the VM gets so far."""
        small, enough = 8, ENOUGH_KIB
        if self.tell(stage, enough) is None:
            raise AssertionError(f"expected the VM to get as far as {stage!r} with {enough} KiB beside the ROM")
        while enough - small > 1:
            middle = (small + enough) // 2
            progress(f"update, {stage}: {middle} KiB?")
            if self.tell(stage, middle) is None:
                small = middle
            else:
                enough = middle
        return enough

    def tell(self, stage: str, heap_kib: int) -> dict[str, Any] | None:
        """What the VM says; None if it did not get so far with this heap."""
        flash = self.folder / "believed"
        if stage != "trust":
            flash = Path(shutil.copy(flash, self.folder / "flash"))
        heap = self.rom.stat().st_size + heap_kib * 1024
        done = subprocess.run(
            [sys.executable, "-m", "micropython_unix", "-X", f"heapsize={heap}", SCRIPT]
            + [str(one) for one in (self.rom, flash, self.shelf, stage)],
            env=dict(os.environ, MICROPYPATH=".frozen"),
            capture_output=True,
            text=True,
            timeout=VM_AT_MOST_S,
            check=False,
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        if stage == "trust" and not lines:
            raise AssertionError(done.stdout + done.stderr)
        said: dict[str, Any] | None = json.loads(lines[-1]) if lines else None
        return said


def sample() -> dict[str, str]:
    """A key, a signature of it, and the hash that was signed."""
    message = b"motcua"
    found = {
        "modulus": key("release").modulus.to_bytes(384, "big"),
        "signature": key("release").sign(message),
        "digest": hashlib.sha256(message).digest(),
    }
    return {name: base64.b64encode(data).decode() for name, data in found.items()}
