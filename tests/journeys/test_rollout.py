"""A version of a template on real boards: one that a device refuses stops by itself, and a good one goes through."""

import asyncio
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.rollout_plan import Plan, When, read_waves
from fleet.domain.rollout_targets import At
from fleet.domain.rollouts import State
from fleet.domain.rollouts_now import RolloutNow
from fleet.domain.templates import template_of
from fleet.flows import rollouts, templates
from fleet.flows.rollouts import Actor
from fleet.flows.see_rollouts import Rollouts
from fleet.flows.watch import devices_now
from fleet.store.database import Store
from tests.journeys.house import an_office, settings_in, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

LAN = Actor("Lan", "person:1")
PLAN = Plan(read_waves("1, 100%"), When.ANY, watch_min=0)
PATIENCE_S = 120.0


def begun(store: Store, subject: str, fields: dict[str, object]) -> str:
    """A rollout of a new version that says this."""
    with store.writing() as connection:
        version = templates.add_version(connection, template_of(subject), fields, "Lan", now_ms())
        assert version is not None
        return rollouts.start(connection, "template", subject, version, PLAN, LAN, now_ms()).id


def test_it_stops_at_the_board_that_refuses_and_goes_through_where_all_can_live_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def journey() -> None:
        async with an_office(tmp_path):
            store = Store(settings_in(tmp_path).database_url)
            eyes, office = Rollouts(store), next(one.office for one in devices_now(store, now_ms()) if one.office)

            def seen(rollout: str) -> RolloutNow:
                found = eyes.one(rollout, LAN, now_ms())
                assert found is not None
                return found

            with monkeypatch.context() as patched:  # as a fleet of another version might say it
                patched.setattr(templates, "checked_fields", lambda _, fields: dict(fields))
                bad = begun(store, f"office:{office}:display", {"display.modules": 12})
                await until("that it stops", lambda: seen(bad).state is State.STOPPED, PATIENCE_S)
            (failed,) = seen(bad).failed
            assert failed.failure == "refused" and "display.modules" in failed.detail
            with store.writing() as connection:
                rollouts.abort(connection, bad, LAN, now_ms())
            await until(
                "no refusal any more", lambda: not any(one.refused for one in devices_now(store, now_ms())), PATIENCE_S
            )
            good = begun(store, f"office:{office}:all", {"confirm_within_s": 400})
            await until("that all have it", lambda: seen(good).state is State.DONE, PATIENCE_S)
            counts = seen(good).counts
            assert counts == {At.DONE: len(devices_now(store, now_ms()))}
            store.close()

    asyncio.run(journey())
