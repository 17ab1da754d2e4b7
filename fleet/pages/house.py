"""What every page of one application shares, and where a request finds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request
from jinja2 import Environment

from fleet.flows.changes import Changes
from fleet.pages.feeds import Feeds
from fleet.pages.texts import Wording
from fleet.settings import Settings
from fleet.sign_on import SignOn
from fleet.store.database import Store


@dataclass(frozen=True)
class House:
    """One application. `static` is the address below which its files stand, with their version in it.

    `bench` is the address of the bench page where there is one, `sign_on` the provider of identities.
    """

    store: Store
    settings: Settings
    changes: Changes
    wordings: Mapping[str, Wording]
    templates: Environment
    static: str
    session_check_s: float
    bench: str | None
    sign_on: SignOn | None = None
    feeds: Feeds = field(default_factory=Feeds)


def house_of(request: Request) -> House:
    """The application that this request came to."""
    house: House = request.app.state.house
    return house
