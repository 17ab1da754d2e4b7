"""The public name of a claim: eight letters of chance and one that says whether they were typed as they stand.

It stands on a label and is read aloud, so its letters are Crockford's base 32 (no I, L, O, U). The ninth letter is the
sum of the others in the field of 32 elements, each times another power of one that generates the field. So one wrong
letter is always noticed, and so is any pair that changed places, neighbours or not.
"""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHANCE_BYTES = 5
LETTERS = 8
GROUP = 4
MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})
FIELD = 0b100101
# x^5 + x^2 + 1, of which x is a generator: its first 31 powers are different.


class BadClaimId(ValueError):
    """A text is no claim's id; `problem` is letter, length or mistyped, `found` what was read."""

    def __init__(self, problem: str, found: str) -> None:
        sentences = {
            "letter": f"expected letters of {ALPHABET}, found {found!r}",
            "length": f"expected {LETTERS + 1} letters, found {found}",
            "mistyped": f"expected the letters as they stand on the label, found {found}: one is wrong, or two changed "
            "places",
        }
        super().__init__(f"claim: {sentences[problem]}")
        self.problem = problem
        self.found = found


def claim_id(chance: bytes) -> str:
    """The id that these 40 bits of chance make."""
    number = int.from_bytes(chance[:CHANCE_BYTES], "big")
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (LETTERS - 1), -1, -5))
    return letters + check_letter(letters)


def read_claim_id(text: str) -> str:
    """The id that somebody typed, with or without dashes, in small letters or large. Raises BadClaimId."""
    letters = "".join(text[:80].split()).replace("-", "").upper().translate(MEANT)
    for letter in letters:
        if letter not in ALPHABET:
            raise BadClaimId("letter", letter if letter.isprintable() else "?")
    if len(letters) != LETTERS + 1:
        raise BadClaimId("length", str(len(letters)))
    if check_letter(letters[:LETTERS]) != letters[LETTERS]:
        raise BadClaimId("mistyped", shown_claim_id(letters))
    return letters


def shown_claim_id(claim: str) -> str:
    """`K7MP-4QXT-H`, as it stands on a label."""
    return "-".join(claim[first : first + GROUP] for first in range(0, len(claim), GROUP))


def check_letter(letters: str) -> str:
    """The letter that belongs behind these."""
    total, weight = 0, 1
    for letter in letters:
        weight = times(weight, 2)
        total ^= times(weight, ALPHABET.index(letter))
    return ALPHABET[total]


def times(one: int, other: int) -> int:
    """The product in the field of 32 elements."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 32:
            one ^= FIELD
        other >>= 1
    return product
