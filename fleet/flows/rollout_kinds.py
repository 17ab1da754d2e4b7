"""All that can be rolled out: versions of templates of configurations, and releases of the firmware."""

from collections.abc import Iterable

from sqlalchemy import Connection

from fleet.domain.rollout_plan import RELEASE
from fleet.domain.rollout_targets import At
from fleet.flows import rollout_release, rollout_template
from fleet.flows.effective import TEMPLATE
from fleet.flows.rollout_template import keep_version
from fleet.store.rollout_devices import AtDevice
from fleet.store.rollouts import RolloutRow

__all__ = ["KINDS", "call_back", "keep_version"]

KINDS = {TEMPLATE: rollout_template.KIND, RELEASE: rollout_release.KIND}


def call_back(connection: Connection, row: RolloutRow, its: Iterable[AtDevice]) -> None:
    """It runs no more, or again: those that have not answered are told what holds for them by now."""
    if KINDS[row.kind].recalls:
        KINDS[row.kind].take_back(connection, [one.device for one in its if one.at == At.GIVEN])
