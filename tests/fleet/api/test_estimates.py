"""How long somebody will wait, as programs are told."""

from fleet.domain.api_rights import Scope
from fleet.flows.estimate import Estimator
from tests.fleet.api.conftest import MIN, Town


def test_whoever_takes_a_number_now(town: Town) -> None:
    program = town.program(Scope.READ)
    nothing = program.get("/offices/tan-an/services/ho-tich/estimate").json()
    assert (nothing["service"], nothing["p50_min"], nothing["made"]) == ("ho-tich", None, None)
    Estimator(town.store).estimate_due(town.now_ms)
    told = program.get("/offices/tan-an/services/ho-tich/estimate").json()
    assert told["p50_min"] % 5 == 0 and told["p50_min"] <= told["p90_min"] and told["number"] is None
    assert (told["ahead"], told["counters"], told["cause"]) == (3, 1, "")
    assert program.get("/offices/tan-an/services/thue/estimate").status_code == 422


def test_whoever_waits(town: Town) -> None:
    program = town.program(Scope.READ)
    Estimator(town.store).estimate_due(town.now_ms)
    waiting = [one for one in program.get("/offices/tan-an/tickets").json()["items"] if one["state"] == "waiting"]
    first = min(waiting, key=lambda one: (one["service"] != "ho-tich", one["priority"] != "", one["number"]))
    path = f"/offices/tan-an/tickets/{first['service']}/{first['number']}/estimate"
    told = program.get(path).json()
    assert told["number"] == first["number"] and told["p50_min"] <= told["p90_min"]
    newcomer = program.get("/offices/tan-an/services/ho-tich/estimate").json()
    assert told["p50_min"] <= newcomer["p50_min"]
    town.now_ms += 9 * MIN
    assert program.get(path).json()["p90_min"] < told["p90_min"], "the turn has come nearer"
    refused = program.get("/offices/tan-an/tickets/ho-tich/999/estimate")
    assert (refused.status_code, refused.json()["title"]) == (404, "No such number")
