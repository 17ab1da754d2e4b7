"""What a device says of a configuration that it did not take."""

from protocols.message import MAYBE_COUNT, Message, Text

KEY_LETTERS, EXPECTED_LETTERS, FOUND_LETTERS = 64, 160, 100


class ConfigRefused(Message):
    """A configuration that the device did not take: its version if it had one, and what was wrong with it.

    `key`: where in it, such as `services[1].button`. It stands as `refused` in `up/health` as long as nothing that
    came later was taken.
    """

    FIELDS = {
        "version": MAYBE_COUNT,
        "key": Text(KEY_LETTERS),
        "problem": ("unreadable", "unknown_key", "missing", "wrong_type", "out_of_range", "too_long", "clash"),
        "expected": Text(EXPECTED_LETTERS),
        "found": Text(FOUND_LETTERS),
    }

    version: "int | None" = None
    key: str = ""
    problem: str
    expected: str
    found: str

    @classmethod
    def of(cls, version: "int | None", key: str, problem: str, expected: str, found: str) -> "ConfigRefused":
        """One whose texts are as long as they may be."""
        return cls(
            version=version,
            key=key[:KEY_LETTERS],
            problem=problem,
            expected=expected[:EXPECTED_LETTERS],
            found=found[:FOUND_LETTERS],
        )

    def sentence(self) -> str:
        """All of it in words."""
        which = "a configuration" if self.version is None else "configuration %d" % self.version
        what = self.problem.replace("_", " ")
        return f"{which}, {self.key or 'all of it'}, {what}: expected {self.expected}, found {self.found}"
