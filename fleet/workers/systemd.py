"""What systemd is told of a service of `Type=notify`: that it has begun, that it lives, that it ends. Else nothing."""

import os
import socket

from fleet.workers.fitness import Fitness
from fleet.workers.worker import Worker

BEATS_WITHIN = 3
# So often within the time after which systemd would start the service anew.


def notify(state: str) -> None:
    """Tell it, where somebody listens; who is gone misses it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            pass


class Watchdog(Worker):
    """Tells systemd that the process lives, as long as nothing in it hangs; then systemd starts it anew."""

    name = "watchdog"

    def __init__(self, fitness: Fitness) -> None:
        super().__init__()
        self.fitness = fitness
        self.every_s = int(os.environ.get("WATCHDOG_USEC") or 0) / 1_000_000 / BEATS_WITHIN

    def start(self) -> None:
        """Begin, if systemd asks for it."""
        if self.every_s:
            super().start()

    def stop(self) -> None:
        """End at once."""
        self.stopping.set()
        if self.every_s:
            super().stop()

    def round(self) -> None:
        """One sign of life."""
        if not self.fitness.hung():
            notify("WATCHDOG=1")
        self.stopping.wait(self.every_s)
