"""Every form of the settings: it explains each field, refuses what can not be beside it, and loses nothing typed.

A part that is new is tried without being named here: all forms of all pages below /settings are.
"""

from collections.abc import Iterator

import pytest

from fleet.domain.audit import Entry
from fleet.flows import audit
from fleet.store.audit import Asked
from fleet.store.database import Store
from tests.fleet.pages.form_reader import FormReader, PageForm
from tests.fleet.pages.test_rights import PARTS, routes
from tests.fleet.pages.town import Browser, Town

NONSENSE = "Vô lý\x07" * 800
# Longer than anything may be, and with a sign that no line has; no number, no day, no choice.


def newest(store: Store) -> Entry:
    """The last entry of the log."""
    return audit.entries(store, Asked(most=1))[0]


@pytest.fixture
def root(town: Town) -> Iterator[Browser]:
    with town.browser("root") as browser:
        yield browser


def pages(town: Town, browser: Browser) -> list[tuple[str, str]]:
    found = []
    for method, path in routes(town.app):
        if method == "GET" and path.startswith("/settings"):
            address = path.format(**PARTS)
            answer = browser.get(address)
            if answer.status_code == 200 and "text/html" in answer.headers["content-type"]:
                found.append((address, answer.text))
    return found


def forms(town: Town, browser: Browser) -> list[tuple[str, FormReader, PageForm]]:
    return [found for page, html in pages(town, browser) for found in forms_on(page, html)]


def forms_on(page: str, html: str) -> list[tuple[str, FormReader, PageForm]]:
    read = FormReader(html)
    return [
        (one.action or page, read, one)
        for one in read.forms
        if "settings-form" in one.classes and "is-file" not in one.classes
    ]


def test_each_field_is_explained_and_each_form_carries_its_marks(town: Town, root: Browser) -> None:
    found = forms(town, root)
    assert found
    for address, read, form in found:
        assert {"csrf", "seen"} <= form.filled().keys(), address
        for control in form.controls:
            if control.kind != "hidden":
                said = [read.texts.get(one, "").strip() for one in control.describedby]
                assert said and all(said), (address, control.name)


def test_what_a_page_shows_can_be_saved_as_it_is(town: Town, root: Browser) -> None:
    found = [(page, *its) for page, html in pages(town, root) for its in forms_on(page, html)]
    for page, address, _, form in found:
        if "is-new" in form.classes:
            continue  # what is to be added begins empty
        now = forms_on(page, root.get(page).text)
        fresh = next(one for at, _, one in now if (at, one.names) == (address, form.names))
        sent = {**fresh.filled(), "csrf": str(root.csrf)}
        answer = root.client.post(address, data=sent)
        assert (answer.status_code, "saved=1" in answer.headers.get("location", "")) == (303, True), address
        assert 'class="settings-saved"' in root.get(answer.headers["location"]).text
        assert newest(town.store).name == "root", address


def test_nonsense_is_refused_beside_its_field_and_comes_back_as_it_was_typed(town: Town, root: Browser) -> None:
    for address, _, form in forms(town, root):
        for name in form.names:
            sent = {**form.filled(), "csrf": str(root.csrf), name: NONSENSE}
            if form.named(name)[0].kind == "checkbox" and len(form.named(name)) == 1:
                continue  # whatever is sent, it is ticked
            answer = root.client.post(address, data=sent)
            assert answer.status_code == 422, (address, name)
            read = FormReader(answer.text)
            again = next(one for one in read.forms if "settings-form" in one.classes and name in one.names)
            its = again.named(name)
            assert all(one.invalid for one in its), (address, name)
            assert read.texts[f"{name}-problem"].strip(), (address, name)
            assert name in read.links and 'role="alert"' in answer.text, "the summary leads to the field"
            for other, typed in sent.items():
                kinds = {one.kind for one in again.named(other)}
                if kinds & {"text", "textarea", "hidden"} and other != "seen":
                    assert again.filled()[other] == ([typed] if isinstance(typed, str) else typed), (address, other)


def test_what_somebody_else_changed_meanwhile_is_not_written_over(town: Town, root: Browser) -> None:
    for address, _, form in forms(town, root):
        sent = {**form.filled(), "csrf": str(root.csrf)}
        answer = root.client.post(address, data={**sent, "seen": "what-was-before"})
        if "is-new" in form.classes:
            continue
        assert answer.status_code == 409, address
        again = next(one for one in FormReader(answer.text).forms if one.names == form.names)
        assert {**again.filled(), "seen": ""} == {**form.filled(), "seen": ""}, "nothing is lost"
