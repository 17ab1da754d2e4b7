"""From a new row in the registry to a device that may connect."""

from tests.bench.broker_reload import broker_reload
from tests.bench.enrol_boards import enrol_boards
from tests.bench.enrol_claims import enrol_claims


def run() -> None:
    """Print the figures."""
    enrol_boards()
    enrol_claims()
    broker_reload()
