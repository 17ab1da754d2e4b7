"""Random histories of units, told day by day as people live them; the nodes of each, and the tree of each day."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from fleet.domain.org_tree import EVER, Heir, Kind, Node

START = date(2020, 1, 1)
NAMES = st.sampled_from(["Sài Gòn", "Tân Định", "Đa Kao", "Bến Thành", "Cầu Kho"])


@dataclass
class History:
    """What there is now, what was, and how the tree looked on each day on which something happened."""

    day: date = START
    living: dict[str, Node] = field(default_factory=dict)
    past: list[Node] = field(default_factory=list)
    seen: dict[date, dict[str, Node]] = field(default_factory=dict)
    made: int = 0

    @property
    def nodes(self) -> list[Node]:
        return [*self.past, *self.living.values()]

    def opens(self, kind: Kind, parent: str | None, name: str) -> str:
        self.made += 1
        unit = f"{kind.value}-{self.made}"
        since = EVER if self.day == START else self.day
        self.living[unit] = Node(unit, kind, name, parent, since, hotline="1022" if parent is None else "")
        return unit

    def becomes(self, unit: str, **changes: str) -> None:
        """It is another from today on; twice on a day is once."""
        node = self.living[unit]
        if node.valid_from not in (self.day, EVER if self.day == START else self.day):
            self.past.append(replace(node, valid_to=self.day))
            node = replace(node, valid_from=self.day)
        self.living[unit] = replace(node, **changes)

    def ends(self, unit: str, heirs: tuple[Heir, ...] = ()) -> None:
        node = self.living.pop(unit)
        if node.valid_from < self.day and self.day > START:
            self.past.append(replace(node, valid_to=self.day, heirs=heirs))

    def of(self, *kinds: Kind) -> list[str]:
        return sorted(unit for unit, node in self.living.items() if node.kind in kinds)

    def old(self, *kinds: Kind) -> list[str]:
        """Those that did not begin today, and so may end."""
        return [unit for unit in self.of(*kinds) if self.day > START and self.living[unit].valid_from < self.day]

    def below(self, unit: str) -> list[str]:
        return sorted(one for one, node in self.living.items() if node.parent == unit)


@st.composite
def shares(draw: st.DrawFn, heirs: list[str]) -> tuple[Heir, ...]:
    """All known, none known, or all but one."""
    cuts = sorted(draw(st.lists(st.integers(1, 9_999), min_size=len(heirs) - 1, max_size=len(heirs) - 1, unique=True)))
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    known = draw(st.sampled_from([0, len(heirs) - 1, len(heirs)]))
    return tuple(
        Heir(unit, part if n < known else None) for n, (unit, part) in enumerate(zip(heirs, parts, strict=True))
    )


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Communes open, merge, are split, renamed and abolished; their offices go along or elsewhere."""
    history = History()
    province = history.opens(Kind.PROVINCE, None, "Tỉnh")
    for _ in range(draw(st.integers(1, 3))):
        history.opens(Kind.CENTRE, province, draw(NAMES))
    for step in draw(
        st.lists(st.sampled_from(["open", "office", "merge", "split", "rename", "close", "wait"]), max_size=25)
    ):
        centres = history.of(Kind.CENTRE)
        if step == "wait":
            history.seen[history.day] = dict(history.living)
            history.day += timedelta(days=draw(st.integers(1, 400)))
        elif step == "open":
            history.opens(Kind.CENTRE, province, draw(NAMES))
        elif step == "office" and centres:
            office = history.opens(Kind.OFFICE, draw(st.sampled_from(centres)), draw(NAMES))
            history.opens(Kind.COUNTER, office, "Quầy 1")
        elif step == "rename" and centres:
            history.becomes(draw(st.sampled_from(centres)), name=draw(NAMES))
        elif step in ("merge", "split", "close") and (old := history.old(Kind.CENTRE)):
            going = draw(st.lists(st.sampled_from(old), min_size=1, max_size=1 if step == "split" else 3, unique=True))
            heirs = [
                history.opens(Kind.CENTRE, province, draw(NAMES)) for _ in range({"split": 3, "merge": 1}.get(step, 0))
            ]
            for unit in going:
                for office in history.below(unit):
                    if heirs:
                        history.becomes(office, parent=draw(st.sampled_from(heirs)))
                    else:
                        for counter in history.below(office):
                            history.ends(counter)
                        history.ends(office)
                history.ends(unit, draw(shares(heirs)) if heirs else ())
    history.seen[history.day] = dict(history.living)
    return history
