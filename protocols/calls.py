"""What a call display is told: who is called where. It lies apart from the state, since only displays read it."""

from protocols.message import COUNT, IDENTITY, Message, Text


class Call(Message):
    """A number is called to a counter; nothing else is said of anybody.

    `id` is the identity of the event: told twice it is one call. `counter` is the counter's number, or its name where
    it has none. `expires`: what is older is still shown, and spoken no more. `again`: it was called before.
    """

    FIELDS = {
        "id": IDENTITY,
        "label": Text(8),
        "counter": Text(20),
        "expires": COUNT,
        "again": bool,
    }

    id: str
    label: str
    counter: str
    expires: int
    again: bool = False
