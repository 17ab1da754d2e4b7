"""Dossiers are pushed, read and followed; nobody's name gets in."""

from typing import Any

import pytest

from fleet.domain.api_rights import Scope
from fleet.flows.received import Scanned
from fleet.flows.tones import tone_for
from tests.fleet.api.conftest import MIN, OTHER, Program, Town

CODE = "H15.50.05.13-261008-0001"
DAY = {"received_on": "2026-10-08", "due_on": "2026-11-20", "state": "Đang xử lý", "field": "Hộ tịch"}


@pytest.fixture
def system(town: Town) -> Program:
    return town.program(Scope.READ, Scope.WRITE_DOSSIERS)


def put(system: Program, code: str = CODE, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    return system.ask("PUT", f"/dossiers/{code}", json={**DAY, **fields}, headers=headers)


def bulk(system: Program, *items: Any, headers: dict[str, str] | None = None) -> Any:
    return system.post("/dossiers/bulk", {"dossiers": list(items)}, headers=headers)


def heard(town: Town) -> str | None:
    state = tone_for(town.store, Scanned("q-1", "tan-an", "dossier", CODE, town.now_ms), town.now_ms)
    return None if state is None or state.tone is None else state.tone.tone


def test_a_dossier_is_pushed_and_read(town: Town, system: Program) -> None:
    assert system.get(f"/dossiers/{CODE}").json()["type"].endswith("no-such-dossier")
    created = put(system)
    assert (created.status_code, created.json()["organisation"]) == (201, "H15.50.05.13")
    read = system.get(f"/dossiers/{CODE}")
    assert read.json() == created.json() and read.headers["etag"] == created.headers["etag"]
    assert put(system).status_code == 200
    assert system.get(f"/dossiers/{CODE}").headers["etag"] == read.headers["etag"], "the same again changes nothing"


def test_only_who_knows_the_dossier_changes_it(town: Town, system: Program) -> None:
    assert put(system, headers={"If-Match": "*"}).status_code == 412, "there is none yet"
    tag = put(system, headers={"If-None-Match": "*"}).headers["etag"]
    assert put(system, headers={"If-None-Match": "*"}).status_code == 412
    assert put(system, headers={"If-Match": '"other"'}, state="Chờ trả kết quả").status_code == 412
    changed = put(system, headers={"If-Match": f'"other", {tag}'}, state="Chờ trả kết quả")
    assert (changed.status_code, changed.json()["state"]) == (200, "Chờ trả kết quả")
    assert put(system, headers={"If-Match": tag}).status_code == 412, "somebody was faster"


def test_states_make_a_history_and_supplements_are_counted(town: Town, system: Program) -> None:
    seen = []
    for state in ("Đang xử lý", "Chờ bổ sung hồ sơ", "Đang xử lý", "Yêu cầu bổ sung"):
        town.now_ms += MIN
        found = put(system, state=state).json()
        seen.append((found["supplements"], found["warnings"], heard(town)))
    assert seen == [
        (0, [], "accepted"),
        (1, ["supplemented"], "due_soon"),
        (1, ["supplemented"], "due_soon"),
        (2, ["late_by_supplements"], "due_soon"),
    ]
    assert [one["state"] for one in found["states"]] == [
        *("Đang xử lý", "Chờ bổ sung hồ sơ", "Đang xử lý", "Yêu cầu bổ sung")
    ]
    returned = put(system, state="Đã trả kết quả", returned_on="2026-11-09", supplements=5).json()
    assert (returned["supplements"], returned["warnings"], heard(town)) == (5, [], "accepted")


@pytest.mark.parametrize(("due_on", "said"), [("2026-11-10", "due_soon"), ("2026-11-08", "overdue")])
def test_what_is_due_is_said_at_the_scan(town: Town, system: Program, due_on: str, said: str) -> None:
    assert put(system, due_on=due_on).json()["warnings"] == [said]
    assert heard(town) == "due_soon"


def test_a_dossier_collects_its_visits(town: Town, system: Program) -> None:
    put(system, received_on="2026-10-08")
    (visit,) = system.get(f"/dossiers/{CODE}/visits").json()["items"]
    assert (visit["office"], visit["outcome"], visit["purpose"], visit["rated"]) == ("tan-an", "done", "other", True)
    put(system, returned_on="2026-11-09")
    assert system.get(f"/dossiers/{CODE}/visits").json()["items"][0]["purpose"] == "result"
    assert town.program(office=OTHER).get(f"/dossiers/{CODE}/visits").json()["items"] == []
    assert system.get("/dossiers/H15.50-261008-9999/visits").status_code == 404


def test_many_are_pushed_each_for_itself(town: Town, system: Program) -> None:
    put(system)
    answer = bulk(
        system,
        {"code": CODE, **DAY},
        {"code": "H15.50.05.13-261008-0002", **DAY},
        {"code": CODE, **DAY, "state": "Chờ trả kết quả"},
        {"code": "H15.50.05.13-271008-0002", **DAY},
        {"code": "Nguyễn Văn A", **DAY},
        {"code": CODE, **DAY, "ho_ten": "Nguyễn Văn A"},
        {"code": CODE, **DAY, "received_on": "2026-12-01"},
        {"code": CODE, **DAY, "due_on": "2026-10-01"},
        {"code": CODE, **DAY, "state": "=1+1"},
        "Nguyễn Văn A",
    )
    if answer.status_code != 200:  # the last is no object at all
        assert answer.status_code == 422 and answer.json()["errors"][0]["where"] == "/dossiers/9"
        items = [{"code": CODE, **DAY, "ho_ten": "Nguyễn Văn A"}, {"code": "Nguyễn Văn A", **DAY}]
        answer = bulk(system, {"code": CODE, **DAY, "state": "x"}, {"code": f"{CODE[:-1]}2", **DAY}, *items)
    found = answer.json()
    assert (found["created"], found["updated"], found["refused"]) == (1, 1, 2)
    assert [one["index"] for one in found["items"]] == [0, 1, 2, 3]
    assert [one["where"] for one in found["items"][2]["errors"]] == ["/ho_ten"]
    assert [one["where"] for one in found["items"][3]["errors"]] == ["/code"]
    assert "Nguyễn" not in answer.text


def test_no_answer_and_no_table_keeps_a_name(town: Town, system: Program) -> None:
    for fields in ({"ho_ten": "Nguyễn Văn A"}, {"received_on": "Nguyễn Văn A"}, {"due_on": "0912345678"}):
        answer = put(system, **fields)
        assert answer.status_code == 422
        assert "Nguyễn" not in answer.text and "0912" not in answer.text
    with town.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM dossiers").scalar_one() == 0


@pytest.mark.parametrize(
    ("code", "fields", "where", "said"),
    [
        ("x", {}, "/code", "must be a code"),
        ("H15-269999-0001", {}, "/code", "a day as YYMMDD"),
        (CODE, {"received_on": "2027-01-01"}, "/received_on", "in the future"),
        (CODE, {"due_on": "2026-01-01"}, "/due_on", "before the day of receipt"),
        (CODE, {"agency": "@x"}, "/agency", "must not begin with"),
        (CODE, {"supplements": -1}, "/supplements", "must be 0 or more"),
    ],
)
def test_a_bad_dossier_is_refused_with_a_sentence(
    town: Town, system: Program, code: str, fields: dict[str, Any], where: str, said: str
) -> None:
    problem = put(system, code, **fields).json()
    assert problem["type"] == "urn:motcua:problem:unfit"
    assert [one["where"] for one in problem["errors"]] == [where]
    assert said in problem["errors"][0]["detail"]


def test_changes_are_followed_and_none_is_missed(town: Town, system: Program) -> None:
    codes = [f"H15.50.05.13-261008-{number:04d}" for number in range(1, 8)]
    bulk(system, *({"code": code, **DAY} for code in codes))
    path, found = "/dossiers?limit=3", []
    while path:
        answer = system.get(path)
        found += [one["code"] for one in answer.json()["items"]]
        path = answer.links["next"]["url"].removeprefix("/api/v1") if answer.json()["next"] else ""
    assert found == codes
    later = answer.json()["later"]
    assert system.get(f"/dossiers?cursor={later}").json() == {"items": [], "next": None, "later": later}
    town.now_ms += MIN
    put(system, codes[3], state="Chờ trả kết quả")
    put(system, codes[4])
    (changed,) = system.get(f"/dossiers?cursor={later}").json()["items"]
    assert (changed["code"], changed["state"]) == (codes[3], "Chờ trả kết quả")
    (since,) = system.get("/dossiers", params={"changed_since": changed["changed"]}).json()["items"]
    assert since == changed
    for bad in ("yesterday", "2026-11-09T00:00:00"):
        assert system.get("/dossiers", params={"changed_since": bad}).status_code == 422


def test_what_is_pushed_again_under_its_key_is_done_once(town: Town, system: Program) -> None:
    key = {"Idempotency-Key": "k1"}
    first = bulk(system, {"code": CODE, **DAY}, headers=key)
    again = bulk(system, {"code": CODE, **DAY}, headers=key)
    assert first.json()["created"] == again.json()["created"] == 1
    assert bulk(system, {"code": CODE, **DAY, "state": "x"}, headers=key).status_code == 422


def test_a_body_has_a_limit(town: Town, system: Program) -> None:
    answer = system.ask("POST", "/dossiers/bulk", content=b"x" * (2 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:motcua:problem:too-large")
    assert bulk(system, *[{"code": CODE}] * 1001).status_code == 422
    assert bulk(system).status_code == 422
    broken = system.ask("POST", "/dossiers/bulk", content=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()["type"]) == (400, "urn:motcua:problem:not-json")
