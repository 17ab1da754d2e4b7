"""Why a device did not take a release, or left it: a word of ours first, then what it found, in its own words."""

REASONS = (
    *("nonce", "device", "signature", "older", "too_far", "root", "board", "mpy", "too_old", "too_large", "no_slots"),
    *("on_trial", "length", "sha256", "too_slow", "flash", "busy", "returned", "confirm", "parts"),
)
"""The words with which reasons begin."""


def reason_word(reason: str) -> str:
    """The word with which a reason begins; "" where it is no word of ours."""
    word = reason.partition(":")[0].strip()
    return word if word in REASONS else ""


def reason_rest(reason: str) -> str:
    """What a device found, behind our word."""
    return reason.partition(":")[2].strip() if reason_word(reason) else reason
