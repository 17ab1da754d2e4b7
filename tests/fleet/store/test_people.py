import pytest

from fleet.domain.rights import Person, Role
from fleet.store import people
from fleet.store.database import Store

CLERK = Person(0, "lan", "Trần Thị Lan", Role.CLERK, None, "vi")


@pytest.fixture
def store(empty_store: Store) -> Store:
    return empty_store


def test_a_person_comes_back_as_added(store: Store) -> None:
    with store.writing() as connection:
        assert not people.anybody(connection)
        number = people.add_person(connection, CLERK, "a hash", 1)
        assert number is not None
        people.add_session(connection, "t", number, "c", 1, 100)
        session = people.session(connection, "t", 99)
        assert people.anybody(connection)
    lan = Person(number, "lan", "Trần Thị Lan", Role.CLERK, None, "vi")
    assert session == people.OpenSession(lan, "c", people.ONE_STEP, proved_ms=1, seen_ms=1, has_second_step=False)


def test_a_taken_name_is_told_by_the_statement(store: Store) -> None:
    with store.writing() as connection:
        assert people.add_person(connection, CLERK, "a hash", 1) is not None
        assert people.add_person(connection, CLERK, "another", 2) is None


def test_an_attempt_is_counted_when_it_is_taken(store: Store) -> None:
    with store.writing() as connection:
        number = people.add_person(connection, CLERK, "a hash", 1)
        assert number is not None
        first, second = (people.take_attempt(connection, "lan", 5) for _ in range(2))
        assert first is not None
        assert second is not None
        assert (first.failures, second.failures, first.password) == (1, 2, "a hash")
        people.lock(connection, number, 7)
        assert people.take_attempt(connection, "lan", 6) is None
        third = people.take_attempt(connection, "lan", 7)
        assert third is not None
        assert third.failures == 3
        people.unlock(connection, number)
        fourth = people.take_attempt(connection, "lan", 7)
        assert fourth is not None
        assert fourth.failures == 1


def test_a_stronger_hash_does_not_undo_a_new_password(store: Store) -> None:
    with store.writing() as connection:
        number = people.add_person(connection, CLERK, "old", 1)
        assert number is not None
        assert people.set_password(connection, "lan", "new") == number
        people.rehash(connection, number, "old, stronger", instead_of="old")
        attempt = people.take_attempt(connection, "lan", 1)
        assert attempt is not None
        assert attempt.password == "new"


def test_a_language_is_remembered(store: Store) -> None:
    with store.writing() as connection:
        number = people.add_person(connection, CLERK, "a hash", 1)
        assert number is not None
        people.set_language(connection, number, "en")
        people.add_session(connection, "t", number, "c", 1, 100)
        session = people.session(connection, "t", 1)
        assert session is not None
        assert session.person.language == "en"
