"""What puts a ticket on paper. It is loaded for a ticket and let go after it, so nothing else may hold a part of it.

A paper is a list of (what, text), from above. What it is: a text of one of five sizes (of the most, of what must be
seen, of the service, of a mark that changes the ticket, of its number), a rule, a gap, or a QR code.
"""

TEXT, STRONG, TITLE, MARK, NUMBER, RULE, GAP, CODE = range(8)


def each_letter(text: str):  # type: ignore[no-untyped-def]
    """The letters of a text, as slices: what a loop over the text gives is kept by MicroPython for ever, as a name."""
    for at in range(len(text)):
        yield text[at : at + 1]
