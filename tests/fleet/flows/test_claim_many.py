"""A file of devices becomes claims, whole or not at all."""

import pytest
from sqlalchemy import event

from fleet.domain.claims import ClaimState
from fleet.domain.file_errors import BadFile
from fleet.flows.claim import claims_now
from fleet.flows.claim_many import claim_content, example, try_content
from fleet.store.database import Store
from tests.fleet.office import NINE, OFFICE

HEAD = "Mã thiết bị;Vai trò;Đơn vị;Quầy;Mã phần cứng\n"


def test_the_example_is_a_file_that_is_taken(store: Store) -> None:
    tried = try_content(store, "a.csv", example(), NINE)
    assert [one.device for one in tried.wanted] == ["quay-1-keypad", "tan-an-printer", "nut-quay-1"]
    assert claims_now(store, None, NINE).counts[ClaimState.WAITING] == 0, "it was only looked at"
    made = claim_content(store, "a.csv", example(), "lan", 24, NINE)
    assert [(one.device, one.roles, one.counter_id) for one in made] == [
        (one.device, one.roles, one.counter) for one in tried.wanted
    ]
    assert made[2].hw == "e6614103e7452d2f"
    assert claims_now(store, [OFFICE], NINE).counts[ClaimState.WAITING] == 3


def test_roles_are_read_as_people_write_them(store: Store) -> None:
    rows = "q-8;Bàn phím gọi số, đầu đọc;tan-an;quay-1;E6:61 41-03\nq-9;keypad reader;tan-an;;\n"
    made = claim_content(store, "a.csv", (HEAD + rows).encode(), "lan", 24, NINE)
    assert [one.roles for one in made] == [("keypad", "reader")] * 2
    assert made[0].hw == "e6614103"


def test_all_that_is_wrong_is_told_with_its_row_and_nothing_is_made(store: Store) -> None:
    rows = "q-8;lò nướng;tan-an;;\nq-8;keypad;;;\n"
    with pytest.raises(BadFile) as refused:
        claim_content(store, "a.csv", (HEAD + rows).encode(), "lan", 24, NINE)
    assert refused.value.said("vi") == [
        "Dòng 2, cột “Vai trò”: có “lò nướng”; cần một hoặc nhiều vai trò trong số: "
        "printer, rating, reader, keypad, display.",
        "Dòng 3, cột “Đơn vị”: ô trống; cần một giá trị.",
    ]
    rows = "q-8;keypad;tan-an;quay-7;\nq-8;keypad;nowhere;;\n"
    for attempt in (
        lambda content: claim_content(store, "a.csv", content, "lan", 24, NINE),
        lambda content: try_content(store, "a.csv", content, NINE),
    ):
        with pytest.raises(BadFile) as refused:
            attempt((HEAD + rows).encode())
        assert refused.value.said("en") == [
            "Row 2, column “Mã quầy”: found “quay-7”; expected an open counter of the office: quay-1, quay-2.",
            "Row 3, column “Mã đơn vị”: found “nowhere”; expected the id of an office at which you may enrol devices.",
            "Row 3, column “Mã thiết bị”: found “q-8”; expected a device that is named once; it stands in row 2, too.",
        ]
    with pytest.raises(BadFile):
        claim_content(store, "a.csv", HEAD.encode(), "lan", 24, NINE)
    assert not any(claims_now(store, None, NINE).counts.values())


def test_many_are_made_with_a_handful_of_statements(store: Store) -> None:
    content = (HEAD + "".join(f"d-{n};rating;tan-an;quay-1;{n:08x}\n" for n in range(500))).encode()
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert len(claim_content(store, "a.csv", content, "lan", 24, NINE)) == 500
    assert len(asked) < 30
