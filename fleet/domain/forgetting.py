"""What is taken out of a kept event: the hash of its holder when the day's key is gone, a dossier's code on request.

An event stays what it was otherwise, and stays under its identity: a device that sends it once more, whole, tells
nothing new.
"""

import json
import re

HOLDER = re.compile(r'("holder"\s*:\s*)"(?:[^"\\]|\\.)*"?')
# Also at the end of a message that was cut short.
FORGETTABLE = ("code", "holder")


def has_holder(body: str) -> bool:
    """Whether this JSON names the hash of a holder."""
    return '"holder"' in body and HOLDER.search(body) is not None


def without_holder(body: str) -> str:
    """The same JSON with no hash of any holder."""
    return HOLDER.sub(r"\1null", body)


def without_code(body: str, code: str) -> str:
    """The same text without this dossier's code: null where it is a whole value, a word where it is a part of one."""
    part = re.compile(r"(?<![\w.-])" + re.escape(code) + r"(?![\w-])")
    return part.sub("erased", body.replace(f'"{code}"', "null"))


def is_same(stored: str, sent: str) -> bool:
    """Whether a body that was sent again is the stored one, or was before something of it was forgotten."""
    if stored == sent:
        return True
    kept, told = json.loads(stored), json.loads(sent)
    forgotten = {key: None for key in FORGETTABLE if key in kept and kept[key] is None}
    return bool(forgotten) and kept == {**told, **forgotten}
