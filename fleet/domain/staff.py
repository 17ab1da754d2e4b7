"""Who may make whom what: nobody gives more than they have, and somebody always stays who may do everything."""

from collections.abc import Iterable

from fleet.domain.rights import MAY, Permission, Person, Role

Standing = tuple[Role, str | None]
# A role, at one office or (None) everywhere.
CHIEF: Standing = (Role.ADMINISTRATOR, None)


def may_give(giver: Person | None, role: Role, office: str | None) -> bool:
    """Whether this person may let somebody have this role there. None: whoever works at the machine itself."""
    if giver is None:
        return True
    return giver.may(Permission.MANAGE_PEOPLE) and giver.belongs_to(office) and MAY[role] <= MAY[giver.role]


def roles_to_give(giver: Person) -> tuple[Role, ...]:
    """The roles that this person may give at the own office, the mightiest first."""
    return tuple(role for role in Role if may_give(giver, role, giver.office))


def is_last_chief(name: str, standings: Iterable[tuple[str, Standing]]) -> bool:
    """Whether of these people, who all may sign in, this one alone may do everything everywhere."""
    return [other for other, standing in standings if standing == CHIEF] == [name]
