"""What everybody reads of the data that is kept of them, and what an office writes there."""

from fleet.flows.audit import entries
from fleet.store.audit import Asked
from tests.fleet.pages.form_reader import FormReader
from tests.fleet.pages.town import Town

PAGE = "/du-lieu-ca-nhan/tan-an"
SETTINGS = "/settings/offices/tan-an/privacy"
CONTACT, GROUND = "Văn phòng UBND, 0292 381 10 22", "Quy chế bảo vệ dữ liệu cá nhân số 05/QĐ-UBND"


def test_it_says_what_is_kept_to_everybody_in_both_languages_and_leaves_no_cookie(town: Town) -> None:
    with town.browser() as browser:
        shown = browser.get(PAGE)
        assert shown.status_code == 200 and "set-cookie" not in shown.headers
        for said in ("Phường Tân An", "1100 ngày, sau đó tự xóa", "Luật số 91/2025/QH15", "Đơn vị chưa ghi căn cứ"):
            assert said in shown.text, said
        assert "<script" not in shown.text and "csrf" not in shown.text
        english = browser.get("/du-lieu-ca-nhan?lang=en").text
        assert "1100 days, then it goes by itself" in english and "Please ask at the office" in english
        assert browser.get("/du-lieu-ca-nhan/nowhere").status_code == 404
        assert 'href="/du-lieu-ca-nhan?lang=vi"' in browser.get("/login").text
        assert f'href="{PAGE}?lang=vi"' in browser.get("/cong-khai/tan-an").text


def test_an_office_writes_whom_to_ask_and_on_what_ground(town: Town) -> None:
    with town.browser("root") as root:
        page = root.get(SETTINGS).text
        assert "visit_dossiers: code, scanned_ms" in page, "where it lies"
        form = next(one for one in FormReader(page).forms if "contact" in one.names)
        sent = {**form.filled(), "contact": CONTACT, "ground": "x" * 501}
        assert root.client.post(SETTINGS, data=sent).status_code == 422
        assert root.client.post(SETTINGS, data={**sent, "ground": GROUND}).status_code == 303
        assert root.client.post(SETTINGS, data={**sent, "ground": GROUND}).status_code == 409, "another was faster"
        assert CONTACT in root.get(SETTINGS).text
    with town.browser() as browser:
        shown = browser.get(PAGE).text
    assert CONTACT in shown and GROUND in shown and "Đơn vị chưa ghi" not in shown
    (noted,) = entries(town.store, Asked(what="office.privacy"))
    assert noted.office == "tan-an" and "05/QĐ-UBND" in noted.became
