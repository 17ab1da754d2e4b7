"""Which images a board shall try to run, by what it keeps under `slots` and by its failures in a row.

The application writes that record (`firmware/slots.py`), any application that ever will be, and this reads it: its
fields only grow. An image on trial has three boots, each counted on flash before it begins. What was confirmed and
fails again and again makes room for what was confirmed before it, and at last for the factory's application.
"""

BOOTS = 3
OTHER_AFTER = 6
FACTORY_AFTER = 9
# Failures in a row. Rescue begins at three, so each of these had its share of the others' places before.


def decided(record, failures: int):  # type: ignore[no-untyped-def]
    """(the images to try, the best first, what must be kept before, or None); the factory's is behind the last."""
    if record is None:
        return [], None
    trial = record.get("trial")
    if trial is None:
        return confirmed(record, failures), None
    if trial["boots"] >= BOOTS:
        return confirmed(record, failures), given_back(record, "not confirmed in %d boots" % BOOTS)
    trial = dict(trial, boots=trial["boots"] + 1)
    return [trial] + confirmed(record, failures), dict(record, trial=trial)


def confirmed(record, failures: int):  # type: ignore[no-untyped-def]
    """The images that were confirmed, the one to try first before the other."""
    found = [one for one in (record, record.get("before")) if one is not None and one["slot"] is not None]
    if failures >= FACTORY_AFTER:
        return []
    return found[::-1] if failures >= OTHER_AFTER else found


def given_back(record, reason: str):  # type: ignore[no-untyped-def]
    """What is kept once the trial is over, for this reason."""
    returned = {"sequence": record["trial"]["sequence"], "reason": reason}
    return dict(record, trial=None, returned=returned)


def on_trial(image) -> bool:  # type: ignore[no-untyped-def]
    """Whether this image is not confirmed yet."""
    return "boots" in image
