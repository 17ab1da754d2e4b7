"""What a provider says of itself and of people, and what a browser keeps on its way there."""

from typing import Any

import pytest

from fleet.domain.browser_secrets import CONNECT, SIGN_IN, Journey
from fleet.domain.group_roles import GroupRole, RolesUnfit, group_roles, role_of
from fleet.domain.identities import Words, identity_of, says_all, session_of
from fleet.domain.provider import ProviderUnfit, is_private, provider_of, way_out
from fleet.domain.rights import Role

ISSUER = "https://id.example.vn/realms/tinh"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth?kc=1",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/certs",
    "end_session_endpoint": f"{ISSUER}/logout",
}
WORDS = Words("preferred_username", "realm_access.roles", frozenset({"otp", "gold"}))
CLAIMS = {"iss": ISSUER, "sub": "f3b1", "preferred_username": "lan", "realm_access": {"roles": ["a", 7, "", "b"]}}


def test_a_provider_is_the_one_that_was_asked() -> None:
    provider = provider_of(DOCUMENT, ISSUER)
    assert (provider.token, provider.person, provider.secret_in_body) == (f"{ISSUER}/token", None, False)
    in_body = {**DOCUMENT, "token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert provider_of(in_body, ISSUER).secret_in_body


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": "http://id.example.vn/certs"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": 7},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_a_provider_that_could_be_listened_to_is_none(changed: dict[str, Any]) -> None:
    with pytest.raises(ProviderUnfit, match="expected"):
        provider_of({**DOCUMENT, **changed}, ISSUER)
    with pytest.raises(ProviderUnfit):
        provider_of([], ISSUER)


@pytest.mark.parametrize(
    ("address", "is_it"),
    [
        ("https://id.example.vn", True),
        ("http://127.0.0.1:9", True),
        ("http://[::1]/x", True),
        ("http://id.example.vn", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("https://", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_what_nobody_between_can_read(address: str, is_it: bool) -> None:
    assert is_private(address) is is_it


def test_a_long_token_is_left_out_of_the_address() -> None:
    provider = provider_of(DOCUMENT, ISSUER)
    assert "id_token_hint=abc" in str(way_out(provider, "motcua", "https://motcua.test/login", "abc"))
    long = str(way_out(provider, "motcua", "https://motcua.test/login", "x" * 5000))
    assert ("id_token_hint" in long, "client_id=motcua" in long) == (False, True)


def test_all_that_is_sent_hangs_on_the_browsers_secret_the_purpose_and_the_page() -> None:
    journeys = [
        Journey(purpose, secret * 43, after)
        for purpose in (SIGN_IN, CONNECT)
        for secret in "ab"
        for after in ("/", "/devices")
    ]
    sent = [one for journey in journeys for one in (journey.state, journey.nonce, journey.verifier)]
    assert len(set(sent)) == len(sent) == 24
    assert all(43 <= len(one) <= 128 for one in sent)  # RFC 7636, 4.1
    assert all(Journey.of(journey.kept) == journey for journey in journeys)
    assert journeys[0].asked.challenge not in journeys[0].kept


@pytest.mark.parametrize(
    "kept", ["", "in", "in.short.Lw", "evil." + "a" * 43 + ".Lw", "in." + "a" * 43 + "._w", "ánh.."]
)
def test_what_no_browser_was_given_is_no_journey(kept: str) -> None:
    assert Journey.of(kept) is None


def test_claims_are_read_by_the_names_that_were_set() -> None:
    found = identity_of(CLAIMS, WORDS)
    assert (found.subject, found.name, found.shown_as, found.groups) == ("f3b1", "lan", "", {"a", "b"})
    assert identity_of({**CLAIMS, "realm_access": "x"}, WORDS).groups == frozenset()
    assert identity_of({**CLAIMS, "realm_access.roles": "c"}, WORDS).groups == {"c"}
    assert says_all(CLAIMS, WORDS)
    assert not says_all({**CLAIMS, "realm_access": {}}, WORDS)
    assert not says_all({"sub": "f3b1"}, WORDS)


@pytest.mark.parametrize(
    ("said", "two"),
    [
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["pwd", "otp"]}, True),
        ({"acr": "gold"}, True),
        ({"amr": 7}, False),
    ],
)
def test_two_steps_are_two_where_the_provider_says_so(said: dict[str, Any], two: bool) -> None:
    assert identity_of({**CLAIMS, **said}, WORDS).two_steps is two
    assert identity_of({**CLAIMS, **said}, Words("x", "y", frozenset({"*"}))).two_steps
    assert not identity_of({**CLAIMS, **said}, Words("x", "y", frozenset())).two_steps


def test_a_session_is_called_by_something_short() -> None:
    assert len(str(session_of({"sid": "x" * 5000}))) == 64
    assert session_of({"sid": 7}) is session_of({}) is None


def test_of_several_groups_the_first_row_counts() -> None:
    rows = group_roles(
        {
            "group": [
                {"name": "quan-tri", "role": "administrator"},
                {"name": "tan-an", "role": "supervisor", "office": "tan-an"},
            ]
        }
    )
    assert role_of({"tan-an", "quan-tri", "x"}, rows) == GroupRole("quan-tri", Role.ADMINISTRATOR, None)
    assert role_of({"tan-an"}, rows) == GroupRole("tan-an", Role.SUPERVISOR, "tan-an")
    assert role_of({"Tan-an"}, rows) is None


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({}, "rows under"),
        ({"group": []}, "rows under"),
        ({"group": [{"name": "x", "role": "clerk"}], "more": 1}, "rows under"),
        ({"group": [{"name": "x"}]}, "group 1: expected name, role"),
        ({"group": [{"name": "x", "role": "clerk", "ofice": "y"}]}, "group 1: expected name, role"),
        ({"group": [{"name": "x", "role": "display"}]}, "group 1: role: .*'display'"),
        ({"group": [{"name": "x", "role": "clerk"}, {"name": "", "role": "clerk"}]}, "group 2: name"),
        ({"group": [{"name": "x", "role": "clerk", "office": 7}]}, "group 1: office"),
    ],
)
def test_a_file_of_groups_that_can_not_be_is_refused_in_a_sentence(document: dict[str, Any], found: str) -> None:
    with pytest.raises(RolesUnfit, match=found):
        group_roles(document)
