"""Why a device did not take a release, or left it: words of ours for how its reasons begin, and what it found."""

REASONS = (
    *("nonce", "device", "signature", "older", "too_far", "root", "board", "mpy", "too_old", "too_large", "no_slots"),
    *("on_trial", "length", "sha256", "too_slow", "flash", "busy", "returned", "rescue"),
)
"""The words with which reasons begin, before a colon."""
SENTENCES = {
    "not as before": "not_as_before",
    "not welcomed in time": "not_welcomed",
    "not confirmed in": "not_confirmed",
    "fell down": "fell_down",
    "its bytes are not those that came": "spoilt",
}
"""How other reasons begin, as the device and what chooses its application say them; and our words for these."""


def reason_word(reason: str) -> str:
    """Our word for a reason; "" where it begins with none that we know."""
    word = reason.partition(":")[0].strip()
    return word if word in REASONS else next((ours for said, ours in SENTENCES.items() if reason.startswith(said)), "")


def reason_rest(reason: str) -> str:
    """What a device found, behind what our word says."""
    return reason.partition(":")[2].strip() if reason_word(reason) else reason
