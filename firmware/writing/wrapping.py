"""Lines of words that fit the paper."""


def wrapped(text: str, width_of, room: int) -> "list[str]":  # type: ignore[no-untyped-def]
    """The text in as few lines as fit, about as long as one another; a word that no line holds is divided."""
    lines: "list[str]" = []
    for part in text.split("\n"):
        words: "list[str]" = []
        for word in part.split(" "):
            while word and width_of(word) > room:
                count = len(word) - 1
                while count > 1 and width_of(word[:count]) > room:
                    count -= 1
                words.append(word[:count])
                word = word[count:]
            if word:
                words.append(word)
        if words:
            lines += balanced(words, [width_of(word) for word in words], width_of(" "), room)
    return lines


def balanced(words: "list[str]", widths: "list[int]", space: int, room: int) -> "list[str]":
    """The narrowest lines that are no more than the widest would be."""
    breaks = filled(widths, space, room)
    low, high = max(widths), room
    while len(breaks) > 1 and low < high:
        middle = (low + high) // 2
        found = filled(widths, space, middle)
        if len(found) > len(breaks):
            low = middle + 1
        else:
            high, breaks = middle, found
    return [" ".join(words[a:b]) for a, b in zip([0] + breaks[:-1], breaks)]  # noqa: B905


def filled(widths: "list[int]", space: int, room: int) -> "list[int]":
    """After which words a line ends, when each takes as many as fit."""
    ends, used = [], 0
    for number, width in enumerate(widths):
        if used and used + space + width > room:
            ends.append(number)
            used = 0
        used += width + (space if used else 0)
    return ends + [len(widths)]
