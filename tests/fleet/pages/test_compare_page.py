"""Offices side by side on a page: for people whose right holds everywhere."""

import re

from fleet.domain.comparing import Counted, Measure, shares
from fleet.pages.funnel_chart import chart_of, ticks
from tests.fleet.compared import furnish
from tests.fleet.pages.town import Town

ASKED = "/compare?unit=tinh&period=2026-Q3"


def test_a_quarter_of_a_province(town: Town) -> None:
    with town.browser("root") as browser:
        assert "Chưa có đơn vị nào" in browser.get("/compare").text
        assert browser.get("/compare.csv").status_code == 404
        furnish(town.store)
        shown = browser.get(ASKED).text
        assert 'href="/compare"' in shown and '<option value="2026-Q3" selected>Quý III/2026</option>' in shown
        section = re.search(r'<section class="panel" aria-labelledby="satisfied-title">.*?</section>', shown, re.S)
        assert section is not None
        rows = re.findall(r'<th scope="row">(.*?)</th>\s*<td class="wide group-(\w+)"', section[0])
        assert rows[0] == ("1. Xã 4", "worse") and ("5. Xã 5", "alike") in rows
        assert section[0].count('<svg class="mark-') == 6 and "<title>1. Xã 4: rõ ràng kém hơn</title>" in section[0]
        assert "style=" not in shown, "the policy allows no style in the page"
        table = browser.get(ASKED.replace("?", ".csv?"))
        assert table.headers["content-disposition"] == 'attachment; filename="tinh-2026-Q3-so-sanh.csv"'
        assert len(table.text.splitlines()) == 1 + 3 * 6 + 2 * 6
        assert "Xã cũ" in browser.get(f"{ASKED}&view=then").text
        assert "satisfied-title" not in browser.get(f"{ASKED}&service=dat-dai").text
        assert browser.get("/compare?of=centre").status_code == 200
        for wrong in ("unit=x", "period=2026-W30", "period=soon", "of=counter", "view=x", "service=x", "period=2099"):
            assert browser.get(f"/compare?{wrong}").status_code == 404, wrong
    with town.browser("supervisor") as browser:
        assert browser.get(ASKED).status_code == 404
        assert 'href="/compare"' not in browser.get("/offices/tan-an").text


def test_a_funnel_holds_all_its_places() -> None:
    places = [Counted(f"x-{n}", {"a": (min(n * 20, n * 15 + 6), n * 20)}) for n in range(1, 9)]
    its = shares(Measure.SATISFIED, places)
    chart = chart_of(its, list(its.rows))
    assert chart is not None and len(chart.marks) == 8
    assert all(0 <= mark.x <= 100 and 0 <= mark.y <= 100 for mark in chart.marks)
    assert [mark.x for mark in chart.marks] == sorted(mark.x for mark in chart.marks), "more is known to the right"
    alone = shares(Measure.SATISFIED, places[:1])
    assert chart_of(alone, list(alone.rows)) is None, "nobody beside it"


def test_the_scale_has_round_shares() -> None:
    assert ticks(0.71, 0.93) == [0.75, 0.8, 0.85, 0.9] and ticks(0.0, 1.0) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks(0.9, 1.0) == [0.9, 0.92, 0.94, 0.96, 0.98, 1.0]
