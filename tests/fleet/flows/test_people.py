"""People are let in, changed and kept out; nobody gives more than they have, and nobody locks all others out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.rights import MAY, Permission, Person, Role
from fleet.domain.seen import ChangedMeanwhile, mark_of
from fleet.domain.staff import is_last_chief, may_give
from fleet.domain.unfit import Expected
from fleet.flows import people, sign_in
from fleet.flows.people import PersonUnfit, Wanted
from fleet.flows.sign_in import NoSuchPerson
from fleet.store.database import Store
from fleet.store.rows import run, sql

NOW_MS = 1_795_000_000_000
WEEK_MS = 7 * 86_400_000
LANGUAGES = ("vi", "en")
LAN = Wanted("Lan ", "Nguyễn Thị Lan", "clerk", "tan-an", "vi")
OFFICES = [None, "tan-an", "cai-khe"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules here do not hang on how slow a hash is."""
    monkeypatch.setattr(sign_in, "HASHER", sign_in.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def store(empty_store: Store) -> Store:
    with empty_store.writing() as connection:
        for office in ("tan-an", "cai-khe"):
            run(
                connection,
                sql("""INSERT INTO offices (id, name, hotline, timezone, generation, scan_opens_visit, valid_from_ms,
                    ticket_url, texts, sign_in_required, queue, thanks)
                    VALUES (:id, :id, '1022', 'Asia/Ho_Chi_Minh', 1, false, 0, '', '{}', false, '{}', '')"""),
                id=office,
            )
    sign_in.add_person(empty_store, "root", "mot-hai-ba-bon", Role.ADMINISTRATOR, NOW_MS)
    sign_in.add_person(empty_store, "here", "mot-hai-ba-bon", Role.ADMINISTRATOR, NOW_MS, office="tan-an")
    return empty_store


def who(store: Store, name: str) -> Person:
    row = people.one_of(store, people.named(store, name), None)
    return Person(row.id, row.name, row.shown_as, row.role, row.office, row.language)


def enter(store: Store, name: str, password: str, at_ms: int = NOW_MS) -> sign_in.SignedIn | None:
    return sign_in.sign_in(store, name, password, at_ms, session_hours=12)


def refused(store: Store, **wrong: str | None) -> set[tuple[str, Expected]]:
    with pytest.raises(PersonUnfit) as problem:
        people.take_in(store, replace(LAN, **wrong), LANGUAGES, NOW_MS, who(store, "here"))  # type: ignore[arg-type]
    return {(one.field, one.expected) for one in problem.value.problems}


def test_somebody_new_replaces_the_one_time_password_and_goes_on(store: Store) -> None:
    password = people.take_in(store, LAN, LANGUAGES, NOW_MS, who(store, "here"))
    first = enter(store, "lan", password)
    assert first is not None and first.person.one_time
    fresh = people.replace_own(store, first.person, password, "một cửa mở rộng", "một cửa mở rộng", NOW_MS, 12)
    assert sign_in.who(store, first.token, NOW_MS) is None
    session = sign_in.who(store, fresh.token, NOW_MS)
    assert session is not None and not session.person.one_time
    assert enter(store, "lan", password) is None
    assert enter(store, "lan", "một cửa mở rộng", NOW_MS + 2 * WEEK_MS) is not None


def test_a_one_time_password_is_good_for_a_week(store: Store) -> None:
    password = people.take_in(store, LAN, LANGUAGES, NOW_MS, None)
    assert enter(store, "lan", password, NOW_MS + WEEK_MS) is None
    assert enter(store, "lan", password, NOW_MS + WEEK_MS - 1) is not None


def test_all_that_is_wrong_is_said_at_once(store: Store) -> None:
    assert refused(store, name=" ", role="king", language="xx", office="nowhere", shown_as="x" * 81) == {
        ("name", Expected.LINE),
        ("role", Expected.CHOICE),
        ("language", Expected.CHOICE),
        ("office", Expected.CHOICE),
        ("shown_as", Expected.LINE),
    }
    assert refused(store, name="ROOT") == {("name", Expected.TAKEN)}


def test_nobody_gives_a_right_elsewhere_than_at_home(store: Store) -> None:
    assert ("office", Expected.CHOICE) in refused(store, office="cai-khe")
    assert ("role", Expected.OWN_RIGHTS) in refused(store, role="administrator", office=None)
    people.take_in(store, replace(LAN, office="cai-khe"), LANGUAGES, NOW_MS, who(store, "root"))
    with pytest.raises(NoSuchPerson):
        people.new_password(store, people.named(store, "lan"), NOW_MS, who(store, "here"))
    with pytest.raises(NoSuchPerson):
        people.keep_out(store, people.named(store, "root"), NOW_MS, who(store, "here"))
    assert [one.name for one in people.staff_of(store, who(store, "here"))] == ["here"]


@given(
    giver=st.builds(Person, st.just(1), st.just("a"), st.just("a"), st.sampled_from(Role), st.sampled_from(OFFICES),
                    st.just("vi")),
    role=st.sampled_from(Role),
    office=st.sampled_from(OFFICES),
)  # fmt: skip
def test_whoever_is_made_may_do_nothing_that_the_maker_may_not(giver: Person, role: Role, office: str | None) -> None:
    if may_give(giver, role, office):
        made = Person(2, "b", "b", role, office, "vi")
        assert giver.may(Permission.MANAGE_PEOPLE)
        assert MAY[made.role] <= MAY[giver.role]
        assert all(giver.belongs_to(one) for one in OFFICES if made.belongs_to(one))
    assert may_give(None, role, office)


def test_a_supervisor_makes_nobody() -> None:
    supervisor = Person(1, "s", "s", Role.SUPERVISOR, "tan-an", "vi")
    assert not any(may_give(supervisor, role, office) for role in Role for office in OFFICES)


def test_the_last_who_may_do_everything_stays(store: Store) -> None:
    root = people.named(store, "root")
    for act in (
        lambda: people.keep_out(store, root, NOW_MS, None),
        lambda: people.change(store, root, Wanted("", "", "supervisor", None, "vi"), LANGUAGES, None, None, NOW_MS),
        lambda: people.change(
            store, root, Wanted("", "", "administrator", "tan-an", "vi"), LANGUAGES, None, None, NOW_MS
        ),
    ):
        with pytest.raises(PersonUnfit) as problem:
            act()
        assert problem.value.expected is Expected.LAST_CHIEF
    sign_in.add_person(store, "two", "mot-hai-ba-bon", Role.ADMINISTRATOR, NOW_MS)
    with pytest.raises(PersonUnfit) as problem:
        people.keep_out(store, root, NOW_MS, who(store, "root"))
    assert problem.value.expected is Expected.NOT_ONESELF
    people.keep_out(store, root, NOW_MS, who(store, "two"))
    assert enter(store, "root", "mot-hai-ba-bon") is None


@given(
    st.dictionaries(st.text("ab", min_size=1, max_size=2), st.tuples(st.sampled_from(Role), st.sampled_from(OFFICES)))
)
def test_the_last_chief_is_the_one_without_whom_there_is_none(
    people_by_name: dict[str, tuple[Role, str | None]],
) -> None:
    for name in people_by_name:
        others = [standing for other, standing in people_by_name.items() if other != name]
        none_left = people_by_name[name] == (Role.ADMINISTRATOR, None) and (Role.ADMINISTRATOR, None) not in others
        assert is_last_chief(name, people_by_name.items()) == none_left


def test_whoever_is_kept_out_is_out_at_once_and_comes_back_with_a_new_password(store: Store) -> None:
    password = people.take_in(store, LAN, LANGUAGES, NOW_MS, None)
    session, number = enter(store, "lan", password), people.named(store, "lan")
    assert session is not None
    people.keep_out(store, number, NOW_MS, who(store, "here"))
    assert sign_in.who(store, session.token, NOW_MS) is None
    assert enter(store, "lan", password) is None
    again = people.let_in_again(store, number, NOW_MS, who(store, "here"))
    assert enter(store, "lan", password) is None
    assert enter(store, "lan", again) is not None


def test_another_role_is_signed_in_to_anew_and_a_name_is_not(store: Store) -> None:
    password = people.take_in(store, LAN, LANGUAGES, NOW_MS, None)
    session, number = enter(store, "lan", password), people.named(store, "lan")
    assert session is not None
    seen = mark_of(people.what_is_set(people.one_of(store, number, None)))
    people.change(store, number, replace(LAN, shown_as="Chị Lan"), LANGUAGES, seen, None, NOW_MS)
    assert sign_in.who(store, session.token, NOW_MS) is not None
    with pytest.raises(ChangedMeanwhile):
        people.change(store, number, replace(LAN, role="supervisor"), LANGUAGES, seen, None, NOW_MS)
    people.change(store, number, replace(LAN, role="supervisor"), LANGUAGES, None, None, NOW_MS)
    assert sign_in.who(store, session.token, NOW_MS) is None


def test_guesses_of_the_own_password_are_counted_as_those_of_signing_in(store: Store) -> None:
    person = who(store, "here")
    for _ in range(sign_in.FREE_ATTEMPTS):
        with pytest.raises(PersonUnfit) as problem:
            people.replace_own(store, person, "sai rồi nhé", "một cửa mở rộng", "một cửa mở rộng", NOW_MS, 12)
        assert problem.value.expected is Expected.OTHER_THAN_OLD
    assert enter(store, "here", "mot-hai-ba-bon") is None
    people.unlock(store, person.id, who(store, "root"))
    assert enter(store, "here", "mot-hai-ba-bon") is not None


@pytest.mark.parametrize(
    ("new", "again", "expected"),
    [
        ("ngắn", "ngắn", Expected.LENGTH),
        ("mot-hai-ba-bon", "mot-hai-ba-bon", Expected.NOT_NEW),
        ("một cửa mở rộng", "một cửa mở rông", Expected.TWICE),
    ],
)
def test_a_new_password_is_long_new_and_typed_twice(store: Store, new: str, again: str, expected: Expected) -> None:
    with pytest.raises(PersonUnfit) as problem:
        people.replace_own(store, who(store, "here"), "mot-hai-ba-bon", new, again, NOW_MS, 12)
    assert [one.expected for one in problem.value.problems] == [expected]


def test_all_sessions_but_one_end(store: Store) -> None:
    sessions = [enter(store, "here", "mot-hai-ba-bon") for _ in range(3)]
    tokens = [one.token for one in sessions if one is not None]
    assert people.sign_out_elsewhere(store, who(store, "here"), tokens[1]) == 2
    assert [sign_in.who(store, token, NOW_MS) is not None for token in tokens] == [False, True, False]
    assert len(people.own_sessions(store, who(store, "here"), NOW_MS)) == 1
