"""The actor's eyes: which lamp is lit, how often it changed, and when last."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable


class Eyes:
    """Counts what the pins tell, in order."""

    def __init__(self, names: "Iterable[str]") -> None:
        self.levels = {name: 0 for name in names}
        self.counts = {name: 0 for name in self.levels}
        self.changed_at = {name: 0 for name in self.levels}

    def seen(self, name: str, level: int, at: int) -> "list[str] | None":
        """A pin moved: the words that tell of it; None if it stands as it stood, as after an edge that was lost."""
        if self.levels[name] == level:
            return None
        self.levels[name] = level
        self.counts[name] += 1
        self.changed_at[name] = at
        return ["eye", name, str(level), str(self.counts[name])]

    def one(self, name: str) -> str:
        """How it is, in a word: level, changes since the start, and when the last was."""
        return "%s=%d,%d,%d" % (name, self.levels[name], self.counts[name], self.changed_at[name])

    def all(self) -> "list[str]":
        """All of them."""
        return [self.one(name) for name in sorted(self.levels)]
