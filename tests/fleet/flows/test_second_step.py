"""The second step of signing in: set up by a code, asked for after the password, lost, given up and asked of roles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.domain.means import Means
from fleet.domain.one_time_codes import code_at, step_of
from fleet.domain.rights import Person, Role
from fleet.flows import people, set_up_second_step, sign_in
from fleet.flows.second_step import HalfwayOver, prove_again, take_second_step
from fleet.store import second_steps
from fleet.store.database import Store
from fleet.store.people import OpenSession
from fleet.store.rows import every, sql

PASSWORD = "mot-hai-ba-bon"
NOW_MS = 1_795_000_000_000
LATER_MS = NOW_MS + 60_000
# Two steps on: what was typed while setting up is used.


@pytest.fixture
def store(empty_store: Store) -> Store:
    sign_in.add_person(empty_store, "root", PASSWORD, Role.ADMINISTRATOR, NOW_MS)
    sign_in.add_person(empty_store, "lan", PASSWORD, Role.TECHNICIAN, NOW_MS)
    return empty_store


def entered(store: Store, name: str = "lan", at_ms: int = NOW_MS) -> tuple[str, OpenSession]:
    done = sign_in.sign_in(store, name, PASSWORD, at_ms, session_hours=12)
    assert isinstance(done, sign_in.SignedIn)
    session = sign_in.who(store, done.token, at_ms)
    assert session is not None
    return done.token, session


def halfway(store: Store, at_ms: int = LATER_MS) -> str:
    half = sign_in.sign_in(store, "lan", PASSWORD, at_ms, session_hours=12)
    assert isinstance(half, sign_in.Halfway)
    assert sign_in.who(store, half.token, at_ms) is None, "half a sign-in opens nothing"
    return half.token


def code(store: Store, at_ms: int) -> str:
    with store.reading() as connection:
        number = people.named(store, "lan")
        step = second_steps.of(connection, number)
        assert step is not None
        return code_at(second_steps.opened(connection, number, step), step_of(at_ms))


def set_up(store: Store) -> tuple[str, list[str]]:
    """Lan signs in by two steps from now on: her session's token, and the codes on paper."""
    token, session = entered(store)
    set_up_second_step.begin(store, session.person, NOW_MS)
    return token, set_up_second_step.confirm(store, session, token, code(store, NOW_MS), NOW_MS)


def finish(store: Store, token: str, typed: str, at_ms: int = LATER_MS) -> sign_in.SignedIn | None:
    return take_second_step(store, token, typed, at_ms, session_hours=12)


def test_until_a_first_code_was_shown_nothing_is_asked(store: Store) -> None:
    token, session = entered(store)
    set_up_second_step.begin(store, session.person, NOW_MS)
    entered(store)
    with pytest.raises(people.PersonUnfit, match="six digits"):
        set_up_second_step.confirm(store, session, token, "000000x", NOW_MS)
    entered(store)


def test_the_password_alone_is_half_of_it_then(store: Store) -> None:
    other, _ = entered(store)
    token, papers = set_up(store)
    assert sign_in.who(store, token, NOW_MS) is not None
    assert sign_in.who(store, other, NOW_MS) is None, "what one step opened elsewhere is closed"
    half = halfway(store)
    assert finish(store, half, "000000") is None
    assert finish(store, half, code(store, NOW_MS)) is None, "it was used while setting up"
    done = finish(store, half, f" {code(store, LATER_MS)[:3]} {code(store, LATER_MS)[3:]}")
    assert done is not None
    session = sign_in.who(store, done.token, LATER_MS)
    assert session is not None
    assert session.means == {Means.PASSWORD, Means.CODE}
    with pytest.raises(HalfwayOver):
        finish(store, half, papers[0])


def test_a_code_on_paper_counts_once(store: Store) -> None:
    _, papers = set_up(store)
    assert len(set(papers)) == 10
    assert finish(store, halfway(store), papers[3].upper().replace("-", " ")) is not None
    assert finish(store, halfway(store), papers[3]) is None
    assert set_up_second_step.standing(store, entered_by_paper(store, papers[4])).paper_left == 8


def entered_by_paper(store: Store, paper: str) -> Person:
    done = finish(store, halfway(store), paper)
    assert done is not None
    return done.person


def test_half_a_sign_in_is_over_after_five_minutes(store: Store) -> None:
    _, papers = set_up(store)
    half = halfway(store)
    with pytest.raises(HalfwayOver):
        finish(store, half, papers[0], LATER_MS + sign_in.HALFWAY_MS)


