"""Every page is followed to from the front door, as each kind of person of two offices and as nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from fleet.clock import now_ms
from fleet.domain.rights import Role
from fleet.flows import sign_in
from fleet.flows.changes import Changes
from fleet.flows.enrol import enrol
from fleet.settings import Settings
from fleet.wiring import web
from tests.attacks.crawl import Answer, Read, bad_cookies, crawl, elsewhere
from tests.fleet.pages.conftest import *  # noqa: F403 (the town and what it is made of)
from tests.fleet.pages.test_rights import unguarded
from tests.fleet.pages.town import PASSWORD, Browser, Town

OFFICES = {"tan-an": "Phường Tân An", "cai-khe": "Phường Cái Khế"}
ROLES = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.CLERK)
# The pages of technicians are among those of administrators.
FOR_ALL = ("/du-lieu-ca-nhan", "/cong-khai/")


@pytest.fixture
def province(town: Town) -> Town:
    """The real application, with people and devices at two offices."""
    for office in OFFICES:
        enrol(town.store, f"may-in-{office}", ["printer"], office, None, now_ms())
    for role in ROLES:
        sign_in.add_person(town.store, f"{role}.cai-khe", PASSWORD, role, now_ms(), office="cai-khe")
    return replace(town, app=web(town.store, Settings(), Changes()))


@contextmanager
def as_somebody(town: Town, name: str | None) -> Iterator[Browser]:
    with town.browser(name) as browser:
        yield browser


def walked(town: Town, name: str | None, start: str = "/") -> dict[str, tuple[Answer, Read]]:
    with as_somebody(town, name) as browser:
        return {answer.path: (answer, page) for answer, page in crawl(lambda path: browser.get(path), start)}


def test_whatever_a_page_offers_is_there_guarded_and_of_the_own_office_only(province: Town) -> None:
    found: dict[str, list[Any]] = {}
    people = {"administrator": "tan-an", **{f"{role}.cai-khe": "cai-khe" for role in ROLES}}
    everything = walked(province, "root")
    assert len(everything) > 60, "the crawl came far enough to be worth something"
    walks = {"root": everything, None: walked(province, None), **{name: walked(province, name) for name in people}}
    for name, walk in walks.items():
        for path, (answer, page) in walk.items():
            if answer.status >= 400:
                found.setdefault("dead or forbidden, though offered", []).append(
                    (name, path, answer.status, answer.shown_on)
                )
            if unguarded(answer.headers):
                found.setdefault("headers", []).append((name, path, unguarded(answer.headers)))
            if bad_cookies(answer, https=False):
                found.setdefault("cookies", []).append((name, path, answer.cookies))
            if page.inline or elsewhere(page):
                found.setdefault("not by the policy", []).append((name, path, page.inline, elsewhere(page)))
            if name is None and answer.status == 200 and not path.startswith(("/login", *FOR_ALL)):
                found.setdefault("open to all", []).append(path)
            office = people.get(name or "")
            others = {other for other in OFFICES if office and other != office}
            if any(other in path or OFFICES[other] in answer.text for other in others) and not path.startswith(FOR_ALL):
                found.setdefault("of another office", []).append((name, path))
    for name, office in people.items():
        with as_somebody(province, name) as browser:
            for path in everything:
                if path not in walks[name] and not path.startswith(FOR_ALL):
                    answer = browser.get(path)
                    others = [shown for other, shown in OFFICES.items() if other != office]
                    if answer.status_code == 200 and any(one in answer.text for one in others):
                        found.setdefault("reached by its address", []).append((name, path))
    assert found == {}
