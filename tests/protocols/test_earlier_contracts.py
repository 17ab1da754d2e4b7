"""What devices and fleet of today say is read by those of earlier releases, as far as they know its fields."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.api.contract_examples import EVENTS, MESSAGES
from protocols.contract import CHANNELS
from tests.golden.keep import FIRMWARE

HERE = Path(__file__).parent
KEPT = sorted(FIRMWARE.glob("*.zip"))
SAMPLES = [json.loads(path.read_text()) for path in sorted((HERE.parent / "golden").glob("*.json"))]
ON_TOPICS = {one.message.__name__ for one in CHANNELS}
SAID = [
    *(("event", json.dumps(example)) for example in EVENTS.values()),
    *((name, json.dumps(example)) for name, example in MESSAGES.items()),
    *((one.get("message", "event"), sample["wire"]) for one in SAMPLES for sample in one["samples"]),
]


@pytest.mark.parametrize("release", KEPT, ids=lambda path: path.stem)
def test_an_earlier_release_reads_what_is_said_today(release: Path) -> None:
    command = (sys.executable, HERE / "read_by_earlier.py", release)
    lines = "\n".join(map(json.dumps, SAID))
    read = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, env={}).stdout
    found = [json.loads(line) for line in read.splitlines()]
    assert len(found) == len(SAID)
    assert [(said, one) for said, one in zip(SAID, found, strict=True) if isinstance(one, str)] == []
    for (name, wire), one in zip(SAID, found, strict=True):
        assert one is None or agrees(one, json.loads(wire)), (name, wire, one)
    known = {name for (name, _), one in zip(SAID, found, strict=True) if one is not None}
    assert {"Welcome", "Receipt", "State", "Config", "Command", "Hello", "Alive", "BatchHeader", "event"} <= known
    assert len(known & ON_TOPICS) > len(ON_TOPICS) // 2


def agrees(read: object, sent: object) -> bool:
    """Whether what was read is what was sent, as far as that release knows its fields."""
    if isinstance(read, dict) and isinstance(sent, dict):
        return all(agrees(read[name], sent[name]) for name in read if name in sent)
    if isinstance(read, list) and isinstance(sent, list):
        return len(read) == len(sent) and all(map(agrees, read, sent))
    return read == sent
