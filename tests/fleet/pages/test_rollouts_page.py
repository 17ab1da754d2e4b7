"""A rollout on its pages: begun, approved by somebody else, shown with why devices wait, and ended."""

import json
from dataclasses import asdict, replace

from fleet.clock import now_ms
from fleet.domain.rollout_harm import Harm, Why
from fleet.domain.rollout_plan import Plan
from fleet.domain.templates import template_of
from fleet.flows import rollouts, templates
from fleet.flows.enrol import enrol
from fleet.flows.rollouts import Actor
from fleet.store import rollouts as store
from tests.fleet.pages.town import Town

ALL = "office:tan-an:all"


def test_a_rollout_is_begun_approved_and_ended(town: Town) -> None:
    enrol(town.store, "nut-7", ("rating",), "tan-an", None, now_ms())
    with town.store.writing() as connection:
        templates.add_version(connection, template_of(ALL), {"confirm_within_s": 400}, "root", now_ms())
    with town.browser("root") as root, town.browser("technician") as technician:
        assert "phiên bản 1" in root.get(f"/rollouts/new?subject={ALL}&version=1").text
        typed = {"subject": ALL, "version": "1", "approval": "yes"}
        wrong = root.post("/rollouts", **typed, waves="5")
        assert wrong.status_code == 422 and "Các đợt phải tăng dần" in wrong.text
        made = root.post("/rollouts", **typed).headers["location"]
        assert "Chờ người thứ hai duyệt" in root.get(made).text
        refused = root.post(f"{made}/approve")
        assert refused.status_code == 409 and "phải khác người bắt đầu" in refused.text
        assert technician.post(f"{made}/approve").headers["location"] == made
        shown = technician.get(made).text
        assert "Đang triển khai" in shown and "không kết nối" in shown and "nut-7" in shown
        assert technician.post(f"{made}/abort").status_code == 422
        assert technician.post(f"{made}/abort", sure="yes").status_code == 303
        assert "Đã hủy" in root.get(made).text and made in root.get("/rollouts").text


def test_one_that_stopped_by_itself_stands_on_the_page_of_devices(town: Town) -> None:
    enrol(town.store, "nut-7", ("rating",), "tan-an", None, now_ms())
    with town.store.writing() as connection:
        templates.add_version(connection, template_of(ALL), {"confirm_within_s": 400}, "root", now_ms())
        row = rollouts.start(connection, "template", ALL, 1, Plan(), Actor("root", "person:1"), now_ms())
        why = json.dumps(asdict(Why(Harm.FAILURES, 2, 9, limit=0.05)))
        store.save(connection, replace(row, state="stopped", why=why))
    with town.browser("technician") as technician:
        shown = technician.get("/devices").text
        assert f'href="/rollouts/{row.id}"' in shown and "2 trong 9 thiết bị đã trả lời không nhận được" in shown
