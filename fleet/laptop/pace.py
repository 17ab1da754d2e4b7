"""How fast people of the simulated office live. Devices, the fleet and all clocks keep their own, true time."""

import asyncio


class Pace:
    """Office time passes `times` faster than real time for people; 1 is real time."""

    def __init__(self, times: float = 30.0) -> None:
        if not 1 <= times <= 1000:
            raise ValueError(f"pace: expected 1 to 1000, found {times}")
        self.times = times

    async def minutes(self, office_minutes: float, least_s: float = 0.0) -> None:
        """Let this much time of the office pass, but at least `least_s` real seconds."""
        await asyncio.sleep(self.seconds(office_minutes, least_s))

    def seconds(self, office_minutes: float, least_s: float = 0.0) -> float:
        """Real seconds of this much office time."""
        return max(least_s, office_minutes * 60 / self.times)
