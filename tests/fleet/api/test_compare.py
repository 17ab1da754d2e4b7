"""Comparison of offices, as programs are told of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from fleet.domain.api_rights import Scope
from fleet.store.database import Store
from tests.fleet.api.conftest import Town
from tests.fleet.compared import NOW_MS


@pytest.fixture
def compared_town(compared: Path, tmp_path: Path, whole: FastAPI) -> Iterator[Town]:
    store = Store(f"sqlite:///{shutil.copy(compared, tmp_path)}")
    town = Town(store, whole)
    town.now_ms = NOW_MS
    yield town
    store.close()


def test_a_quarter_of_a_unit(compared_town: Town) -> None:
    program = compared_town.program(Scope.READ)
    told = program.get("/units/tinh/comparison/2026-Q3").json()
    assert [one["place"] for one in told["places"]] == [f"xa-{n}" for n in range(1, 7)]
    measures = {one["measure"]: one for one in told["measures"]}
    assert set(measures) == {"within", "satisfied", "rated", "on_time"}
    groups = {one["place"]: one["group"] for one in measures["satisfied"]["places"]}
    assert groups["xa-4"] == "worse" and groups["xa-5"] == "alike"
    assert all(one["n"] % 5 == 0 for one in measures["satisfied"]["places"])
    assert all(
        round(one["standardised"]["share"], 2) == one["standardised"]["share"]
        for one in measures["satisfied"]["places"]
    )
    assert measures["on_time"]["common"] is None and len(told["waits"]) == 6
    then = program.get("/units/tinh/comparison/2026-Q3?view=then&service=ho-tich").json()
    assert len(then["places"]) == 7 and len(then["measures"]) == 2
    assert len(program.get("/units/tinh/comparison/2026-Q3?of=centre").json()["places"]) == 1

    alone = compared_town.program(Scope.READ, office="xa-2")
    assert [one["place"] for one in alone.get("/units/tinh/comparison/2026-Q3").json()["places"]] == ["xa-2"]
    assert alone.get("/units/xa-3/comparison/2026-Q3").status_code == 404
    assert program.get("/units/nowhere/comparison/2026-Q3").json()["type"] == "urn:motcua:problem:no-such-unit"
    assert (
        program.get("/units/tinh/comparison/2026-Q3?service=x").json()["type"] == "urn:motcua:problem:no-such-service"
    )
    for query in ("2026-W30", "soon", "2026-Q3?of=counter", "2026-Q3?view=later"):
        assert program.get(f"/units/tinh/comparison/{query}").status_code == 422
