"""By which way residents told us: by buttons, each board for itself; or on the pages of their tickets.

Whichever process of the fleet serves a ticket's page, it is one way, before and after it was started anew.
"""

SERVERS = "srv-"
# So begin the ids of virtual devices. A board of such a name would be taken for one of the fleet's own processes.


def way_of(identity: str) -> str:
    """The way of the event of this identity: its device, or `srv-` for the pages."""
    return SERVERS if on_page(identity) else identity.split("/")[0]


def on_page(identity: str) -> bool:
    """Whether the event of this identity was told on a page."""
    return identity.startswith(SERVERS)
