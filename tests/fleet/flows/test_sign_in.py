import unicodedata

import pytest

from fleet.domain.guessing import FIRST_PAUSE_S, FREE_FROM_A_PLACE
from fleet.domain.rights import Person, Role
from fleet.flows import sign_in
from fleet.flows.sign_in import FREE_ATTEMPTS, HASHER, LONGEST_LOCK_S, NOBODY, lock_s
from fleet.store import people
from fleet.store.database import Store
from fleet.store.rows import sql

PASSWORD = "một cửa mở rộng"
NOW_MS = 1_795_000_000_000
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def password_hash() -> str:
    """Made once."""
    return sign_in.hashed(PASSWORD)


@pytest.fixture
def store(empty_store: Store, password_hash: str) -> Store:
    with empty_store.writing() as connection:
        person = Person(0, "hạnh", "Nguyễn Thị Hạnh", Role.SUPERVISOR, None, "vi")
        people.add_person(connection, person, password_hash, NOW_MS)
    return empty_store


def enter(store: Store, password: str = PASSWORD, name: str = "hạnh", at_ms: int = NOW_MS) -> sign_in.SignedIn | None:
    return sign_in.sign_in(store, name, password, at_ms, session_hours=12)


def test_the_right_password_opens_a_session(store: Store) -> None:
    signed_in = enter(store)
    assert signed_in is not None
    session = sign_in.who(store, signed_in.token, NOW_MS)
    assert session is not None
    assert session.person == signed_in.person
    assert session.person.shown_as == "Nguyễn Thị Hạnh"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_keyboard_types_the_same_name_and_password(store: Store, form: str) -> None:
    name, password = (unicodedata.normalize(form, typed) for typed in (" HẠNH ", PASSWORD))
    assert enter(store, password, name) is not None


@pytest.mark.parametrize(
    "password", ["", "sai mật khẩu rồi", PASSWORD + " ", PASSWORD.upper(), "\udcff", "x" * 100_000]
)
def test_a_wrong_password_opens_nothing(store: Store, password: str) -> None:
    assert enter(store, password) is None


@pytest.mark.parametrize("name", ["", "nobody", "h\0ạnh", "x" * 10_000, "' OR 1=1 --"])
def test_an_unknown_name_opens_nothing(store: Store, name: str) -> None:
    assert enter(store, name=name) is None


def test_the_database_holds_neither_password_nor_token(store: Store) -> None:
    signed_in = enter(store)
    assert signed_in is not None
    with store.reading() as connection:
        rows = [
            *connection.exec_driver_sql("SELECT * FROM users").all(),
            *connection.exec_driver_sql("SELECT * FROM sessions").all(),
        ]
    assert "$argon2id$" in repr(rows)
    assert PASSWORD not in repr(rows)
    assert signed_in.token not in repr(rows)


@pytest.mark.parametrize("situation", ["wrong password", "unknown name", "locked", "disabled"])
def test_every_refusal_does_the_work_of_one_hash(store: Store, monkeypatch: pytest.MonkeyPatch, situation: str) -> None:
    """Time tells nothing where the work is the same: one verification of a hash with the same parameters."""
    if situation == "disabled":
        run(store, "UPDATE users SET disabled = TRUE")
    if situation == "locked":
        run(store, "UPDATE users SET locked_until_ms = created_ms + 1")
    verified: list[str] = []
    real = sign_in.fits
    monkeypatch.setattr(sign_in, "fits", lambda known, given: verified.append(known) or real(known, given))
    name = "nobody" if situation == "unknown name" else "hạnh"
    password = "sai mật khẩu" if situation == "wrong password" else PASSWORD
    assert enter(store, password, name) is None
    assert len(verified) == 1
    assert not sign_in.HASHER.check_needs_rehash(verified[0])


def test_the_hash_of_nobody_costs_as_much_as_a_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 9106, 4: the second recommended option. Here alone real hashes are made, not the quick ones of the tests."""
    monkeypatch.setattr(sign_in, "HASHER", HASHER)
    assert (HASHER.time_cost, HASHER.memory_cost, HASHER.parallelism) == (3, 65_536, 4)
    assert not HASHER.check_needs_rehash(NOBODY)
    assert sign_in.fits(NOBODY, "anything") is False
    assert sign_in.fits(sign_in.hashed(PASSWORD), PASSWORD) is True


def test_after_five_failures_even_the_right_password_waits(store: Store) -> None:
    for _ in range(FREE_ATTEMPTS):
        assert enter(store, "wrong") is None
    assert enter(store) is None
    assert enter(store, at_ms=NOW_MS + lock_s(FREE_ATTEMPTS) * 1000 - 1) is None
    assert enter(store, at_ms=NOW_MS + lock_s(FREE_ATTEMPTS) * 1000) is not None


def test_four_slips_do_not_lock(store: Store) -> None:
    for _ in range(FREE_ATTEMPTS - 1):
        assert enter(store, "wrong") is None
    assert enter(store) is not None


def test_each_further_failure_doubles_the_pause() -> None:
    pauses = [lock_s(failures) for failures in range(FREE_ATTEMPTS, FREE_ATTEMPTS + 8)]
    assert pauses[:5] == [30, 60, 120, 240, 480]
    assert set(pauses[5:]) == {LONGEST_LOCK_S}
    assert lock_s(10_000) == LONGEST_LOCK_S


def test_a_success_forgets_the_failures(store: Store) -> None:
    for _ in range(3):
        for _ in range(FREE_ATTEMPTS - 1):
            assert enter(store, "wrong") is None
        assert enter(store) is not None


def test_guesses_at_the_same_moment_all_count(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one guess is still being hashed, four others come: the sixth finds the door locked."""
    real = sign_in.fits
    monkeypatch.setattr(sign_in, "fits", lambda *_: False)
    for _ in range(FREE_ATTEMPTS - 1):
        enter(store, "a guess")
    inner: list[sign_in.SignedIn | None] = []

    def meanwhile(known: str, given: str) -> bool:
        monkeypatch.setattr(sign_in, "fits", real)
        inner.append(enter(store))  # the right password, but the fifth failure is counted already
        return False

    monkeypatch.setattr(sign_in, "fits", meanwhile)
    assert enter(store, "the fifth guess") is None
    assert inner == [None]


