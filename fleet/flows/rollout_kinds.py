"""All that can be rolled out: versions of templates of configurations, and releases of the firmware."""

from fleet.domain.rollout_plan import RELEASE
from fleet.flows import rollout_release, rollout_template
from fleet.flows.effective import TEMPLATE
from fleet.flows.rollout_template import keep_version

__all__ = ["KINDS", "keep_version"]

KINDS = {TEMPLATE: rollout_template.KIND, RELEASE: rollout_release.KIND}
