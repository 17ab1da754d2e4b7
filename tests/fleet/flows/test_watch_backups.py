"""A backup that is old is told by letters: once, again each week, and not any more when there is a new one."""

from fleet.domain.backup_letters import AGAIN_MS, DAY_MS, OLD_MS
from fleet.domain.rights import Role
from fleet.flows import alert_rules, mails
from fleet.flows.sign_in import add_person
from fleet.flows.watch_backups import look
from fleet.store import backups, ledger
from fleet.store.database import Store
from tests.fleet.office import NINE, OFFICE


def test_whoever_never_saved_and_whoever_saved_long_ago_is_told_each_week(store: Store) -> None:
    assert look(store, NINE + 400 * DAY_MS) == 0, "nobody uses it yet, nobody is to be written"
    add_person(store, "lan", "một mật khẩu dài", Role.ADMINISTRATOR, NINE)
    alert_rules.set_limits(store, OFFICE, {"mail": ["lan@example.vn", "ky-thuat@example.vn"]})
    assert look(store, NINE + OLD_MS - 1) == 0
    assert look(store, NINE + OLD_MS) == 2 and look(store, NINE + OLD_MS + DAY_MS) == 0
    assert look(store, NINE + OLD_MS + AGAIN_MS) == 2
    made_ms = NINE + OLD_MS + AGAIN_MS + 1
    with store.writing() as connection:
        ledger.no_deed(connection)
        backups.note(connection, made_ms, "b.zip", 1, 1, 0)
    assert look(store, made_ms + OLD_MS - 1) == 0
    assert look(store, made_ms + OLD_MS) == 2
    written = mails.last(store, 9)
    assert [row.subject for row in written] == ["motcua: chưa có bản sao lưu mới"] * 6
    assert "gần nhất được tạo lúc" in written[0].body and "chưa từng được sao lưu" in written[-1].body
