"""Whoever comes from a provider, in both databases; the way there and back is in `pages/test_single_sign_on.py`."""

from dataclasses import replace

import pytest

from fleet.domain.group_roles import GroupRole
from fleet.domain.identities import Identity, session_of
from fleet.domain.means import Means
from fleet.domain.one_time_codes import code_at, step_of
from fleet.domain.rights import Role
from fleet.flows import people, second_step, set_up_second_step, sign_in, single_sign_on
from fleet.flows.sign_in import Halfway, SignedIn
from fleet.flows.single_sign_on import NotLetIn, Rules, Why
from fleet.store import second_steps
from fleet.store.database import Store
from fleet.store.rows import sql

ISSUER, NOW_MS = "https://id.example.vn", 1_795_000_000_000
LATER_MS = NOW_MS + 60_000
RULES = Rules((GroupRole("quan-tri", Role.ADMINISTRATOR, None), GroupRole("o-xa", Role.CLERK, "khong-co")))
LAN = Identity(ISSUER, "f3b1", " LAN ", "Nguyễn Thị Lan", frozenset({"quan-tri"}), False, session_of({"sid": "1"}), "t")


def enter(store: Store, identity: Identity = LAN, rules: Rules = RULES) -> SignedIn:
    done = single_sign_on.enter(store, identity, rules, NOW_MS, 12)
    assert isinstance(done, SignedIn)
    return done


def why(store: Store, identity: Identity, rules: Rules = RULES) -> Why:
    with pytest.raises(NotLetIn) as problem:
        single_sign_on.enter(store, identity, rules, NOW_MS, 12)
    return problem.value.why


def is_open(store: Store, done: SignedIn) -> bool:
    return sign_in.who(store, done.token, NOW_MS) is not None


def test_what_the_provider_ends_is_one_session_or_all_of_a_subject(empty_store: Store) -> None:
    store = empty_store
    first, second = enter(store), enter(store, replace(LAN, session=session_of({"sid": "2"})))
    other = enter(store, replace(LAN, subject="other", name="minh", session=session_of({"sid": "1"})))
    assert (first.person.name, first.person.id) == ("lan", second.person.id)
    assert single_sign_on.signed_out_there(store, {"iss": "https://another", "sid": "1"}) == 0
    assert single_sign_on.signed_out_there(store, {"iss": ISSUER, "sub": "f3b1", "sid": "1"}) == 1
    assert [is_open(store, one) for one in (first, second, other)] == [False, True, True]
    assert single_sign_on.signed_out_there(store, {"iss": ISSUER, "sub": "f3b1"}) == 1
    assert [is_open(store, one) for one in (first, second, other)] == [False, False, True]
    assert single_sign_on.signed_out_there(store, {"iss": ISSUER, "sid": "1"}) == 1
    assert not is_open(store, other)
    enter(store)
    assert run(store, "SELECT COUNT(*) FROM provider_sessions") == 1, "what is over is forgotten"


def test_who_may_not_come_in_leaves_nothing_behind(empty_store: Store) -> None:
    store = empty_store
    sign_in.add_person(store, "minh", "mot-hai-ba-bon", Role.CLERK, NOW_MS)
    assert why(store, replace(LAN, groups=frozenset({"khac"}))) is Why.NO_ROLE
    assert why(store, replace(LAN, groups=frozenset({"o-xa"}))) is Why.NO_ROLE
    assert why(store, LAN, Rules()) is Why.UNKNOWN
    assert why(store, LAN, replace(RULES, makes_people=False)) is Why.UNKNOWN
    assert why(store, replace(LAN, name="Minh")) is Why.NAME_TAKEN
    assert why(store, replace(LAN, name="a\u202eb")) is Why.NAME_UNFIT
    assert run(store, "SELECT COUNT(*) FROM identities") == 0
    assert [one.name for one in people.staff_of(store, None)] == ["minh"]


def test_one_step_there_is_followed_by_ours_where_there_is_one(empty_store: Store) -> None:
    """What is halfway belongs to the session of the provider, too, and so does what comes of it."""
    store = empty_store
    done = enter(store)
    papers = set_up(store, done)
    half = single_sign_on.enter(store, LAN, RULES, LATER_MS, 12)
    assert isinstance(half, Halfway)
    whole = second_step.take_second_step(store, half.token, papers[0], LATER_MS, 12)
    assert whole is not None
    assert single_sign_on.began_with(store, whole.token) == "t"
    again = single_sign_on.enter(store, LAN, RULES, LATER_MS, 12)
    assert single_sign_on.signed_out_there(store, {"iss": ISSUER, "sub": "f3b1"}) == 2
    assert not is_open(store, whole)
    with pytest.raises(second_step.HalfwayOver):
        second_step.take_second_step(store, again.token, papers[1], LATER_MS, 12)
    assert is_open(store, enter(store, replace(LAN, two_steps=True)))


def set_up(store: Store, done: SignedIn) -> list[str]:
    """The person has a second step of ours from now on: the codes on paper."""
    session = sign_in.who(store, done.token, NOW_MS)
    assert session is not None
    set_up_second_step.begin(store, session.person, NOW_MS)
    with store.reading() as connection:
        step = second_steps.of(connection, session.person.id)
        assert step is not None
        code = code_at(second_steps.opened(connection, session.person.id, step), step_of(NOW_MS))
    return set_up_second_step.confirm(store, session, done.token, code, NOW_MS)


def test_a_one_time_password_is_nothing_to_who_comes_from_the_provider(empty_store: Store) -> None:
    store = empty_store
    done = enter(store)
    people.new_password(store, done.person.id, NOW_MS, None)
    assert not is_open(store, done)
    session = sign_in.who(store, enter(store).token, NOW_MS)
    assert session is not None
    assert (session.person.one_time, session.means) == (False, frozenset({Means.PROVIDER_ONCE}))


def test_a_person_has_one_identity_and_an_identity_one_person(empty_store: Store) -> None:
    store = empty_store
    minh = sign_in.add_person(store, "minh", "mot-hai-ba-bon", Role.CLERK, NOW_MS)
    single_sign_on.connect(store, minh, LAN, RULES, NOW_MS)
    single_sign_on.connect(store, minh, LAN, RULES, NOW_MS)
    hoa = sign_in.add_person(store, "hoa", "mot-hai-ba-bon", Role.CLERK, NOW_MS)
    for person, identity in ((hoa, LAN), (minh, replace(LAN, subject="other"))):
        with pytest.raises(NotLetIn, match="connected"):
            single_sign_on.connect(store, person, identity, RULES, NOW_MS)
    assert enter(store, rules=Rules()).person.role is Role.CLERK
    assert enter(store).person.role is Role.ADMINISTRATOR
    done = enter(store)
    assert single_sign_on.part(store, minh) == 1
    assert not is_open(store, done)
    assert why(store, LAN, Rules()) is Why.UNKNOWN


def run(store: Store, statement: str) -> object:
    with store.reading() as connection:
        return connection.execute(sql(statement)).scalar()
