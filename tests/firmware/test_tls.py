"""TLS from the shipping firmware to a real Mosquitto: a broker with a certificate, and a key that both know."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from fleet.authority import bridge, issue, make_authority
from fleet.authority_folder import AuthorityFolder
from fleet.domain.certificate_names import names_of
from fleet.laptop import flash_image
from protocols.sealing import hello_proof, psk_of
from tests.firmware.certificates import P256, RSA, make_certificates
from tests.firmware.one_board import office, settled
from tests.firmware.simulated_fleet import Broker

NAME = "broker.motcua.test"
KEY = "00112233445566778899aabbccddeeff" * 2
OTHER_KEY = "ff" * 32


def with_certificate(directory, certificates):
    """A broker that shows this certificate."""
    files = f"certfile {certificates.certificate}\nkeyfile {certificates.key}\n"
    return Broker(directory, door=files + "allow_anonymous true\n")


def prepare_keys(directory, use, **keys):
    """A board that has these keys of its own on flash, and uses that one first."""
    image = directory / "bench" / "b-1.flash"
    flash_image.create_image(image, "b-1", "", "127.0.0.1", 1, 5)
    said = {slot: key.hex() for slot, key in keys.items()}
    identity = {"device": "b-1", "epoch": None, "keys": said, "use": use, "claim": None}
    flash_image.write_files(image, {"/identity.json": json.dumps(identity).encode()})


def with_keys(directory, **keys):
    """A broker that knows the keys of these devices; who came by a key has its owner's name."""
    listed = directory / "keys"
    listed.write_text("".join(f"{device.replace('_', '-')}:{key}\n" for device, key in keys.items()))
    listed.chmod(0o600)
    door = f"psk_hint motcua\npsk_file {listed}\nuse_identity_as_username true\nuse_username_as_clientid true\n"
    return Broker(directory, door=door)


async def refused(directory, broker, tls, why):
    """The board does not come through, says why, and goes on living."""
    async with office(directory, ("rating",), broker=broker, tls=tls) as (fleet, board, _):
        await board.ready()
        async with asyncio.timeout(30):
            while why not in board.log.read_text(errors="replace"):
                await asyncio.sleep(0.05)
        assert not fleet.said("hello")
        await board.press("score_1")
        async with asyncio.timeout(30):
            while board.log.read_text(errors="replace").count(why) < 2:  # it tries again
                await asyncio.sleep(0.05)
        assert "Traceback" not in board.log.read_text(errors="replace")


@pytest.mark.parametrize("kind", [RSA, P256], ids=["rsa", "p256"])
@pytest.mark.parametrize("protocol", [4, 5])
def test_a_certificate_that_the_authority_signed_is_trusted(tmp_path, protocol, kind):
    certificates = make_certificates(tmp_path / "ca", NAME, kind)
    tls = {"tls": "cert", "ca": certificates.ca_base64, "name": NAME}

    async def story():
        broker = with_certificate(tmp_path, certificates)
        async with office(tmp_path, ("rating",), protocol, broker=broker, tls=tls) as (fleet, board, _):
            await settled(fleet, board)
            await board.press("score_4")
            await fleet.until(lambda: fleet.events("rating"), "a rating over TLS")

    asyncio.run(story())


@pytest.mark.parametrize(("knows", "name"), [("old", NAME), ("new", "127.0.0.1")])
def test_an_authority_of_motcua_ca_is_trusted_and_so_is_the_one_that_follows_it(tmp_path, knows, name):
    """One broker for both: a board that knows the old authority only, and one that was told the new one."""
    names, until = names_of(["motcua.test", "127.0.0.0/8"]), datetime.now(UTC) + timedelta(days=30)
    old, new = (make_authority("Một cửa", names, until) for _ in range(2))
    folder = AuthorityFolder(tmp_path / "ca")
    folder.keep(new, "passphrase", bridge(old, new, names))
    chain, key = folder.keep_issued("broker", issue(new, [NAME, "127.0.0.1"], datetime.now(UTC), 20, for_devices=True))
    ca = {"old": old, "new": new}[knows].certificate.public_bytes(Encoding.DER)
    tls = {"tls": "cert", "ca": base64.b64encode(ca).decode(), "name": name}

    async def story():
        broker = Broker(tmp_path, door=f"certfile {chain}\nkeyfile {key}\nallow_anonymous true\n")
        async with office(tmp_path, ("rating",), broker=broker, tls=tls) as (fleet, board, _):
            await settled(fleet, board)

    asyncio.run(story())


def test_another_authority_is_refused(tmp_path):
    certificates, others = make_certificates(tmp_path / "ca", NAME), make_certificates(tmp_path / "other", NAME)
    tls = {"tls": "cert", "ca": others.ca_base64, "name": NAME}
    asyncio.run(refused(tmp_path, with_certificate(tmp_path, certificates), tls, "CERT_VERIFY_FAILED"))


def test_a_certificate_for_another_name_is_refused(tmp_path):
    certificates = make_certificates(tmp_path / "ca", "other.motcua.test")
    tls = {"tls": "cert", "ca": certificates.ca_base64, "name": NAME}
    asyncio.run(refused(tmp_path, with_certificate(tmp_path, certificates), tls, "CERT_VERIFY_FAILED"))


def test_a_certificate_that_is_too_old_is_refused(tmp_path):
    certificates = make_certificates(tmp_path / "ca", NAME, days=-1)
    tls = {"tls": "cert", "ca": certificates.ca_base64, "name": NAME}
    asyncio.run(refused(tmp_path, with_certificate(tmp_path, certificates), tls, "CERT_VERIFY_FAILED"))


@pytest.mark.parametrize("protocol", [4, 5])
def test_a_key_that_both_know_is_enough(tmp_path, protocol):
    tls = {"tls": "psk", "psk": KEY}

    async def story():
        broker = with_keys(tmp_path, b_1=KEY)
        async with office(tmp_path, ("rating",), protocol, broker=broker, tls=tls) as (fleet, board, _):
            await settled(fleet, board)
            await board.press("score_4")
            await fleet.until(lambda: fleet.events("rating"), "a rating over TLS")

    asyncio.run(story())


def test_another_key_is_refused(tmp_path):
    broker = with_keys(tmp_path, b_1=OTHER_KEY, b_2=KEY)
    asyncio.run(refused(tmp_path, broker, {"tls": "psk", "psk": KEY}, "link: OSError"))


def test_a_broker_that_shows_a_certificate_in_place_of_the_key_is_refused(tmp_path):
    """A board that expects a key looks at no certificate, so it must offer no way to show one."""
    broker = with_certificate(tmp_path, make_certificates(tmp_path / "certificates", NAME, P256))
    asyncio.run(refused(tmp_path, broker, {"tls": "psk", "psk": KEY}, "link: OSError"))


def test_a_board_makes_the_shared_key_of_its_own_and_tries_the_other_slot(tmp_path):
    """The broker knows the older key: the new one was on flash when the power went, and the fleet never heard so."""
    old, new = bytes(32), bytes(range(32))

    async def story():
        prepare_keys(tmp_path, "b", a=old, b=new)
        broker = with_keys(tmp_path, b_1=psk_of(old))
        async with office(tmp_path, ("rating",), broker=broker, tls={"tls": "psk"}) as (fleet, board, _):
            await settled(fleet, board)
            hello = fleet.said("hello")[-1]
            said = hello["hw"], hello["boot"], hello["nonce"], hello["epoch"], "a", None
            assert hello["slot"] == "a" and hello["proof"] == hello_proof(old, "b-1", *said)

    asyncio.run(story())
