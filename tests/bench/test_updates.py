"""Updates whose power is cut, and to which everything else happens: sound firmware lives, what is spoilt is caught.

Here a few places of each course, from one of chance on; all of them: `make faults`.
"""

import os
import random

import pytest

from tests.bench import update_cuts, update_faults
from tests.bench.update_mutations import Mutation, spoilt
from tests.bench.update_telling import Teller, at_work, shelf_in

ANYWHERE = random.SystemRandom().randrange(1_000_000)
EVERY = int(os.environ.get("UPDATE_CUTS_EVERY", "80"))
FAULTS = int(os.environ.get("UPDATE_FAULTS", "36"))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return shelf_in(tmp_path_factory.mktemp("shelf"))


ENCOUNTERS = (
    "assigned while asleep",
    "cut off while it fetches",
    "configured while on trial",
    "configured before it returns",
    "assigned while a configuration is on trial",
    "a dumb printer",
    "a dumb reader",
    "a dumb voice",
    "enrolled by another house",
    "enrolled once more by its own",
    "assigned what it stands in for",
)


@pytest.fixture(scope="module")
def tellers(tree, shelf):
    """One, for the tests beside this one need the processors too; it begins each story where it once led a device."""
    with at_work(tree, shelf, count=1) as tellers:
        yield tellers


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_an_update_goes_on_whatever_it_meets(tellers, name):
    assert tellers.say("encounter", name=name)["wrong"] == []


@pytest.mark.parametrize("course", ["update", "root", "falls", "jams", "ages"])
def test_an_update_survives_a_cut_anywhere(tellers, course):
    print(f"seed {ANYWHERE}")
    count = update_cuts.cut(tellers, course, (32, 256)[ANYWHERE % 2], seed=ANYWHERE, every=EVERY)
    assert count.points >= 6 * 40 // EVERY - 1
    assert not count.wrong and not count.dead and not count.mixed


def test_an_update_survives_everything_at_once(tellers):
    outcome = update_faults.run(tellers, ANYWHERE, FAULTS)
    assert outcome.happened.total() >= FAULTS
    assert not outcome.wrong, outcome.wrong


NEVER_COUNTED = Mutation(
    "",
    "boots are not counted",
    "",
    "firmware/boards/modules/deciding.py",
    'trial = dict(trial, boots=trial["boots"] + 1)',
    "trial = dict(trial)",
)
NEVER_TRIED = Mutation(
    "", "nothing is on trial", "", "firmware/trying.py", "if slots is None or slots.trial is None:", "if True:"
)

NEVER_REHEARSED = Mutation(
    "",
    "no ticket is rehearsed",
    "",
    "firmware/trying.py",
    'trouble = await lent("rehearsing").trouble(device)',
    "trouble = None",
)

NEVER_REMEMBERED = Mutation(
    "", "what fell is not given up", "", "firmware/watch.py", 'lent("trying").sound(device)', "pass"
)


@pytest.mark.parametrize(
    "mutation, course",
    [(NEVER_COUNTED, "falls"), (NEVER_TRIED, "update"), (NEVER_REHEARSED, "jams"), (NEVER_REMEMBERED, "ages")],
    ids=["falls", "update", "jams", "ages"],
)
def test_firmware_that_would_die_of_an_update_is_caught(tree, shelf, tmp_path, mutation, course):
    teller = Teller(spoilt(tree, tmp_path / "spoilt", mutation), shelf)
    try:
        wrong = teller.say("cut", course=course, unit=32, cuts=[], then=False)["wrong"]
    except AssertionError as err:
        wrong = [str(err)]
    finally:
        teller.stop()
    assert wrong
