"""What a board says of itself, made fit to be shown: printable, on one line, and no longer than it has to be."""

LONGEST = 120


def shown(said: object, most: int = LONGEST) -> str:
    """These words or bytes as a person may read them; what is no letter shows as `?`."""
    text = said.decode("utf-8", "replace").replace("\ufffd", "?") if isinstance(said, bytes) else str(said)
    line = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)
    line = " ".join(line.split())
    return line if len(line) <= most else line[: most - 1] + "…"