def test_wrong_codes_lock_like_wrong_passwords_and_a_right_password_forgets_none(store: Store) -> None:
    _, papers = set_up(store)
    for _ in range(sign_in.FREE_ATTEMPTS):
        assert finish(store, halfway(store), "000000") is None
    assert sign_in.sign_in(store, "lan", PASSWORD, LATER_MS, session_hours=12) is None
    after_ms = LATER_MS + sign_in.lock_s(sign_in.FREE_ATTEMPTS) * 1000
    assert finish(store, halfway(store, after_ms), papers[0], after_ms) is not None


def test_the_database_holds_neither_secret_nor_codes(store: Store) -> None:
    _, session = entered(store)
    set_up_second_step.begin(store, session.person, NOW_MS)
    offer = set_up_second_step.offer(store, session.person)
    assert offer is not None
    _, papers = set_up(store)
    with store.reading() as connection:
        kept = str([every(connection, sql(f"SELECT * FROM {name}")) for name in ("second_steps", "paper_codes")])  # noqa: S608
    assert offer.letters.replace(" ", "") not in kept
    assert not any(paper in kept or paper.replace("-", "") in kept for paper in papers)


def test_giving_it_up_needs_both(store: Store) -> None:
    _, papers = set_up(store)
    person = entered_by_paper(store, papers[0])
    for password, typed in ((PASSWORD, "000000"), ("sai mật khẩu", papers[1])):
        with pytest.raises(people.PersonUnfit):
            set_up_second_step.give_up(store, person, password, typed, LATER_MS)
    halfway(store)
    set_up_second_step.give_up(store, person, PASSWORD, papers[1], LATER_MS)
    entered(store, at_ms=LATER_MS)


def test_whoever_may_takes_a_lost_one_away_and_nobody_their_own(store: Store) -> None:
    token, _ = set_up(store)
    _, root = entered(store, "root")
    lan = people.named(store, "lan")
    with pytest.raises(people.PersonUnfit):
        set_up_second_step.take_away(store, root.person.id, root.person)
    set_up_second_step.take_away(store, lan, root.person)
    assert sign_in.who(store, token, NOW_MS) is None
    entered(store)


def test_whom_it_is_asked_of_has_to_set_it_up(store: Store) -> None:
    set_up_second_step.ask_of(store, {Role.TECHNICIAN}, None, None, None)
    token, session = entered(store)
    assert session.person.lacks_second_step
    assert not entered(store, "root")[1].person.lacks_second_step
    set_up_second_step.begin(store, session.person, NOW_MS)
    set_up_second_step.confirm(store, session, token, code(store, NOW_MS), NOW_MS)
    now = sign_in.who(store, token, NOW_MS)
    assert now is not None and not now.person.lacks_second_step and now.has_second_step
    with pytest.raises(people.PersonUnfit):
        set_up_second_step.ask_of(store, {Role.DISPLAY}, None, None, None)


def test_whom_a_provider_proved_is_not_asked_here(store: Store) -> None:
    set_up(store)
    set_up_second_step.ask_of(store, {Role.ADMINISTRATOR}, None, None, None)
    for name in ("lan", "root"):
        with store.writing() as connection:
            person = sign_in.people.person(connection, name)
            assert person is not None
            done = sign_in.let_in(connection, person, frozenset({Means.PROVIDER}), NOW_MS, 12)
        assert isinstance(done, sign_in.SignedIn)
        session = sign_in.who(store, done.token, NOW_MS)
        assert session is not None and not session.person.lacks_second_step


@pytest.mark.parametrize("by_code", [False, True])
def test_a_proof_is_renewed_by_what_the_person_has(store: Store, by_code: bool) -> None:
    token = set_up(store)[0] if by_code else entered(store)[0]
    session = sign_in.who(store, token, LATER_MS)
    assert session is not None
    right, wrong = (code(store, LATER_MS), PASSWORD) if by_code else (PASSWORD, "000000")
    assert not prove_again(store, session, token, wrong, LATER_MS)
    assert prove_again(store, session, token, right, LATER_MS)
    proved = sign_in.who(store, token, LATER_MS)
    assert proved is not None and proved.proved_ms == LATER_MS


@pytest.fixture
def another_key(store: Store, tmp_path: Path) -> Iterator[Store]:
    """The same database, opened after the fleet's own key was lost."""
    other = Store(store.url, fleet_key_file=tmp_path / "lost")
    yield other
    other.close()


def test_without_the_fleet_key_paper_still_opens(store: Store, another_key: Store) -> None:
    _, papers = set_up(store)
    assert finish(another_key, halfway(store), code(store, LATER_MS)) is None
    assert finish(another_key, halfway(store), papers[0]) is not None
