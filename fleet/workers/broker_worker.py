"""A worker with a connection of its own to the broker, and messages in hand until they are dealt with."""

from typing import Generic, TypeVar

from fleet.settings import Settings
from fleet.workers.carrier import Arrived, Carrier
from fleet.workers.worker import Worker

Carries = TypeVar("Carries", bound=Carrier)


class BrokerWorker(Worker, Generic[Carries]):
    """Connects when it starts and leaves when it stops. What is `in_hand` is not acknowledged yet."""

    def __init__(self, settings: Settings, broker: Carries) -> None:
        super().__init__()
        self.settings = settings
        self.broker = broker
        self.in_hand: list[Arrived] = []

    def start(self) -> None:
        """Connect and begin."""
        self.broker.start()
        super().start()

    def trouble(self) -> str:
        """Whether the broker is there."""
        return "" if self.broker.is_up else self.broker.trouble or "not connected to the broker yet"

    def stop(self) -> None:
        """End after the round that is under way, then leave the broker."""
        super().stop()
        self.broker.stop()
