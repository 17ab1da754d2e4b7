"""The actor's files, compiled: what goes onto a second Pico, or onto a simulated one."""

from fleet.laptop.firmware_tree import ROOT, bytecode, for_devices
from fleet.laptop.needed import needed

PLACE = ROOT / "hil_tests" / "actor"
START = """\
from hil_tests.actor.hardware.{hardware} import Hardware
from hil_tests.actor.start import start

start(Hardware())
"""
HARDWARE = {"pico": "firmware.hardware.lines", "simulated": "firmware.hardware.simulated"}
# What each of them takes from the firmware.


def files(hardware: str) -> dict[str, bytes]:
    """{path on the actor: bytes}, with `main.py`; `hardware` is one of HARDWARE."""
    own = [path for path in PLACE.glob("*.py") if path.name != "__main__.py"]
    sources = sorted([*own, *(PLACE / "hardware").glob(f"{hardware}*.py")])
    found = {"main.py": START.format(hardware=hardware).encode()}
    for path in [*sources, *needed([HARDWARE[hardware]], frozenset())]:
        name = path.relative_to(ROOT).with_suffix("")
        found[f"lib/{name.as_posix()}.mpy"] = bytecode(for_devices(path.read_text("utf-8")), ".".join(name.parts))
    return found
