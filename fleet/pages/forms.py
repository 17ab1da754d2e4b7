"""A form as a page shows it: what is so now, what somebody typed instead, and beside it what is wrong with that.

A form carries the mark of what its page showed. What cannot be saved comes back as it was typed; what somebody else
changed meanwhile is not written over, but named beside the field, and may then be saved knowingly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from fleet.domain.seen import ChangedMeanwhile, mark_of
from fleet.domain.unfit import Unfit
from fleet.pages.form_fields import Field, Fields

SEEN = "seen"
TEXT_AT_MOST = 20_000
# Of one field; the whole body is bounded, too.


@dataclass(frozen=True)
class Sent:
    """What a form sent, by the names of its fields."""

    typed: Mapping[str, list[str]]

    @property
    def seen(self) -> str:
        """The mark of what its page showed."""
        return self.one(SEEN)

    def one(self, name: str) -> str:
        """What stood in this field; empty if the form has none."""
        return next(iter(self.typed.get(name, [])), "")


async def read_sent(request: Request) -> Sent:
    """The fields of this request's form; files are none."""
    typed: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            typed.setdefault(name, []).append(value[:TEXT_AT_MOST])
    return Sent(typed)


Sending = Annotated[Sent, Depends(read_sent)]


@dataclass(frozen=True)
class Refusal:
    """Why nothing was saved: what is wrong, or (none of that) somebody else changed it meanwhile."""

    problems: tuple[Unfit, ...] = ()

    @property
    def status(self) -> int:
        """The status of the answer."""
        return 422 if self.problems else 409


def attempt(save: Callable[[], object]) -> Refusal | None:
    """Save it; why it could not be."""
    try:
        save()
    except Unfit as error:
        return Refusal(error.problems)
    except ChangedMeanwhile:
        return Refusal()
    return None


@dataclass(frozen=True)
class Form:
    """A form. `seen` is what the mark stands for; `sent` and `refusal` belong to what was typed and not saved."""

    fields: Fields
    now: Mapping[str, object]
    seen: object = None
    sent: Sent | None = None
    refusal: Refusal | None = None
    by_name: dict[str, Field] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {one.name: one for one in self.fields.each})

    @property
    def mark(self) -> str:
        """What goes back with the form."""
        return mark_of(self.now if self.seen is None else self.seen)

    @property
    def is_outdated(self) -> bool:
        """Whether somebody else changed something meanwhile."""
        return self.refusal is not None and not self.refusal.problems

    def label(self, name: str) -> str:
        """The key of what a field is called."""
        return f"{self.fields.group}.{name}"

    def values(self, name: str) -> list[str]:
        """What stands in a field."""
        if self.sent is not None:
            return self.sent.typed.get(name, [])
        return self.by_name[name].shown(self.now[name])

    def value(self, name: str) -> str:
        """What stands in a field for one value."""
        return next(iter(self.values(name)), "")

    def now_instead(self, name: str) -> list[str] | None:
        """What is so now, where somebody typed something else before hearing of it."""
        now = self.by_name[name].shown(self.now[name])
        return now if self.is_outdated and now != self.values(name) else None

    def problem(self, name: str, say: Callable[..., str]) -> str | None:
        """What is wrong with a field, in the words of `say`."""
        return next((self.said(one, say) for one in self.problems if one.field == name), None)

    @property
    def problems(self) -> tuple[Unfit, ...]:
        """Everything that is wrong."""
        return () if self.refusal is None else self.refusal.problems

    def said(self, problem: Unfit, say: Callable[..., str]) -> str:
        """The sentence of a problem."""
        its = self.by_name.get(problem.field)
        bounds = {name: its.bound(value) if its else value for name, value in problem.bounds.items()}
        return say(f"unfit.{problem.expected}", **bounds)