def test_a_session_ends_at_its_time(store: Store) -> None:
    signed_in = enter(store)
    assert signed_in is not None
    assert sign_in.who(store, signed_in.token, NOW_MS + 12 * HOUR_MS - 1) is not None
    assert sign_in.who(store, signed_in.token, NOW_MS + 12 * HOUR_MS) is None


def test_sessions_that_are_over_are_swept_out(store: Store) -> None:
    enter(store)
    enter(store, at_ms=NOW_MS + 13 * HOUR_MS)
    assert run(store, "SELECT count(*) FROM sessions") == 1


def test_signing_out_ends_this_session_and_no_other(store: Store) -> None:
    here, there = enter(store), enter(store)
    assert here is not None
    assert there is not None
    assert here.token != there.token
    sign_in.sign_out(store, here.token)
    assert sign_in.who(store, here.token, NOW_MS) is None
    assert sign_in.who(store, there.token, NOW_MS) is not None


@pytest.mark.parametrize("token", ["", "x", "\udcff", "0" * 10_000])
def test_a_token_that_is_none_opens_nothing(store: Store, token: str) -> None:
    assert sign_in.who(store, token, NOW_MS) is None
    sign_in.sign_out(store, token)


def test_a_new_password_signs_out_everywhere_and_unlocks(store: Store) -> None:
    signed_in = enter(store)
    assert signed_in is not None
    for _ in range(FREE_ATTEMPTS):
        enter(store, "wrong")
    sign_in.set_password(store, "HẠNH", "mật khẩu mới toanh")
    assert sign_in.who(store, signed_in.token, NOW_MS) is None
    assert enter(store) is None
    assert enter(store, "mật khẩu mới toanh") is not None


def test_a_disabled_person_is_out_at_once(store: Store) -> None:
    signed_in = enter(store)
    assert signed_in is not None
    run(store, "UPDATE users SET disabled = TRUE")
    assert sign_in.who(store, signed_in.token, NOW_MS) is None


def test_an_old_weak_hash_is_made_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    weak = sign_in.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(sign_in.in_bytes(PASSWORD))
    with store.writing() as connection:
        connection.execute(sql("UPDATE users SET password = :weak"), {"weak": weak})
    assert enter(store) is not None
    kept = run(store, "SELECT password FROM users")
    assert not sign_in.HASHER.check_needs_rehash(str(kept))
    assert enter(store) is not None


def test_a_new_person_signs_in_under_the_name_as_typed(store: Store) -> None:
    added = sign_in.add_person(store, "  Lan ", PASSWORD, Role.CLERK, NOW_MS, office=None, language="en")
    signed_in = enter(store, name="LAN")
    assert signed_in is not None
    assert signed_in.person == added == Person(added.id, "lan", "lan", Role.CLERK, None, "en")


def test_a_name_is_given_once(store: Store) -> None:
    with pytest.raises(sign_in.NameTaken, match="already"):
        sign_in.add_person(store, "HẠNH", PASSWORD, Role.CLERK, NOW_MS)


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "a\u202eb", "a\nb"])
def test_a_name_can_be_seen(store: Store, name: str) -> None:
    with pytest.raises(sign_in.NameUnfit):
        sign_in.add_person(store, name, PASSWORD, Role.CLERK, NOW_MS)


@pytest.mark.parametrize("password", ["", "ngắn", "x" * 201])
def test_a_password_has_a_fit_length(store: Store, password: str) -> None:
    with pytest.raises(sign_in.PasswordUnfit, match=str(len(password))):
        sign_in.add_person(store, "ai đó", password, Role.CLERK, NOW_MS)
    with pytest.raises(sign_in.PasswordUnfit):
        sign_in.set_password(store, "hạnh", password)


def test_nobody_gets_a_password(store: Store) -> None:
    with pytest.raises(sign_in.NoSuchPerson):
        sign_in.set_password(store, "nobody", PASSWORD)


def run(store: Store, statement: str) -> object:
    with store.writing() as connection:
        result = connection.exec_driver_sql(statement)
        return result.scalar() if result.returns_rows else None


def test_many_names_guessed_from_one_address_close_it_and_no_other(store: Store) -> None:
    here, there = "203.0.113.7", "203.0.113.8"
    for n in range(FREE_FROM_A_PLACE):
        assert sign_in.sign_in(store, f"nobody-{n}", "a guess", NOW_MS, 12, here) is None
    assert sign_in.sign_in(store, "hạnh", PASSWORD, NOW_MS, 12, here) is None
    assert sign_in.sign_in(store, "hạnh", PASSWORD, NOW_MS, 12, there) is not None
    assert sign_in.sign_in(store, "hạnh", PASSWORD, NOW_MS + FIRST_PAUSE_S * 1000, 12, here) is not None
