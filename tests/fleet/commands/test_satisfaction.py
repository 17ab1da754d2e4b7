"""motcua satisfaction."""

from pathlib import Path

import pytest

from fleet.domain.org_tree import Kind, Node
from fleet.store import units
from tests.fleet.commands.conftest import Motcua
from tests.fleet.flows.test_satisfaction import rate
from tests.fleet.office import OFFICE, open_office

OF_MONTH = ("satisfaction", OFFICE, "--month", "2025-10")


@pytest.fixture
def rated(tmp_path: Path) -> Path:
    """A folder with an office that was rated on two days of a month long ago."""
    store, _ = open_office(tmp_path)
    with store.writing() as connection:
        units.save(connection, [Node("tinh", Kind.PROVINCE, "Tỉnh"), Node(OFFICE, Kind.OFFICE, "Tân An", "tinh")])
        units.save(connection, [Node("an-binh", Kind.OFFICE, "An Bình", "tinh")])
    rate(store, OFFICE, "2025-10-06", 18, 2, silent=20)
    rate(store, OFFICE, "2025-10-07", 3, 1)
    rate(store, "an-binh", "2025-10-07", 5, 0)
    store.close()
    return tmp_path


def test_a_month_is_said_with_its_interval_and_what_it_cannot_say(rated: Path, motcua: Motcua) -> None:
    told = motcua(*OF_MONTH, "--data", rated)
    assert told.exit_code == 0
    assert told.output.splitlines() == [
        "Tân An · 2025-10 · tính đến hết ngày 31/10/2025",
        "90,0 % hài lòng (69,9 % đến 97,2 %), 20 đánh giá trên thang 5 mức (bản 1)",
        "44 lượt hoàn tất, 24 được đánh giá (54,5 %)",
        "26 lần bấm; không tính: lý do khác dưới 5",
        "trong tất cả người được phục vụ: từ 40,9 % đến 95,5 % hài lòng, dù người không đánh giá nghĩ gì",
        "nếu họ nghĩ như người khác cùng lĩnh vực: 90 % (đại diện cho 100 % lượt)",
        "không thấy mức hài lòng xuống dưới 90 % khi chờ lâu hơn",
        "không tuần hay ngày nào khác thường so với trước",
    ]


def test_a_province_is_said_in_english_with_ranks(rated: Path, motcua: Motcua) -> None:
    told = motcua("satisfaction", "tinh", "--year", "2025", "--language", "en", "--data", rated)
    assert "25 ratings on a scale of 5 levels" in told.output
    assert "   1  tan-an  90.0 % (69.9 % to 97.2 %), 20 ratings" in told.output
    assert "   –  an-binh  100.0 %" in told.output


def test_what_was_not_rated_is_said(rated: Path, motcua: Motcua) -> None:
    told = motcua("satisfaction", OFFICE, "--month", "2024-01", "--by", "service", "--data", rated)
    assert told.output.splitlines()[1:3] == ["chưa đủ năm đánh giá để công bố", "0 lượt hoàn tất, 0 được đánh giá (–)"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("satisfaction", "nowhere"), "expected the id of a known unit"),
        ((*OF_MONTH, "--by", "clerk"), "--by: expected one of service, counter, office"),
        ((*OF_MONTH, "--year", "2025"), "expected one period"),
        ((*OF_MONTH, "--language", "fr"), "language: expected vi or en"),
    ],
)
def test_what_is_wrong_is_said(rated: Path, motcua: Motcua, arguments: tuple[str, ...], said: str) -> None:
    told = motcua(*arguments, "--data", rated)
    assert told.exit_code == 1 and said in " ".join(told.stderr.split())
