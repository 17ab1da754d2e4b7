"""motcua alerts."""

from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.alerts import Alert, Cause
from fleet.store import alerts
from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua
from tests.fleet.office import DAY, OFFICE

LIMITS = ("alerts", "limits", OFFICE)


def test_alerts_are_listed_and_somebody_sees_to_one(motcua: Motcua, data: Path) -> None:
    assert "nothing is open" in motcua("alerts", "list", "--data", data).stdout
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    with store.writing() as connection:
        wait = Alert(Cause.WAIT, "ho-tich", now_ms(), {"limit_s": 900, "waiting": 6})
        number = alerts.add(connection, OFFICE, DAY, wait)
    shown = motcua("alerts", "list", OFFICE, "--data", data).stdout
    assert "Hộ tịch: có người chờ quá 15 phút" in shown and "đang mở" in shown
    said = motcua("alerts", "acknowledge", OFFICE, number, "--by", "Lan", "--data", data).stdout
    assert said.startswith(f"{number}: Lan sees to it since ")
    assert "Lan sees to it" in motcua("alerts", "list", "--language", "en", "--data", data).stdout
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alerts SET closed_ms = opened_ms")
    store.close()
    assert "nothing is open" in motcua("alerts", "list", "--data", data).stdout
    assert "no alerts" in motcua("alerts", "list", "--all", "--data", data).stdout, "it is of another day"
    assert "đã hết, Lan đã nhận" in " ".join(
        motcua("alerts", "list", "--all", "--days", "4000", "--data", data).stdout.split()
    )


def test_limits_are_shown_changed_and_emptied(motcua: Motcua, data: Path) -> None:
    shown = motcua(*LIMITS, "--wait-s", 1200, "--quiet", "17:00-07:00", "--quiet-day", 7, "--data", data).stdout
    rows = {line.split()[0]: line.split()[1] for line in shown.splitlines()}
    assert (rows["wait-s"], rows["quiet"], rows["quiet-day"]) == ("1200", "17:00-07:00", "7")
    changed = motcua(*LIMITS, "--off", "silent", "--quiet", "none", "--mail", "lan@example.vn", "--data", data).stdout
    rows = {line.split()[0]: line.split()[1] for line in changed.splitlines()}
    assert (rows["off"], rows["quiet"], rows["mail"], rows["wait-s"]) == ("silent", "none", "lan@example.vn", "1200")
    assert motcua(*LIMITS, "--data", data).stdout == changed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*LIMITS, "--told", 75), "told: expected one of 50, 90, found 75"),
        ((*LIMITS, "--quiet-day", "Sunday"), "quiet_days: expected numbers from 1 (Monday) to 7, found 'Sunday'"),
        (("alerts", "limits", "nowhere"), "office: expected one of tan-an, found 'nowhere'"),
        (("alerts", "list", "nowhere"), "office: expected one of tan-an, found 'nowhere'"),
        (("alerts", "list", "--language", "fr"), "language: expected vi or en, found 'fr'"),
        (("alerts", "acknowledge", OFFICE, 7), "tan-an has no alert 7"),
        (("alerts", "acknowledge", OFFICE, 7, "--by", " "), "--by: expected a name, found ' '"),
    ],
)
def test_what_can_not_be_is_said_in_a_sentence(
    motcua: Motcua, data: Path, arguments: tuple[object, ...], sentence: str
) -> None:
    refused = motcua(*arguments, "--data", data)
    assert refused.exit_code == 1 and sentence in " ".join(refused.stderr.split())
