"""Which groups of a provider have which role here: rows of a file, of which the first that fits counts.

[[group]]
name = "mot-cua-phu-trach-tan-an"
role = "supervisor"
office = "tan-an"          # without it: everywhere
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fleet.domain.rights import Role

GIVEN = tuple(role for role in Role if role is not Role.DISPLAY)
# A screen on a wall is no person of any provider.
FIELDS = frozenset({"name", "role", "office"})


class RolesUnfit(ValueError):
    """A file of groups that can not be; the text says which row."""


@dataclass(frozen=True)
class GroupRole:
    """Who is in this group has this role, at one office or (None) everywhere."""

    group: str
    role: Role
    office: str | None


def group_roles(document: Mapping[str, object]) -> tuple[GroupRole, ...]:
    """The rows of a file, in its order. Raises RolesUnfit."""
    rows = document.get("group")
    if not isinstance(rows, list) or not rows or set(document) != {"group"}:
        raise RolesUnfit("expected rows under [[group]] and nothing else")
    return tuple(row_of(row, number) for number, row in enumerate(rows, 1))


def row_of(row: object, number: int) -> GroupRole:
    if not isinstance(row, Mapping) or not {"name", "role"} <= set(row) <= FIELDS:
        raise RolesUnfit(f"group {number}: expected name, role and, for one office, office")
    group, role, office = row["name"], row["role"], row.get("office")
    if not isinstance(group, str) or not group:
        raise RolesUnfit(f"group {number}: name: expected the name of a group, found {group!r}")
    if role not in GIVEN:
        raise RolesUnfit(f"group {number}: role: expected one of {', '.join(GIVEN)}, found {role!r}")
    if office is not None and not isinstance(office, str):
        raise RolesUnfit(f"group {number}: office: expected the id of an office, found {office!r}")
    return GroupRole(group, Role(role), office)


def role_of(groups: Collection[str], rows: Sequence[GroupRole]) -> GroupRole | None:
    """The first row whose group is among these; None where there is none."""
    return next((row for row in rows if row.group in groups), None)
