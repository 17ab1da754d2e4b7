"""Offices, queues, tickets, visits and satisfaction, as programs are told of them."""

import json

import pytest

from fleet.domain.api_rights import Scope
from fleet.flows import equip, instruct
from fleet.flows.link import link_marked
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from protocols import events
from protocols.presence import Hello
from tests.fleet.api.conftest import MIN, NOW, OTHER, Town
from tests.fleet.office import DAY, NINE, Speaker


def test_offices_come_in_pages_with_a_link_to_the_next(town: Town) -> None:
    program = town.program(Scope.READ)
    first = program.get("/offices?limit=1")
    assert [one["id"] for one in first.json()["items"]] == [OTHER]
    following = first.links["next"]["url"]
    assert following == f"/api/v1/offices?limit=1&cursor={first.json()['next']}"
    second = program.get(following.removeprefix("/api/v1"))
    assert [one["name"] for one in second.json()["items"]] == ["Phường Tân An"]
    assert second.json()["next"] is None and "link" not in second.headers


def test_one_office_with_its_services_and_counters(town: Town) -> None:
    program = town.program(Scope.READ)
    assert program.get("/offices/tan-an").json()["hotline"] == "1022"
    assert [one["prefix"] for one in program.get("/offices/tan-an/services").json()["items"]] == ["A", "B"]
    counters = program.get("/offices/tan-an/counters").json()["items"]
    assert [(one["id"], one["services"]) for one in counters] == [
        ("quay-1", ["dat-dai", "ho-tich"]),
        ("quay-2", ["ho-tich"]),
    ]


def test_who_waits_now(town: Town) -> None:
    queue = town.program(Scope.READ).get("/offices/tan-an/queue").json()
    of = {one["service"]: one for one in queue["services"]}
    assert queue["waiting"] == 5
    assert (of["ho-tich"]["waiting"], of["ho-tich"]["waiting_priority"]) == (3, 1)
    assert of["ho-tich"]["longest_wait_s"] == (NOW - NINE - 8 * MIN) // 1000
    assert queue["longest_wait_s"] == of["ho-tich"]["longest_wait_s"]
    assert of["dat-dai"]["called_today"] == 2
    states = {one["counter"]: (one["state"], one["label"]) for one in queue["counters"]}
    assert states == {"quay-1": ("serving", "A007"), "quay-2": ("closed", None)}


@pytest.mark.parametrize("what", ["tickets", "visits"])
def test_a_days_list_is_whole_and_in_order_however_it_is_cut(town: Town, what: str) -> None:
    program = town.program(Scope.READ)
    whole = program.get(f"/offices/tan-an/{what}?limit=1000").json()["items"]
    for limit in (1, 2, 5):
        path, pieces = f"/offices/tan-an/{what}?day={DAY}&limit={limit}", []
        while path:
            answer = program.get(path)
            pieces += answer.json()["items"]
            assert len(answer.json()["items"]) <= limit
            path = answer.links["next"]["url"].removeprefix("/api/v1") if answer.json()["next"] else ""
        assert pieces == whole
    assert len(whole) == {"tickets": 12, "visits": 7}[what]


def test_a_ticket_and_a_visit(town: Town) -> None:
    program = town.program(Scope.READ)
    ticket = program.get("/offices/tan-an/tickets").json()["items"][0]
    assert (ticket["label"], ticket["state"], ticket["taken"]) == ("A001", "done", "2026-11-09T02:01:00Z")
    first, *_, sixth, last = program.get("/offices/tan-an/visits").json()["items"]
    assert first["id"] == "q-1/1/1/0"
    assert first["dossiers"] == ["H15.50.05.13-261008-0001"]
    assert (first["outcome"], first["rated"], first["wait_s"]) == ("done", True, 21 * 60.0)
    assert sixth["outcome"] == "no_show" and not sixth["rated"]
    assert last["finished"] is None and last["outcome"] is None
    assert program.get("/offices/tan-an/visits?day=2026-11-08").json()["items"] == []


def test_satisfaction_is_told_in_fives_and_a_sixth_press_changes_nothing(town: Town) -> None:
    program = town.program(Scope.READ)
    path = "/offices/tan-an/satisfaction?first=2026-11-01"
    (cell,) = program.get(path).json()["items"]
    assert (cell["n"], cell["satisfied"], cell["by_score"]) == (5, 0.4, [1, 1, 1, 1, 1])
    assert (cell["day"], cell["served"], cell["rated"]) == (DAY, 5, 5)
    keypad, buttons = Speaker("q-1", boot=2), Speaker("nut-1", boot=2)
    at = NINE + 50 * MIN
    seq = keypad.does(events.VisitFinished(up=50, at=at))
    buttons.does(events.RatingGiven(score=1, scale=5, armed=f"q-1/1/2/{seq}", held_ms=90, up=60, at=at + 10))
    for speaker in (keypad, buttons):
        receive(town.store, [Arrival(speaker.topic, speaker.batch())], at)
    link_marked(town.store, at)
    (after,) = program.get(path).json()["items"]
    assert after == {**cell, "served": 6, "rated": 6}


