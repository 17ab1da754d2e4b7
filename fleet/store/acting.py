"""Who acts: the doors say so once, where they let somebody in, and the log of changes asks for it.

It belongs to what runs for one request or one command, and to the threads that this asks for an answer; whoever is let
in by nobody is a process of motcua itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from fleet.domain.audit import SERVICE, Doer
from fleet.domain.rights import Person

ACTING: ContextVar[Doer] = ContextVar("acting", default=SERVICE)


def who_acts() -> Doer:
    """Who acts now."""
    return ACTING.get()


def somebody_acts() -> bool:
    """Whether it is a person, a program or a command, and not motcua by itself."""
    return ACTING.get().who != SERVICE.who


def person_acts(person: Person, how: str, address: str = "") -> Doer:
    """A person as the log names them."""
    return Doer(f"user:{person.id}", person.name, how, address)


def let_act(actor: Doer) -> None:
    """From here on this one acts, until the surrounding `acting` ends."""
    ACTING.set(actor)


@contextmanager
def acting(actor: Doer) -> Iterator[None]:
    """This one acts; then whoever did before."""
    before = ACTING.set(actor)
    try:
        yield
    finally:
        ACTING.reset(before)
