"""Devices that vanish everywhere are one alert, and no other alert says it again."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.alert_limits import AlertLimits
from fleet.domain.alert_sights import DarkSeen, OfficeSeen, PrinterSeen, QueueSeen, sights
from fleet.domain.alerts import Cause, Height
from fleet.domain.fleet_loss import FleetSeen, is_lost

MIN = 60_000
NOW = 100 * MIN
LIMITS = AlertLimits()
COUNT = st.integers(0, 5000)


@given(COUNT, COUNT, st.integers(0, 100))
def test_what_opens_it_keeps_it_open_and_more_is_not_less(devices: int, lost: int, offices: int) -> None:
    seen = FleetSeen(devices, lost, offices)
    if is_lost(seen, False):
        assert is_lost(seen, True)
        assert is_lost(replace(seen, lost=lost + 1), False) and is_lost(replace(seen, offices=offices + 1), False)
        assert lost > 0.05 * devices and offices >= 2


def test_one_office_or_a_handful_is_no_fleet() -> None:
    assert not is_lost(FleetSeen(100, 50, 1), False)
    assert not is_lost(FleetSeen(10, 4, 4), False)
    assert not is_lost(FleetSeen(1000, 50, 20), False)
    assert is_lost(FleetSeen(1000, 51, 20), False)
    assert is_lost(FleetSeen(1000, 26, 20), True) and not is_lost(FleetSeen(1000, 25, 20), True)


def heights(office: OfficeSeen, now_ms: int = NOW) -> dict[str, Height]:
    found = {one.cause: one.height for one in sights(office, LIMITS, now_ms)}
    return {cause: found[cause] for cause in (Cause.DARK, Cause.PRINTER)}


def test_a_dark_office_is_one_alert_and_a_lost_fleet_is_none_of_an_office() -> None:
    lost = PrinterSeen("tp-1", lost_since_ms=NOW - 5 * MIN)
    office = OfficeSeen(queues=(QueueSeen("a", 900, waiting=3, oldest_ms=NOW - MIN),), printers=(lost,))
    dark = replace(office, dark=DarkSeen(4, NOW - 3 * MIN))
    assert heights(office) == {Cause.DARK: Height.LOW, Cause.PRINTER: Height.HIGH}
    assert heights(dark) == {Cause.DARK: Height.HIGH, Cause.PRINTER: Height.BAND}
    assert heights(dark, NOW - 2 * MIN)[Cause.DARK] is Height.BAND, "devices roam for a moment"
    assert heights(replace(dark, fleet_lost=True)) == {Cause.DARK: Height.BAND, Cause.PRINTER: Height.BAND}
    assert heights(replace(dark, dark=replace(dark.dark, closing=True)))[Cause.DARK] is Height.BAND  # type: ignore[type-var]
    empty = replace(dark, printers=(replace(lost, has_paper=False),), fleet_lost=True)
    assert heights(empty)[Cause.PRINTER] is Height.HIGH, "paper is no matter of the network"
