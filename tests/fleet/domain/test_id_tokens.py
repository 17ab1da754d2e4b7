"""Tokens as a provider signs them, and as somebody forges them."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from fleet.domain.id_tokens import LEEWAY_S, SIGNED_OUT, Awaited, TokenUnfit, UnknownKey, keys_of, signed_in, signed_out

ISSUER, CLIENT, NONCE, NOW_S = "https://id.example.vn/realms/tinh", "motcua", "n" * 43, 1_795_000_000.0
RSA = RSAKey.generate_key(2048, {"kid": "r"})
EC, OTHER_EC = ECKey.generate_key("P-256", {"kid": "e"}), ECKey.generate_key("P-256", {"kid": "e"})
OKP = OKPKey.generate_key("Ed25519", {"kid": "o"})
PUBLIC = {"keys": [key.as_dict(private=False) for key in (RSA, EC, OKP)]}
KEYS = keys_of(PUBLIC)
AWAITED = Awaited(ISSUER, CLIENT, NOW_S)
CLAIMS = {"iss": ISSUER, "sub": "f3b1", "aud": CLIENT, "exp": NOW_S + 300, "iat": NOW_S, "nonce": NONCE}
OUT = {"iss": ISSUER, "aud": CLIENT, "iat": NOW_S, "exp": NOW_S + 300, "sid": "s1", "events": {SIGNED_OUT: {}}}


def made(claims: Mapping[str, Any], alg: str = "ES256", key: Any = EC, **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, dict(claims), key, algorithms=[alg])


def read(token: str, keys: KeySet = KEYS) -> Mapping[str, Any]:
    return signed_in(token, keys, AWAITED, NONCE)


def in_letters(document: object) -> str:
    return urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(("alg", "key"), [("RS256", RSA), ("ES256", EC), ("EdDSA", OKP)])
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_what_the_provider_signed_is_believed(alg: str, key: Any) -> None:
    assert read(made(CLAIMS, alg, key))["sub"] == "f3b1"


def test_a_provider_of_one_key_need_not_name_it() -> None:
    token = jwt.encode({"alg": "ES256"}, dict(CLAIMS), EC, algorithms=["ES256"])
    assert read(token)["sub"] == "f3b1"
    two = keys_of({"keys": [EC.as_dict(private=False), {**OTHER_EC.as_dict(private=False), "kid": "e2"}]})
    with pytest.raises(UnknownKey):
        read(token, two)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": ISSUER + "/"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": [CLIENT, "another"]}, "azp"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"exp": NOW_S - LEEWAY_S}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": NOW_S + LEEWAY_S + 1}, "iat"),
        ({"iat": None}, "iat"),
        ({"nonce": "of another browser"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": ""}, "sub"),
        ({"sub": None}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": "a\nb"}, "sub"),
    ],
)
def test_a_token_that_was_meant_otherwise_proves_nothing(changed: dict[str, Any], found: str) -> None:
    claims = {name: value for name, value in {**CLAIMS, **changed}.items() if value is not None}
    with pytest.raises(TokenUnfit, match=f"^{found}: expected"):
        read(made(claims))


def test_a_token_for_several_programs_names_ours() -> None:
    assert read(made({**CLAIMS, "aud": [CLIENT, "another"], "azp": CLIENT}))
    assert read(made({**CLAIMS, "exp": NOW_S - LEEWAY_S + 1, "iat": NOW_S + LEEWAY_S}))


def unsigned(alg: str) -> str:
    return f"{in_letters({'alg': alg})}.{in_letters(CLAIMS)}."


def by_public_key() -> str:
    """Signed by a secret that everybody knows: the text of the provider's public key."""
    text = f"{in_letters({'alg': 'HS256', 'kid': 'r'})}.{in_letters(CLAIMS)}"
    signature = hmac.digest(RSA.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def brings_its_key() -> str:
    return made(CLAIMS, key=OTHER_EC, jwk=OTHER_EC.as_dict(private=False))


FORGED: dict[str, Callable[[], str]] = {
    "unsigned": lambda: unsigned("none"),
    "unsigned, in other letters": lambda: unsigned("nOnE"),
    "without a signature": lambda: made(CLAIMS).rpartition(".")[0] + ".",
    "signed by the public key as a secret": by_public_key,
    "signed by another key of the same name": lambda: made(CLAIMS, key=OTHER_EC),
    "brings its own key": brings_its_key,
    "named a key of another kind": lambda: made(CLAIMS, kid="r"),
    "changed after it was signed": lambda: ".".join(
        (made(CLAIMS).split(".")[0], in_letters({**CLAIMS, "sub": "root"}), made(CLAIMS).split(".")[2])
    ),
    "of an unknown key": lambda: made(CLAIMS, kid="new"),
    "of an algorithm that is not read": lambda: made(CLAIMS, "RS512", RSA),
    "no token": lambda: "a.b.c",
    "nothing": lambda: "",
    "not letters": lambda: "\udcff.x.y",
    "no object": lambda: made(CLAIMS).split(".")[0] + ".W10." + "AAAA",
    "endless": lambda: made({**CLAIMS, "groups": ["x" * 100_000]}),
}


@pytest.mark.parametrize("forged", FORGED)
def test_what_the_provider_did_not_sign_proves_nothing(forged: str) -> None:
    with pytest.raises(TokenUnfit):
        read(FORGED[forged]())


def test_only_public_keys_for_signatures_are_taken() -> None:
    secret, encrypts = OctKey.generate_key(256), {**RSA.as_dict(private=False), "use": "enc"}
    broken, strange = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "AKP", "pub": "x"}
    document = {"keys": [secret.as_dict(), encrypts, broken, strange, 7, EC.as_dict(private=False)]}
    assert [key.kid for key in keys_of(document)] == ["e"]
    for nothing in (None, [], {"keys": "none"}):
        with pytest.raises(TokenUnfit):
            keys_of(nothing)


def test_who_signed_out_is_named_by_the_provider() -> None:
    assert signed_out(made(OUT), KEYS, AWAITED)["sid"] == "s1"
    assert signed_out(made({**OUT, "sid": 7, "sub": "f3b1"}), KEYS, AWAITED)["sub"] == "f3b1"


@pytest.mark.parametrize(
    "changed",
    [
        {"events": {}},
        {"events": SIGNED_OUT},
        {"nonce": NONCE},
        {"sid": None},
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"exp": NOW_S - 600},
    ],
)
def test_what_is_no_message_of_signing_out_ends_nothing(changed: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**OUT, **changed}.items() if value is not None}
    with pytest.raises(TokenUnfit):
        signed_out(made(claims), KEYS, AWAITED)


def test_a_sign_in_is_no_sign_out_and_the_other_way_round() -> None:
    with pytest.raises(TokenUnfit):
        signed_out(made(CLAIMS), KEYS, AWAITED)
    with pytest.raises(TokenUnfit):
        read(made({**OUT, "sub": "f3b1"}))
