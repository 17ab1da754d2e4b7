"""Names on the wire: device ids, identities of events, topics, and the codes of tickets."""

from protocols import topics
from protocols.contract import channel
from protocols.identity import event_id, is_device_id, parse_event_id
from protocols.message import ProtocolError
from protocols.signing import hmac_sha256, holder_hash, ticket_token
from protocols.ticket_code import TicketCode, parse_ticket_code

SECRET = "00112233445566778899aabbccddeeff"


def refused(call, *arguments):
    try:
        call(*arguments)
    except ProtocolError as err:
        return str(err)
    raise AssertionError("expected a refusal")


def test_the_identity_of_an_event_is_one_text():
    assert event_id("kp-1", 3, 7, 123) == "kp-1/3/7/123"
    assert parse_event_id("kp-1/3/7/123") == ("kp-1", 3, 7, 123)


def test_identities_that_are_none_are_refused():
    for text in (
        "",
        "kp-1/3/7",
        "KP/3/7/1",
        "kp/3/7/-1",
        "kp/3/7/",
        "kp/3/7/٣",
        "kp/3/7/99999999999999999",
        "a/1/2/3/4",
    ):
        refused(parse_event_id, text)


def test_device_ids_are_short_and_plain():
    assert is_device_id("tp-1") and is_device_id("a" * 32)
    assert not [text for text in ("", "a" * 33, "Tp", "t_p", "t/p", "+", "#", "tấ") if is_device_id(text)]


def test_topics_name_the_device_and_the_direction():
    assert topics.parse(topics.up("tp-1", "events")) == ("tp-1", "up", "events")
    assert topics.parse(topics.down("tp-1", "state")) == ("tp-1", "down", "state")
    for topic in ("", "mc/2/tp-1/up/events", "mc/1/TP/up/events", "mc/1/tp-1/side/events", "mc/1/tp-1/up/a/b"):
        refused(topics.parse, topic)


def test_the_contract_knows_its_channels():
    assert channel("up", "events").qos == 1
    assert channel("up", "health").qos == 0
    assert channel("down", "config").retained and not channel("down", "state").retained


def test_hmac_is_that_of_the_standard():
    # RFC 4231, test cases 1, 2 and 6
    assert hmac_sha256(b"\x0b" * 20, b"Hi There")[:4] == b"\xb0\x34\x4c\x61"
    assert hmac_sha256(b"Jefe", b"what do ya want for nothing?")[:4] == b"\x5b\xdc\xc1\x46"
    assert (
        hmac_sha256(b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First")[:4] == b"\x60\xe4\x31\x59"
    )


def test_a_holder_is_another_one_under_another_key():
    today, tomorrow = holder_hash("11" * 32, "079085012345"), holder_hash("22" * 32, "079085012345")
    assert len(today) == 16 and today != tomorrow and today == holder_hash("11" * 32, "079085012345")


def test_a_ticket_code_is_read_alone_or_from_an_address():
    code = TicketCode("srv-1/1/1/42", 7, ticket_token(SECRET, "srv-1/1/1/42", 7))
    for text in (str(code), "https://motcua.example/t/" + str(code)):
        read = parse_ticket_code(text)
        assert (read.lease, read.number, read.token) == (code.lease, 7, code.token)
        assert read.proved_by(SECRET)
        assert not read.proved_by("ff" * 16)


def test_ticket_codes_that_are_none_are_refused():
    token = "0123456789abcdef"
    for text in ("", "MC1:", "MC1:a:0:" + token, "MC1:a:12345:" + token, "MC1:a:7:" + token[1:], "MC1::7:" + token):
        refused(parse_ticket_code, text)
    refused(parse_ticket_code, "MC1:a:7:" + "l" * 16)
    refused(parse_ticket_code, "MC1:" + "a" * 41 + ":7:" + token)
