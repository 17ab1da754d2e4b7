"""A comparison of places as it is shown and handed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fleet.domain.compared_places import Compared, View
from fleet.domain.comparing import Measure, Row, Shares, WaitRow
from fleet.domain.named_periods import Period
from fleet.domain.org_tree import Kind


@dataclass(frozen=True)
class Comparison:
    """The places of a unit side by side in a period.

    `target_s`: within which people should be called, at all places alike, if one target holds for all services.
    `levels` of the scale that is compared; `other_ratings` were given on others. `by_scan`: places whose dossiers are
    those that were scanned there. `service`: of this one alone; then nothing of ratings and dossiers is told.
    """

    unit: str
    name: str
    period: Period
    until: date
    kind: Kind
    view: View
    service: str | None
    services: tuple[tuple[str, str], ...]
    places: tuple[Compared, ...]
    left_out: tuple[str, ...]
    target_s: int | None
    levels: int | None
    other_ratings: int
    by_scan: tuple[str, ...]
    waits: tuple[WaitRow, ...]
    shares: Mapping[Measure, Shares]

    @property
    def names(self) -> Mapping[str, str]:
        """The places' names by their ids."""
        return {one.id: one.name for one in self.places}

    def row(self, measure: Measure, place: str) -> Row | None:
        """What is told of a place."""
        its = self.shares.get(measure)
        return None if its is None else next((row for row in its.rows if row.place == place), None)
