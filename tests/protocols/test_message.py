"""Bytes of strangers become a value or a sentence."""

from protocols.batches import BatchHeader, decode_batch, encode_batch
from protocols.events import CodeScanned, RatingGiven, decode_event, encode_event
from protocols.message import BIGGEST, ProtocolError, decode
from protocols.presence import Hello
from protocols.state import Config
from protocols.wording import shown

RATING = {"kind": "rating", "score": 4, "scale": 5, "up": 10}


def refused(call, *arguments):
    try:
        call(*arguments)
    except ProtocolError as err:
        return str(err)
    raise AssertionError("expected a refusal")


def changed(**fields):
    data = dict(RATING)
    data.update(fields)
    return data


def test_errors_say_what_was_expected_and_what_was_found():
    assert refused(decode_event, changed(score=0)) == "rating.score: expected a whole number from 1 to 10, found 0"
    assert refused(decode_event, changed(score="4")) == 'rating.score: expected a whole number from 1 to 10, found "4"'
    assert refused(decode_event, {"kind": "rating"}).endswith("found nothing")
    assert refused(decode_event, changed(kind="pizza")) == 'event.kind: expected one of the known kinds, found "pizza"'


def test_a_score_beyond_its_scale_is_refused():
    assert refused(decode_event, changed(score=6)) == "rating.score: expected a whole number from 1 to 5, found 6"


def test_true_is_no_number_and_one_is_not_true():
    refused(decode_event, changed(score=True))
    refused(decode_event, {"kind": "scan", "what": "citizen", "senior": 1, "up": 1})


def test_a_number_of_more_than_53_bits_is_refused():
    assert decode_event(changed(up=BIGGEST)).up == BIGGEST
    refused(decode_event, changed(up=BIGGEST + 1))


def test_a_text_too_long_or_with_a_nul_is_refused():
    refused(decode_event, {"kind": "scan", "what": "dossier", "code": "A" * 65, "up": 1})
    refused(decode_event, {"kind": "scan", "what": "dossier", "code": "A\0", "up": 1})


def test_what_is_no_json_object_is_refused():
    for raw in (b"", b"[]", b"12", b'"x"', b"{", b"\xff\xfe", b"null"):
        refused(decode, Hello, raw)


def test_a_stranger_can_not_write_into_an_error():
    assert shown("\x1b[31m" + "a" * 100) == '"?[31m' + "a" * 35 + '…"'
    assert shown(10**30) == "a number of 31 digits"
    assert shown(b"secret") == "6 bytes"
    assert shown({"a": 1}) == "an object"


def test_a_message_needs_its_fields_and_has_no_others():
    for fields in ({"score": 1}, {"score": 1, "scale": 5, "up": 1, "colour": "red"}):
        try:
            RatingGiven(**fields)
        except TypeError:
            continue
        raise AssertionError("expected a TypeError")


def test_fields_that_say_their_default_are_not_sent():
    sent = encode_event(RatingGiven(score=4, scale=5, up=10))
    assert sorted(sent) == ["kind", "scale", "score", "up"]
    assert decode_event(sent) == RatingGiven(score=4, scale=5, up=10)


def test_messages_are_equal_by_their_fields():
    assert CodeScanned(what="badge", up=1) == CodeScanned(what="badge", up=1)
    assert CodeScanned(what="badge", up=1) != CodeScanned(what="badge", up=2)


def test_vietnamese_survives_the_wire():
    config = Config(version=1, roles=["printer"], office="Bộ phận Một cửa phường Ba Đình")
    assert decode(Config, config.to_bytes()) == config


def test_a_batch_keeps_its_events_apart():
    raw = encode_batch(BatchHeader(epoch=3, boot=7, oldest=5), [{"seq": 6, "kind": "?"}, {"seq": 9, "kind": "boot"}])
    batch = decode_batch(raw)
    assert batch.stretch() == (6, 9)
    assert (batch.header.epoch, batch.header.boot, batch.header.oldest) == (3, 7, 5)
    assert decode_event(dict(batch.events[9], reason="power", up=1)).KIND == "boot"


def test_a_batch_without_numbers_or_header_is_refused():
    for raw in (
        b'{"v":1,"epoch":1,"boot":1,"oldest":1,"events":[]}',
        b'{"v":2,"epoch":1,"boot":1,"oldest":1,"events":[{"seq":1}]}',
        b'{"v":1,"boot":1,"oldest":1,"events":[{"seq":1}]}',
        b'{"v":1,"epoch":1,"boot":1,"oldest":1,"events":[{"seq":-1}]}',
        b'{"v":1,"epoch":1,"boot":1,"oldest":1,"events":[7]}',
        b'{"v":1,"epoch":1,"boot":1,"oldest":1,"events":[{"seq":1},{"seq":1,"up":2}]}',
    ):
        refused(decode_batch, raw)
