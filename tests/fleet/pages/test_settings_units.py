"""The tree on pages: walked through, tried with a file, changed only when somebody says so, and never behind a back."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from fleet.flows.place import set_place
from fleet.flows.units import export_units, tree_of
from tests.fleet.pages.form_reader import FormReader
from tests.fleet.pages.town import Browser, Town

HEAD = "Mã đơn vị;Loại đơn vị;Tên đơn vị;Đơn vị cấp trên;Hiệu lực từ;Hết hiệu lực từ;Đơn vị kế thừa;Đường dây nóng\n"
FILE = (
    HEAD
    + "ct;thành phố;Thành phố Cần Thơ;;;;;1022\n"
    + "tan-an;điểm tiếp nhận;Phường Tân An mới;ct;01/07/2025;;;\n"
    + "an-cu;điểm tiếp nhận;Phường An Cư;ct;01/01/2020;01/07/2025;tan-an;\n"
)


@pytest.fixture
def root(town: Town) -> Iterator[Browser]:
    with town.browser("root") as browser:
        yield browser


def tried(root: Browser, text: str, **more: str) -> Any:
    files = {"file": ("don-vi.csv", text.encode(), "text/csv")}
    return root.client.post("/settings/units/import", data={"csrf": str(root.csrf), **more}, files=files)


def taken(root: Browser, page: Any) -> Any:
    form = next(one for one in FormReader(page.text).forms if one.action == "/settings/units")
    return root.client.post("/settings/units", data=form.filled())


def test_a_file_is_seen_before_it_changes_anything_and_then_walked_through(town: Town, root: Browser) -> None:
    before = export_units(town.store)
    page = tried(root, FILE)
    assert page.status_code == 200
    said = re.sub(r"\s+", " ", page.text)
    assert "<dt>Thêm mới</dt><dd><b>2</b>" in said and "<dt>Thay đổi</dt><dd><b>1</b>" in said
    assert "Tên đơn vị: <del>Phường Tân An</del> → <ins>Phường Tân An mới</ins>" in said
    assert export_units(town.store) == before, "nothing is changed by trying"
    answer = taken(root, page)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/units?saved=1")
    assert [node.name for node in tree_of(town.store).units["tan-an"]] == ["Phường Tân An mới"]
    top = root.get("/settings/units").text
    assert "Thành phố Cần Thơ" in top and "Phường Tân An mới" not in top
    assert "/settings/units?unit=tan-an" in root.get("/settings/units?unit=ct").text
    ended = root.get("/settings/units?unit=an-cu").text
    assert "Phường Tân An mới</a>" in ended and "01/01/2020 – 01/07/2025" in ended
    assert root.get("/settings/units?unit=nowhere").status_code == 404
    assert root.get("/settings/units.csv").content == export_units(town.store)
    assert "không thay đổi gì" in tried(root, FILE).text


def test_what_is_wrong_with_a_file_is_said_row_by_row(town: Town, root: Browser) -> None:
    page = tried(root, HEAD + "Đ;tỉnh;Tỉnh;;;;;\nx;làng;Làng;;;;;\n")
    assert page.status_code == 422 and 'role="alert"' in page.text
    assert "Dòng 2, cột “Mã đơn vị”" in page.text and "Dòng 3, cột “Loại đơn vị”" in page.text
    nothing = root.client.post("/settings/units/import", data={"csrf": str(root.csrf)})
    assert nothing.status_code == 422 and "Chưa chọn tệp" in nothing.text
    large = tried(root, "x" * (690 * 1024))
    assert large.status_code == 422 and "Tệp lớn hơn 680 KB" in large.text
    page = tried(root, HEAD + "ct;tỉnh;Cần Thơ;;;;;\n", whole="1")
    assert page.status_code == 422 and "tan-an" in page.text, "an office with devices and visits is not removed"


def test_a_tree_that_somebody_changed_meanwhile_is_not_written_over(town: Town, root: Browser) -> None:
    page = tried(root, FILE)
    set_place(town.store, "cai-khe", {"name": "Phường Cái Khế, Cần Thơ"}, 1)
    answer = taken(root, page)
    assert answer.status_code == 409 and "vừa được người khác thay đổi" in answer.text
    assert "ct" not in tree_of(town.store).units
    form = next(one for one in FormReader(page.text).forms if one.action == "/settings/units")
    broken = root.client.post("/settings/units", data={**form.filled(), "held": "không phải tệp"})
    assert broken.status_code == 400


def test_an_office_is_added_and_found(town: Town, root: Browser) -> None:
    new = {"id": "an-binh", "name": "Phường An Bình", "hotline": "1022"}
    answer = root.post("/settings/units/office", **new)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/offices/an-binh?saved=1")
    assert "Đã lưu" in root.get(answer.headers["location"]).text
    assert root.post("/settings/units/office", **new).status_code == 422
    found = root.get("/settings?q=an binh").text
    assert "Phường An Bình" in found and "Phường Cái Khế" not in found
    assert "0 trong số 3" in root.get("/settings?q=không có").text
