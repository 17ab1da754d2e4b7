"""What is done with a device in the registry: the words, and when it cannot be done."""

from enum import StrEnum

from fleet.domain.claims import CLAIMED

WHY_AT_MOST = 160
# Letters of a reason; it is a line of a history, not a report.


class RegistryVerb(StrEnum):
    """Something that a technician does with a device."""

    MOVE = "move"
    REPLACE = "replace"
    ROTATE = "rotate"
    REVOKE = "revoke"
    RETIRE = "retire"


class HistoryWord(StrEnum):
    """What stands in the history of a device."""

    CLAIMED = "claimed"
    WITHDRAWN = "withdrawn"
    ENROLLED = "enrolled"
    BY_HAND = "by_hand"
    ROTATED = "rotated"
    MOVE_ASKED = "move_asked"
    MOVE_GIVEN_UP = "move_given_up"
    MOVED = "moved"
    REPLACED = "replaced"
    TOOK_PLACE = "took_place"
    REVOKED = "revoked"
    RETIRED = "retired"
    NETWORK_ASKED = "network_asked"
    NETWORK_CONFIRMED = "network_confirmed"
    NETWORK_BACK = "network_back"
    NETWORK_GIVEN_UP = "network_given_up"


class RegistryRefused(Exception):
    """It can not be done with this device; `reason` is a word for it. Nothing was changed."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def refuse_unfit(device: str, kind: str | None, is_revoked: bool) -> None:
    """Raises RegistryRefused for what is no device that works."""
    if kind == CLAIMED:
        raise RegistryRefused(
            "waits", f"device: expected an enrolled device, found {device}, which waits for its board"
        )
    if kind != "board":
        raise RegistryRefused("unknown_device", f"device id: expected an enrolled device, found {device!r}")
    if is_revoked:
        raise RegistryRefused("revoked", f"device: expected one that may connect, found {device}, which is revoked")


def refuse_other_roles(old: str, its: tuple[str, ...], new: str, others: tuple[str, ...]) -> None:
    """Raises RegistryRefused where one board cannot do what the other did."""
    if set(its) != set(others):
        wanted, found = " ".join(sorted(its)), " ".join(sorted(others))
        raise RegistryRefused(
            "other_roles", f"device: expected one with the roles of {old} ({wanted}), found {new} ({found})"
        )
