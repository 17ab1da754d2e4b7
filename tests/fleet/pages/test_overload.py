"""More is asked for than can be answered: pages are turned away at once, before whoever stands somewhere."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import REGISTRY

from fleet.domain.office_now import OfficeNow
from fleet.pages import overload
from tests.fleet.pages.town import Town

SOON_S = 60


def shed() -> float:
    return REGISTRY.get_sample_value("motcua_shed_total", {"what": "pages"}) or 0.0


def test_pages_are_turned_away_before_kiosks_and_counters(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "AT_ONCE", 1)
    at_work, goes_on, real = threading.Event(), threading.Event(), town.office

    def slow(office: str, at_ms: int) -> OfficeNow:
        at_work.set()
        assert goes_on.wait(SOON_S)
        return real(office, at_ms)

    town.office, before = slow, shed()
    with town.browser("root") as first, town.browser("root") as second, ThreadPoolExecutor(1) as others:
        looking = others.submit(first.get, "/offices/tan-an")
        assert at_work.wait(SOON_S)
        refused = second.get("/devices", headers={"Accept-Language": "vi"})
        standing = second.get("/counters")
        goes_on.set()
        assert looking.result(SOON_S).status_code == 200
        assert second.get("/devices").status_code == 200, "there is room again"
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "Máy chủ đang quá tải" in refused.text
    assert "default-src" in refused.headers["Content-Security-Policy"]
    assert standing.status_code == 200
    assert shed() == before + 1
