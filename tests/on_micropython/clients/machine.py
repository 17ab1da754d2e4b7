"""What a client asks of the chip."""


def unique_id():
    """The number of this chip."""
    return b"motcua"
