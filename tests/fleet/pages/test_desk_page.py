"""The page of a counter without a browser's scripts: forms that act once, on what their page showed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from fleet.domain.rights import Role
from fleet.flows import desk_view, equip
from fleet.flows.badges import give_badge
from fleet.flows.sign_in import add_person
from fleet.pages.desk_page import wish_of
from fleet.pages.desk_sections import REASONS
from protocols import events
from protocols.signing import badge_hash
from tests.fleet.office import OFFICE
from tests.fleet.pages.desks import Desks, forms
from tests.fleet.pages.town import PASSWORD, Browser

AT = "/counters/quay-1"


@pytest.fixture
def clerk(desks: Desks) -> Iterator[Browser]:
    with desks.town.browser("clerk") as browser:
        yield browser


def acts(browser: Browser, at: str = AT) -> dict[str, dict[str, str]]:
    """What can be done on the page as it is now."""
    answer = browser.get(at)
    assert answer.status_code == 200
    return forms(answer.text)


def do(browser: Browser, what: str, at: str = AT) -> Any:
    """Send a form of the page as it is now."""
    return browser.post(f"{at}/acts", **acts(browser, at)[what])


def told(html: str) -> str:
    """The sentence at the head of the page."""
    found = re.search(r'<p id="told"[^>]*>(.*?)</p>', html)
    return found[1] if found else ""


def title(browser: Browser, at: str = AT) -> str:
    """Whom the page says the counter serves, or what it does."""
    found = re.search(r'<section id="state"[^>]* data-title="([^"]*)"', browser.get(at).text)
    assert found
    return found[1]


def test_a_morning_of_plain_forms(desks: Desks, clerk: Browser) -> None:
    desks.takes(1, 2, 3)
    assert set(acts(clerk)) == {"next", "call", *(f"pause {reason}" for reason in REASONS)}
    assert do(clerk, "next").headers["location"] == AT
    assert title(clerk) == "A001"
    assert set(acts(clerk)) == {
        *("recall", "finish", "no-show", "park", "transfer :quay-2", "transfer dat-dai:", "scan"),
        "go-on dat-dai",
        *(form for form in acts(clerk) if form.startswith("undo ")),
    }
    do(clerk, "recall")
    do(clerk, "go-on dat-dai")
    desks.link()
    assert title(clerk) == "A001" and "go-on ho-tich" in acts(clerk)
    do(clerk, "park")
    desks.link()
    do(clerk, "next")
    do(clerk, "transfer dat-dai:")
    do(clerk, "pause lunch")
    desks.link()
    assert "Nghỉ trưa" in clerk.get(AT).text
    do(clerk, "resume")
    do(clerk, "resume ho-tich:1")
    do(clerk, "finish")
    do(clerk, "next")
    desks.link()
    do(clerk, "no-show")
    desks.link()
    do(clerk, "come-back ho-tich:2")
    desks.link()
    said = [kind for kind, counter in desks.done() if kind != "assigned"]
    assert said == [
        *(
            "call",
            "recall",
            "go_on",
            "park",
            "call",
            "transfer",
            "pause",
            "resume",
            "resume",
            "finish",
            "call",
            "no_show",
        ),
        "return",
    ]
    assert {counter for kind, counter in desks.done() if kind not in ("assigned", "return")} == {"quay-1"}


def test_a_form_that_is_sent_again_acts_once(desks: Desks, clerk: Browser) -> None:
    desks.takes(1, 2)
    form = acts(clerk)["next"]
    for _ in range(3):
        again = clerk.post(f"{AT}/acts", **form)
        assert (again.status_code, again.headers["location"]) == (303, AT)
    assert desks.done() == [("assigned", None), ("call", "quay-1")]
    recall = acts(clerk)["recall"]
    for _ in range(2):
        clerk.post(f"{AT}/acts", **recall)
    do(clerk, "recall")
    assert [kind for kind, _ in desks.done()].count("recall") == 2, "from another look at the page it is another one"
    with desks.town.browser("other") as other:
        stolen = {**recall, "csrf": str(other.csrf)}
        assert other.post(f"{AT}/acts", **stolen).status_code == 303
    assert [kind for kind, _ in desks.done()].count("recall") == 3, "a key is one person's own"
    assert clerk.post(f"{AT}/acts", **{**recall, "verb": "finish"}).status_code == 409, "and for one thing"


def test_who_looks_at_an_old_page_is_told_and_nothing_happens(desks: Desks, clerk: Browser) -> None:
    """Somebody pressed the keypad meanwhile."""
    desks.takes(1, 2, 3)
    do(clerk, "next")
    desks.link()
    old = acts(clerk)
    desks.says("q-1", events.VisitFinished, service="ho-tich", number=1)
    desks.says("q-1", events.NumberCalled, -1, service="ho-tich", number=2)
    before = desks.done()
    for what, form in old.items():
        answer = clerk.post(f"{AT}/acts", **{"what": "H15.50.05.13-261008-0975" if what == "scan" else "", **form})
        assert answer.status_code == 409, what
        assert told(answer.text).startswith("Chưa thực hiện: quầy vừa được thao tác ở nơi khác")
        assert 'data-title="A002"' in answer.text, "the page shows how it stands"
    assert desks.done() == before


def test_a_refusal_is_a_sentence_and_the_form_may_be_tried_again(desks: Desks, clerk: Browser) -> None:
    assert do(clerk, "next").headers["location"] == f"{AT}?said=nobody"
    assert told(clerk.get(f"{AT}?said=nobody").text) == "Không có ai đang chờ quầy này."
    assert told(clerk.get(f"{AT}?said=outdated").text) == "", "nobody is told what a link says"
    equip.require_sign_in(desks.town.store, OFFICE, True)
    desks.takes(1)
    form = acts(clerk)["next"]
    refused = clerk.post(f"{AT}/acts", **form)
    assert (refused.status_code, told(refused.text)) == (409, "Chưa gọi: hãy quét thẻ cán bộ tại quầy này trước.")
    equip.require_sign_in(desks.town.store, OFFICE, False)
    assert clerk.post(f"{AT}/acts", **form).status_code == 303
    assert title(clerk) == "A001"


def test_what_no_page_of_ours_sends_is_refused(desks: Desks, clerk: Browser) -> None:
    desks.takes(1)
    form = acts(clerk)["next"]
    for bad in ({"verb": "delete"}, {"key": "x"}, {"what": "a:b"}, {"key": "é" * 9}, {"seen": "x" * 129}):
        assert clerk.post(f"{AT}/acts", **{**form, **bad}).status_code == 400, bad
    assert desks.done() == []
    for verb, what in (
        *(("pause", "Nguyễn Văn A"), ("pause", ""), ("resume", "ho-tich"), ("resume", "ho-tich:0x1")),
        *(("transfer", ""), ("transfer", "a b:"), ("come-back", ""), ("resume", "ho-tich:99999"), ("undo", "")),
    ):
        assert wish_of(verb, "free", what, 0) is None, (verb, what)


def test_a_code_that_is_typed_belongs_to_the_visit(desks: Desks, clerk: Browser) -> None:
    desks.takes(1)
    do(clerk, "next")
    form = acts(clerk)["scan"]
    added = clerk.post(f"{AT}/acts", **form, what=" h15.50.05.13-261008-0975 ")
    assert added.headers["location"] == f"{AT}?said=scanned"
    desks.link()
    assert "<code>H15.50.05.13-261008-0975</code>" in clerk.get(AT).text
    for wrong in ("Nguyễn Văn An", "H15.50.05.13-991399-0975", "079203001234|1|Nguyễn Văn An|01012003|Nam|Lê Lợi|0"):
        refused = clerk.post(f"{AT}/acts", **acts(clerk)["scan"], what=wrong)
        assert (refused.status_code, "Nguyễn" in refused.text) == (409, False)
        assert told(refused.text).startswith("Chưa ghi: đây không phải mã hồ sơ.")
    assert [kind for kind, _ in desks.done()] == ["assigned", "call", "scan"]
    do(clerk, "finish")
    assert told(clerk.post(f"{AT}/acts", **form, what="H15.50.05.13-261008-0976").text).startswith("Chưa thực hiện")


def test_where_no_number_is_needed_a_code_begins_the_visit(desks: Desks, clerk: Browser) -> None:
    with desks.town.store.writing() as connection:
        connection.exec_driver_sql("UPDATE offices SET scan_opens_visit = 1")
    clerk.post(f"{AT}/acts", **acts(clerk)["scan"], what="H15.50.05.13-261008-0975")
    desks.link()
    assert title(clerk) == "Không lấy số"
    assert {form.split()[0] for form in acts(clerk)} == {"finish", "scan"}
    do(clerk, "finish")
    desks.link()
    assert title(clerk) == "Sẵn sàng"


def test_a_number_is_called_out_of_its_turn(desks: Desks, clerk: Browser) -> None:
    desks.takes(1, 2, 12)
    for wrong in ("A099", "Z1", "12345", "Nguyễn", "", "A"):
        refused = clerk.post(f"{AT}/acts", **acts(clerk)["call"], what=wrong)
        assert (refused.status_code, told(refused.text)[:29]) == (409, "Chưa thực hiện: số này không "), wrong
    assert clerk.post(f"{AT}/acts", **acts(clerk)["call"], what=" a 12").status_code == 303
    assert title(clerk) == "A012"
    do(clerk, "finish")
    do(clerk, "next")
    assert title(clerk) == "A001"


def test_a_clerk_begins_the_day_at_the_own_counter(desks: Desks, clerk: Browser) -> None:
    assert clerk.get("/").headers["location"] == "/counters"
    choice = clerk.get("/counters").text
    assert re.findall(r'href="/counters/([\w-]+)"', choice) == ["quay-1", "quay-2"]
    clerk.get("/counters/quay-2")
    assert clerk.get("/").headers["location"] == "/counters/quay-2"
    clerk.client.cookies.set("motcua-counter", "nowhere", domain="testserver.local")
    assert clerk.get("/").status_code == 303
    add_person(desks.town.store, "stranger", PASSWORD, Role.CLERK, 0, office=None)
    with desks.town.browser("stranger") as everywhere:
        assert everywhere.get("/counters/quay-1").status_code == 200


def test_a_supervisor_looks_and_does_nothing(desks: Desks, clerk: Browser) -> None:
    desks.takes(1, 2)
    do(clerk, "next")
    do(clerk, "park")
    desks.link()
    form = acts(clerk)["next"]
    with desks.town.browser("supervisor") as supervisor:
        page = supervisor.get(AT).text
        assert "A001" in page and forms(page) == {}
        assert supervisor.post(f"{AT}/acts", **{**form, "csrf": str(supervisor.csrf)}).status_code == 403
        assert f'href="{AT}"' in supervisor.get(f"/offices/{OFFICE}").text
    assert [kind for kind, _ in desks.done()] == ["assigned", "call", "park"]


def test_who_is_signed_in_by_badge_is_told_to_whom_it_concerns(desks: Desks, clerk: Browser) -> None:
    equip.require_sign_in(desks.town.store, OFFICE, True)
    assert "Hãy quét thẻ cán bộ" in clerk.get(AT).text
    code = give_badge(desks.town.store, "clerk", 0, number=7).code.removeprefix("MCB:")
    hashed = badge_hash(code.encode())
    desks.says("q-1", events.CodeScanned, what="badge", badge="staff", badge_hash=hashed)
    assert "Bạn đã đăng nhập tại quầy này bằng thẻ (CB-07)." in clerk.get(AT).text
    with desks.town.browser("other") as other:
        page = other.get(AT).text
        assert "Một cán bộ khác đã đăng nhập" in page and "CB-07" not in page
    with desks.town.browser("supervisor") as supervisor:
        assert "Cán bộ CB-07 đã đăng nhập" in supervisor.get(AT).text
    desks.takes(1)
    assert do(clerk, "next").headers["location"] == AT


def test_why_a_visit_is_what_it_is_without_what_a_rating_said(desks: Desks, clerk: Browser) -> None:
    desks.takes(1)
    do(clerk, "next")
    desks.link()
    do(clerk, "finish")
    desks.link()
    (link,) = re.findall(r'href="(/counters/quay-1/visits\?visit=[^"]+)"', clerk.get(AT).text)
    desks.says("nut-1", events.RatingGiven, score=1, scale=5, armed=desks.last("finish"), held_ms=90)
    assert "đánh giá nêu" not in clerk.get(link).text, "not while it could be timed"
    desks.takes(2)
    do(clerk, "next")
    why = clerk.get(link).text
    for said in ("Số A001 được lấy tại máy lấy số.", "Quầy 1 gọi số A001", "Quầy 1 bấm kết thúc"):
        assert said in why
    assert "Một lần bấm đánh giá nêu đúng lượt này" in why, "that there was one, and why it belongs to the visit"
    assert "ài lòng" not in why and "điểm" not in why
    assert clerk.get(link.replace("quay-1", "quay-2")).status_code == 404, "only at its own counter"
    assert clerk.get(f"{AT}/visits?visit=A001").status_code == 404, "numbers are no identities"


def test_no_page_of_a_counter_says_how_anybody_rated(desks: Desks, clerk: Browser) -> None:
    desks.takes(1, 2)
    desks.says("q-1", events.NumberCalled, 9, service="ho-tich", number=1)
    finish = desks.says("q-1", events.VisitFinished, 8, service="ho-tich", number=1)
    plain = clerk.get(AT).text
    for score in (1, 2, 3, 4, 5):
        desks.says("nut-1", events.RatingGiven, 7, score=score, scale=5, armed=finish, held_ms=90)
        assert settled(clerk.get(AT).text) == settled(plain), "nor that somebody pressed just now"
    found = desk_view.office_of(desks.town.store, "quay-1")
    assert found is not None
    assert not [name for name in desk_view.DeskNow.__dataclass_fields__ if "score" in name or "scale" in name]


def settled(html: str) -> str:
    """A page without what is new at every look."""
    html = re.sub(r'name="key" value="[^"]*"|data-(?:at|now)="\d+"', "", html)
    return re.sub(r'(data-since="\d+">)[^<]*', r"\1", html)


def test_both_languages_say_everything(desks: Desks, clerk: Browser) -> None:
    desks.takes(1, 2)
    do(clerk, "next")
    clerk.post("/language", language="en", next="/")
    page = re.sub(r"<[^>]+>", " ", clerk.get(AT).text)
    for said in ("Call again", "Finish", "Did not come", "Set aside", "Send on…", "Undo", "Waiting for this counter"):
        assert said in page
    assert not re.search(r"\b(chờ|quầy|số)\b", page.replace("Quầy", "").replace("Quay", ""))
