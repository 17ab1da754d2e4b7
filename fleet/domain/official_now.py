"""The official indicators of a unit as they are shown and handed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fleet.domain.indicators import Indicator, Part
from fleet.domain.named_periods import Period
from fleet.domain.nine_criteria import Nine
from fleet.domain.satisfaction import Score


@dataclass(frozen=True)
class Official:
    """The indicators of a unit. `organisation` None: the dossiers are those that were scanned there.

    `until` is the day as of which they are: the last of the period, or today. `by_field` is item 2.1 of each field;
    `score` what may be published of the ratings.
    """

    unit: str
    name: str
    period: Period
    until: date
    organisation: str | None
    items: tuple[Indicator, ...]
    by_field: tuple[tuple[str, Indicator], ...]
    nine: Nine
    warnings: tuple[Part, ...]
    pressed: int
    dissatisfied: Fraction | None
    if_pressed: Fraction | None
    score: Score


def parts_of(found: Official) -> Mapping[tuple[str, str], Part]:
    """Every group of dossiers behind an item, by item and name; warnings stand under `2.1`."""
    parts = {(one.item.value, group.name): group for one in found.items for group in one.parts}
    return parts | {("2.1", group.name): group for group in found.warnings}
