"""What the registry knows of one device now: what may be done with it, what is under way, and what was done."""

from dataclasses import dataclass

from fleet.domain.registry import RegistryVerb


@dataclass(frozen=True)
class DoneThen:
    """Something that was done with a device, by nobody where `by` is empty. `said`: what `found` names, in words."""

    at_ms: int
    by: str
    what: str
    found: str
    why: str = ""
    said: str = ""


@dataclass(frozen=True)
class RegistryNow:
    """`wanted`: where it shall stand that has not started since; `changing_key`: it is being given another key."""

    verbs: tuple[RegistryVerb, ...]
    wanted: str
    changing_key: bool
    done: tuple[DoneThen, ...]


@dataclass(frozen=True)
class Substitute:
    """A board that can take another's place. `place` is empty for one in store."""

    device: str
    place: str
    presence: str


@dataclass(frozen=True)
class Substitutes:
    """Who can take a device's place: boards that are there, and claims that wait for one at its office."""

    boards: tuple[Substitute, ...]
    claims: tuple[tuple[str, str], ...]
    """(claim, device)"""


def verbs_for(is_revoked: bool, is_retired: bool, has_key: bool, stands: bool) -> tuple[RegistryVerb, ...]:
    """What may be done with a device."""
    if is_retired:
        return ()
    if is_revoked:
        return (RegistryVerb.RETIRE,)
    some = {RegistryVerb.ROTATE: has_key, RegistryVerb.REPLACE: stands}
    return tuple(verb for verb in RegistryVerb if some.get(verb, True))
