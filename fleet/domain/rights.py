"""Who may do what: a person has one role, at one office or everywhere."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """Something that a page or a call of the API asks for."""

    SEE_OFFICE = "see_office"
    SEE_LOBBY = "see_lobby"
    USE_KIOSK = "use_kiosk"
    SEE_COUNTER = "see_counter"
    WORK_COUNTER = "work_counter"
    SEE_VISITS = "see_visits"
    SEE_RATINGS = "see_ratings"
    REVIEW_RATINGS = "review_ratings"
    SEE_ALERTS = "see_alerts"
    ACKNOWLEDGE_ALERTS = "acknowledge_alerts"
    SEE_DEVICES = "see_devices"
    COMMAND_DEVICES = "command_devices"
    ROLL_OUT = "roll_out"
    SEE_METRICS = "see_metrics"
    USE_BENCH = "use_bench"
    SET_RULES = "set_rules"
    SET_UP_OFFICE = "set_up_office"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_PROGRAMS = "manage_programs"
    SEE_CHANGES = "see_changes"
    KEEP_ACCOUNT = "keep_account"


class Role(StrEnum):
    """What a person is to the office."""

    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"
    CLERK = "clerk"
    DISPLAY = "display"


MAY: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.SUPERVISOR: frozenset(
        {
            Permission.SEE_OFFICE,
            Permission.SEE_LOBBY,
            Permission.SEE_COUNTER,
            Permission.SEE_VISITS,
            Permission.SEE_RATINGS,
            Permission.REVIEW_RATINGS,
            Permission.SEE_ALERTS,
            Permission.ACKNOWLEDGE_ALERTS,
            # How the own office calls and when it is alerted; what an office is made of is for administrators.
            Permission.SET_RULES,
            Permission.KEEP_ACCOUNT,
        }
    ),
    Role.TECHNICIAN: frozenset(
        {
            Permission.SEE_DEVICES,
            Permission.COMMAND_DEVICES,
            # To look on, to be the second person, to stop it; what is rolled out is decided by administrators.
            Permission.ROLL_OUT,
            Permission.SEE_LOBBY,
            Permission.SEE_METRICS,
            Permission.USE_BENCH,
            Permission.KEEP_ACCOUNT,
        }
    ),
    # A clerk sees who waits, but neither when a press came nor what it said.
    Role.CLERK: frozenset(
        {Permission.SEE_OFFICE, Permission.SEE_COUNTER, Permission.WORK_COUNTER, Permission.KEEP_ACCOUNT}
    ),
    # A screen on a wall, for everybody's eyes and fingers: it has no password of its own to change.
    Role.DISPLAY: frozenset({Permission.SEE_LOBBY, Permission.USE_KIOSK}),
}


@dataclass(frozen=True)
class Person:
    """Someone who may sign in. `office` is None for a role that holds everywhere."""

    id: int
    name: str
    shown_as: str
    role: Role
    office: str | None
    language: str
    one_time: bool = False
    """Whether the password was made by somebody else, to be replaced before anything else is done."""

    lacks_second_step: bool = False
    """Whether a second step is asked of this person's role, and not set up yet: that comes before anything else."""

    def may(self, permission: Permission) -> bool:
        """Whether the role grants it."""
        return permission in MAY[self.role]

    def belongs_to(self, office: str | None) -> bool:
        """Whether the role holds at this office. What stands nowhere concerns only those who work everywhere."""
        return self.office is None or self.office == office
