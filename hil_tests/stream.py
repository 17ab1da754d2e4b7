"""What happened on the boards in a journey, so that two targets can be compared field by field, times aside.

Names of devices, numbers of boots and tickets, and identities are of one run; here they are told by their place in the
journey. Everything else must be the same on a simulated, an emulated and a real board.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hil_tests.office import Stored

TIMES = {"up", "at", "held_ms"}
OF_ONE_RUN = {"seq", "lease", "want", "firmware"}
# Which lease a number came from, which wish it answers, and the release under test say nothing of a board.
IDENTITY = re.compile(r"^[a-z0-9-]{1,32}/\d+/\d+/\d+$")

Told = list[dict[str, Any]]


def told_of(events: Sequence[Stored], places: Mapping[str, str]) -> Told:
    """The events, place by place; `places` names the place of each device."""
    ordered = sorted(events, key=lambda one: (places[one.device], *one.key))
    names = {"/".join(map(str, one.key)): f"{places[one.device]} {n}" for n, one in enumerate(ordered, 1)}
    first = {place: min(one.boot for one in ordered if places[one.device] == place) for place in places.values()
             if any(places[one.device] == place for one in ordered)}  # fmt: skip
    lowest = min((one.body["number"] for one in ordered if "number" in one.body), default=0)
    found = []
    for one in ordered:
        body = {name: known(value, names) for name, value in one.body.items() if name not in TIMES | OF_ONE_RUN}
        if "number" in body:
            body["number"] -= lowest - 1
        place = places[one.device]
        found.append({"place": place, "boot": one.boot - first[place] + 1, **body})
    return found


def known(value: Any, names: Mapping[str, str]) -> Any:
    """An identity by what it is in this journey; anything else as it is."""
    if isinstance(value, str) and IDENTITY.match(value):
        return names.get(value, "before")
    return value


def differences(expected: Told, found: Told) -> list[str]:
    """What is not the same, field by field, in words; empty where all is."""
    wrong = []
    for number in range(max(len(expected), len(found))):
        if number >= len(found):
            wrong.append(f"event {number + 1}: expected {expected[number]}, found none")
        elif number >= len(expected):
            wrong.append(f"event {number + 1}: expected none, found {found[number]}")
        else:
            wrong += [f"event {number + 1} ({found[number].get('kind')}): {one}" for one in
                      different_fields(expected[number], found[number])]  # fmt: skip
    return wrong


def different_fields(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Of one event."""
    names = [*expected, *(name for name in found if name not in expected)]
    nothing = "no such field"
    return [
        f"{name}: expected {expected.get(name, nothing)!r}, found {found.get(name, nothing)!r}"
        for name in names
        if expected.get(name, nothing) != found.get(name, nothing)
    ]
