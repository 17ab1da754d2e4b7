"""Which attack each defence holds off: the same story with the defence and without it, in which it must go wrong.

`python -m tests.bench.update_mutations [row …]` prints a table of Markdown. A defence is taken out of a source by its
text, and what is compiled anew is the firmware that ships, but for these words.
"""

import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fleet.laptop import firmware_tree
from tests.bench.figures import figure, progress
from tests.bench.update_telling import Teller, shelf_in


@dataclass(frozen=True)
class Mutation:
    """`defence` is taken out by writing `without` in place of `found`."""

    attack: str
    name: str
    defence: str
    file: str
    found: str
    without: str

    @property
    def row(self) -> int:
        """The attack's row in the table."""
        return int(self.attack.split("_")[1])


ASSIGNMENT, TRUST, ROOTS, FETCHING, UPDATING, VERIFYING = (
    f"firmware/{name}.py" for name in ("assignment", "trust", "roots", "fetching", "updating", "verifying")
)
ENTERING = "firmware/boards/modules/entering.py"
NO = "if False:"

MUTATIONS = [
    Mutation(
        "attack_01_arbitrary_software",
        "any signature is one",
        "what a signature hides is compared whole",
        VERIFYING,
        'return pow(number, _EXPONENT, n).to_bytes(KEY_BYTES, "big") == expected(digest)',
        "return True",
    ),
    Mutation(
        "attack_01_arbitrary_software",
        "the fleet signs releases",
        "a release is signed by the release role, whose key no server has",
        UPDATING,
        'await self._verify("targets", document)',
        'try:\n            await self._verify("targets", document)\n'
        '        except ValueError:\n            await self._verify("timestamp", document)',
    ),
    Mutation(
        "attack_02_rollback",
        "any number is newer",
        "numbers of releases only grow",
        ASSIGNMENT,
        "if sequence < floor or sequence in (0, running):",
        "if sequence in (0, running):",
    ),
    *(
        Mutation(
            attack,
            f"the nonce is not looked at ({attack[7:9]})",
            "an assignment is signed for the nonce of one hello",
            ASSIGNMENT,
            'if found.get("nonce") != nonce:',
            NO,
        )
        for attack in ("attack_03_offline_device", "attack_04_freeze", "attack_17_overridden_elements")
    ),
    Mutation(
        "attack_03_offline_device",
        "an old word waits for a quiet moment for ever",
        "who is not left alone for half an hour wants a new assignment",
        UPDATING,
        "self._fetching, self._until = None, device.clock.up() + _ALONE_MS",
        "self._fetching = self._until = None",
    ),
    Mutation(
        "attack_05_fast_forward",
        "numbers jump",
        "a number is at most 1,000 ahead",
        ASSIGNMENT,
        "if sequence > floor + _AHEAD_AT_MOST:",
        NO,
    ),
    Mutation(
        "attack_05_fast_forward",
        "numbers stay up",
        "with another release key the numbers begin anew",
        ROOTS,
        'known["floor"] = 0',
        "pass",
    ),
    *(
        Mutation(
            attack,
            f"the image is not hashed ({attack[7:9]})",
            "what lies in flash is read back and hashed before the flip",
            UPDATING,
            "if binascii.hexlify(await slots.digest(self.size)) != sha256.encode():",
            NO,
        )
        for attack in (
            "attack_01_arbitrary_software",
            "attack_06_mix_and_match",
            "attack_19_change_between_check_and_use",
        )
    ),
    Mutation(
        "attack_07_partial_bundle",
        "short pieces are taken",
        "an image ends where the release says",
        FETCHING,
        "if len(piece) < length and self.end is not None:",
        NO,
    ),
    Mutation(
        "attack_08_endless_data",
        "any size fits",
        "an image is no larger than a slot",
        ASSIGNMENT,
        'if not 0 < said["length"] <= room:',
        NO,
    ),
    Mutation(
        "attack_08_endless_data",
        "documents grow",
        "a document has 8,192 bytes at most",
        FETCHING,
        "if self.end is None and offset + length >= self._most:",
        NO,
    ),
    Mutation(
        "attack_08_endless_data",
        "long pieces are taken",
        "nothing beyond what was asked for is taken",
        FETCHING,
        "if len(piece) > length:",
        NO,
    ),
    Mutation(
        "attack_09_slow_retrieval",
        "there is time for ever",
        "all of it has half an hour",
        UPDATING,
        "if self._until is not None and now >= self._until:",
        NO,
    ),
    Mutation(
        "attack_09_slow_retrieval",
        "silence is patience",
        "three times a minute without a piece is the end",
        FETCHING,
        "if self._silences >= _SILENCES_AT_MOST:",
        NO,
    ),
    Mutation(
        "attack_10_extraneous_dependencies",
        "other files are taken",
        "only what a signed document names is taken",
        FETCHING,
        "if name != self.name or type(offset)",
        "if type(offset)",
    ),
    Mutation(
        "attack_11_mismatched_device",
        "any board",
        "an image is for one board",
        ASSIGNMENT,
        'if custom["board"] != board:',
        NO,
    ),
    Mutation(
        "attack_11_mismatched_device",
        "any bytecode",
        "an image is for one bytecode",
        ASSIGNMENT,
        'if custom["mpy"] != bytecode():',
        NO,
    ),
    Mutation(
        "attack_11_mismatched_device",
        "any jump",
        "an image says from where one may come to it",
        ASSIGNMENT,
        'if running < custom["minimum"]:',
        NO,
    ),
    Mutation(
        "attack_12_key_compromise",
        "one signer is enough",
        "a root has as many signers as the one before says",
        TRUST,
        "if len(good) >= threshold:",
        "if good:",
    ),
    Mutation(
        "attack_12_key_compromise",
        "one signer counts twice",
        "each key counts once",
        TRUST,
        "if name in ids and name not in good:",
        "if name in ids:",
    ),
    Mutation(
        "attack_12_key_compromise",
        "roots speak for themselves",
        "a root is signed by the owners of the one before",
        ROOTS,
        'yield from trust.signed("root", document)',
        "pass",
    ),
    Mutation(
        "attack_12_key_compromise",
        "roots need no owners",
        "a root is signed by its own owners, too",
        ROOTS,
        'yield from lent("trust").enough("root", threshold, ids, lambda name: key_of(json_of(keys[name])), document)',
        "yield",
    ),
    Mutation(
        "attack_12_key_compromise",
        "roots are left out",
        "roots follow one another by one",
        ROOTS,
        "if trust.root is not None and version != trust.root + 1:",
        NO,
    ),
    Mutation(
        "attack_12_key_compromise",
        "ids lie",
        "a key's id is its hash",
        ROOTS,
        "if binascii.hexlify(hashlib.sha256(said[name]).digest()) != name.encode() or key[:_BEGINNING] in seen:",
        "if key[:_BEGINNING] in seen:",
    ),
    Mutation(
        "attack_13_on_path",
        "nothing is asked for twice",
        "what did not come is asked for again",
        FETCHING,
        "if now - since >= _AGAIN_MS]:",
        "if False]:",
    ),
    Mutation(
        "attack_14_denial_of_service",
        "everything is asked for at once",
        "three pieces are on their way at most",
        FETCHING,
        "_AT_ONCE = const(3)",
        "_AT_ONCE = const(300)",
    ),
    Mutation(
        "attack_14_denial_of_service",
        "whoever speaks last is followed",
        "what is under way gives way only to what is verified",
        UPDATING,
        "known.heard = sequence, text, lines, device.nonce",
        "begin(device, (sequence, text, lines, device.nonce))",
    ),
    Mutation(
        "attack_16_unapproved_firmware",
        "nothing is ever taken back",
        "the fleet may say that nothing is assigned any more",
        ASSIGNMENT,
        'return sequence == 0 and found.get("release", "") is None',
        "return False",
    ),
    Mutation(
        "attack_16_unapproved_firmware",
        "anybody assigns",
        "an assignment is signed by the fleet's role",
        UPDATING,
        'await self._verify("timestamp", document)',
        "await self._calm()",
    ),
    Mutation(
        "attack_19_change_between_check_and_use",
        "choosing trusts flash",
        "each boot hashes the image before it runs it",
        ENTERING,
        'if digest(part) != image["sha256"]:',
        NO,
    ),
    Mutation(
        "attack_20_replay",
        "any device's assignment",
        "an assignment is signed for one device",
        ASSIGNMENT,
        'if found.get("device") != device:',
        NO,
    ),
]

