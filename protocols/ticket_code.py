"""What a ticket's QR code says: `MC1:<lease>:<number>:<token>`, alone or at the end of an address (`…/t/MC1:…`)."""

from protocols.message import ProtocolError, only
from protocols.signing import ALPHABET, ticket_token

FORM = "MC1:<lease>:<number>:<token of 16 letters>"
TOKEN_LETTERS = 16


class TicketCode:
    """A ticket by its lease and number, with the token that proves it was printed."""

    def __init__(self, lease: str, number: int, token: str) -> None:
        self.lease = lease
        self.number = number
        self.token = token

    def __str__(self) -> str:
        return f"MC1:{self.lease}:{self.number}:{self.token}"

    def proved_by(self, secret: str) -> bool:
        """Whether the token was made with this lease's secret."""
        return self.token == ticket_token(secret, self.lease, self.number)


def parse_ticket_code(text: str) -> TicketCode:
    """The ticket that a scanned text names; a ProtocolError if it names none."""
    start = text.rfind("MC1:")
    parts = text[start:].split(":") if start >= 0 else []
    if len(parts) != 4 or not parts[1] or len(parts[1]) > 40 or len(parts[3]) != TOKEN_LETTERS:
        raise ProtocolError("ticket code", FORM, text)
    number = parts[2]
    if len(number) > 4 or not only(number, "0123456789") or int(number) < 1 or not only(parts[3], ALPHABET):
        raise ProtocolError("ticket code", FORM, text)
    return TicketCode(parts[1], int(number), parts[3])


def ticket_label(prefix: str, number: int) -> str:
    """How a number is shown and called: `A007`."""
    digits = str(number)
    return prefix + "0" * (3 - len(digits)) + digits
