"""Alerts on the supervisor's page: who sees them, and who may say that somebody sees to one."""

import re
from dataclasses import replace

import pytest

from fleet.clock import now_ms
from fleet.domain.alerts import Alert, Cause
from fleet.domain.office_now import OfficeNow
from fleet.flows import alerts as flow
from fleet.store import alerts
from tests.fleet.pages.sample_office import busy_office, quiet_office
from tests.fleet.pages.town import Town

OFFICE = "tan-an"


@pytest.fixture
def number(town: Town) -> int:
    """An alert that is open, as the page shows it."""
    with town.store.writing() as connection:
        found = Alert(Cause.SILENT, "ta-1", now_ms(), {"limit_s": 600, "waiting": 3})
        kept = alerts.add(connection, OFFICE, "2026-11-23", found)

    def look(office: str, at_ms: int) -> OfficeNow:
        with town.store.reading() as connection:
            return replace(quiet_office(office, at_ms), alerts=flow.open_alerts(connection, office))

    town.office = look
    return kept


def test_a_supervisor_sees_to_an_alert_and_is_named(town: Town, number: int) -> None:
    with town.browser("supervisor") as browser:
        html = browser.get("/").text
        assert "Quầy 1 đang mở nhưng hơn 10 phút không có thao tác nào, 3 người đang chờ." in html
        assert html.index('id="alerts"') < html.index('id="headline"')
        answer = browser.post(f"/offices/{OFFICE}/alerts/{number}/acknowledge")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/offices/{OFFICE}#alerts")
        html = browser.get("/").text
        assert re.search(r"supervisor đã nhận lúc \d\d:\d\d", html) and "/acknowledge" not in html
    with town.browser("administrator") as browser:
        assert browser.post(f"/offices/{OFFICE}/alerts/{number}/acknowledge").status_code == 303
    assert flow.alerts_of(town.store, OFFICE)[0].acknowledged_by == "supervisor", "who was first stays"


def test_nobody_else_sees_or_acknowledges_it(town: Town, number: int) -> None:
    with town.browser("clerk") as browser:
        assert 'id="alerts"' not in browser.get(f"/offices/{OFFICE}").text
        assert browser.post(f"/offices/{OFFICE}/alerts/{number}/acknowledge").status_code == 403
    with town.browser("supervisor") as browser:
        for address in (f"/offices/cai-khe/alerts/{number}", f"/offices/{OFFICE}/alerts/{number + 1}"):
            assert browser.post(f"{address}/acknowledge").status_code == 404
        assert browser.post(f"/offices/{OFFICE}/alerts/{1 << 70}/acknowledge").status_code == 404
    with town.browser("root") as browser:
        assert browser.post(f"/offices/cai-khe/alerts/{number}/acknowledge").status_code == 404
    assert flow.alerts_of(town.store, OFFICE)[0].acknowledged_ms is None


def test_while_all_is_well_there_is_nothing_and_ratings_have_no_moment(town: Town) -> None:
    town.office = quiet_office
    with town.browser("supervisor") as browser:
        assert re.search(r'<section id="alerts"[^>]* hidden>', browser.get("/").text)
        town.office = busy_office
        html = browser.get("/").text
    said = html[html.index("Đánh giá thấp") - 200 : html.index("Đánh giá thấp") + 200]
    assert "data-since" not in said
    assert html.index("Đất đai, môi trường: có người chờ") < html.index("Quầy 5 đang mở"), "what is new comes first"


def test_prometheus_reads_how_many_are_open_by_cause(town: Town, number: int) -> None:
    flow.measure(town.store)
    with town.browser("administrator") as browser:
        read = browser.get("/metrics").text
    assert 'motcua_alerts_open{cause="silent",state="fresh"} 1.0' in read
    assert "ta-1" not in read, "no label names a counter or a device"