FEW = ("the fleet signs releases", "choosing trusts flash")
# Of these CI sees each time that they are noticed.


def spoilt(tree: Path, target: Path, mutation: Mutation) -> Path:
    """A copy of the compiled tree without this defence."""
    shutil.copytree(tree, target)
    source = firmware_tree.ROOT / mutation.file
    text = source.read_text(encoding="utf-8")
    if text.count(mutation.found) != 1:
        raise ValueError(f"{mutation.name}: expected {mutation.found!r} once in {mutation.file}")
    copy = target / "mutated.py"
    copy.write_text(text.replace(mutation.found, mutation.without), encoding="utf-8")
    if firmware_tree.IMAGES in source.parents:
        firmware_tree.compile_one(copy, target / f"{source.stem}.mpy", source.stem)
    else:
        compiled = target / source.relative_to(firmware_tree.ROOT).with_suffix(".mpy")
        firmware_tree.compile_one(copy, compiled, firmware_tree.module_name(source))
    return target


def outcome(tree: Path, shelf: Path, mutation: Mutation) -> list[str]:
    """What goes wrong without the defence; nothing says that it is of no use, or that the attack is none."""
    with tempfile.TemporaryDirectory() as folder:
        teller = Teller(spoilt(tree, Path(folder) / "spoilt", mutation), shelf)
        try:
            wrong: list[str] = teller.say("attack", name=mutation.attack)["wrong"]
            return wrong
        finally:
            teller.stop()


def main(arguments: list[str]) -> int:
    """All of them, or those of some rows; 1 if one is not noticed."""
    wanted = [one for one in MUTATIONS if not arguments or str(one.row) in arguments]
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(os.cpu_count() or 1) as vms:
        tree, shelf = firmware_tree.build(Path(name)), shelf_in(Path(name))
        waiting = [(one, vms.submit(outcome, tree, shelf, one)) for one in wanted]
        print("| # | defence | taken out of | without it |")
        print("|---|---|---|---|")
        unnoticed = 0
        for one, answer in waiting:
            try:
                wrong = answer.result()
            except (AssertionError, ValueError) as err:  # neither noticed nor not: the story was not told to its end
                print(f"{one.name}: {err}", file=sys.stderr, flush=True)
                wrong = []
            unnoticed += not wrong
            what = wrong[0].replace("|", "/")[:90] if wrong else "**nothing is noticed**"
            print(f"| {one.row} | {one.defence} | `{one.file}` | {what} |", flush=True)
            progress(one.name)
    figure("update_mutations", len(wanted), "defences", len(wanted))
    figure("update_mutations_unnoticed", unnoticed, "defences", len(wanted))
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