def test_no_answer_puts_a_score_beside_a_visit(town: Town) -> None:
    program = town.program()
    for path in ("/offices/tan-an/visits", "/offices/tan-an/tickets", "/offices/tan-an/queue", "/devices"):
        assert "score" not in json.dumps(program.get(path).json())


def test_devices_for_a_technicians_tool(town: Town) -> None:
    program = town.program(Scope.READ)
    devices = {one["id"]: one for one in program.get("/devices").json()["items"]}
    assert "srv-send" not in devices
    assert (devices["q-1"]["counter"], devices["q-1"]["boot"], devices["q-1"]["board"]) == ("quay-1", 1, "test")
    assert devices["tp-1"]["counter"] is None and devices["ck-q-1"]["office"] == OTHER
    assert program.get("/devices?presence=lost").json()["items"] == []
    assert len(program.get("/devices?presence=never").json()["items"]) == 6
    assert len(program.get("/devices?office=tan-an&limit=2").json()["items"]) == 2


def test_what_a_device_went_back_from_is_told_once_more_if_somebody_asks(town: Town) -> None:
    equip.set_printer(town.store, "tp-1", {"cutter": False}, NINE)
    wanted = instruct.config_for(town.store, "tp-1", NINE)
    assert wanted is not None
    why = {"version": wanted.version, "reason": "not welcomed in time"}
    hello = Hello(firmware="1", board="b", roles=[], boot=9, nonce="n9", up=1, config=1, reverted=why)
    welcome(town.store, "tp-1", hello, NINE)
    program = town.program(Scope.READ, Scope.COMMAND)
    (device,) = [one for one in program.get("/devices").json()["items"] if one["id"] == "tp-1"]
    assert (device["reverted"], device["config_version"]) == (why, wanted.version)
    path = "/devices/tp-1/configuration/retry"
    assert program.post(path).json() == {"device": "tp-1", "version": wanted.version + 1}
    assert program.post(path).json() == {"device": "tp-1", "version": None}


def test_what_has_not_changed_is_not_sent_again(town: Town) -> None:
    program = town.program(Scope.READ)
    for path in ("/offices", "/offices/tan-an", "/offices/tan-an/visits", "/devices", "/openapi.json"):
        first = program.get(path)
        again = program.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]
        assert program.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "kind", "where", "said"),
    [
        ("/offices/nowhere", 404, "no-such-office", None, "no office of this id"),
        ("/offices/tan-an/visits?day=tomorrow", 422, "unfit", "day", "must be a day such as"),
        ("/offices/tan-an/visits?day=1970-01-01", 422, "unfit", "day", "must be a day such as"),
        ("/offices/tan-an/visits?limit=0", 422, "unfit", "limit", "must be 1 or more"),
        ("/offices/tan-an/visits?limit=1001", 422, "unfit", "limit", "must be 1000 or less"),
        ("/offices/tan-an/visits?cursor=x", 422, "unfit", "cursor", "of an earlier answer"),
        ("/offices/tan-an/visits?cursor=WyJhIl0", 422, "unfit", "cursor", "of an earlier answer"),
        ("/offices/tan-an/satisfaction?last=2026-01-01&first=2026-01-02", 422, "unfit", "last", "at most 92"),
        ("/nothing", 404, "no-such-path", None, "nothing at this address"),
    ],
)
def test_what_is_wrong_is_said_in_problem_details(
    town: Town, path: str, status: int, kind: str, where: str | None, said: str
) -> None:
    answer = town.program(Scope.READ).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["status"], problem["type"]) == (status, f"urn:motcua:problem:{kind}")
    assert problem["instance"] == "/api/v1" + path.partition("?")[0]
    assert said in json.dumps(problem)
    assert [one["where"] for one in problem.get("errors", [])] == ([where] if where else [])


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "vi"), ("en", "en"), ("en-GB,vi;q=0.8", "en"), ("fr, vi;q=0.5, en;q=0.4", "vi"), ("en;q=x", "vi")],
)
def test_problems_are_told_in_the_language_that_is_asked_for(town: Town, accepted: str, language: str) -> None:
    answer = town.program(Scope.READ).get("/offices/nowhere", headers={"Accept-Language": accepted})
    assert answer.headers["content-language"] == language
    assert answer.json()["title"] == {"vi": "Không tìm thấy đơn vị", "en": "No such office"}[language]


def test_an_error_of_the_server_is_a_problem_too(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Nguyễn Văn A")

    monkeypatch.setattr("fleet.flows.look_up.offices_for", broken)
    answer = town.program(Scope.READ).get("/offices")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:motcua:problem:mishap")
    assert "Nguyễn" not in answer.text
