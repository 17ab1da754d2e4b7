"""The conversation with a device: in any pieces, through any chatter; what it says is a stranger's."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.provisioning.cable import Cable
from fleet.provisioning.conversation import AtPrompt, Conversation, DeviceRefused, NoAnswer, parts_of
from fleet.provisioning.ports import Port
from protocols import improv


class Played:
    """A device in memory: answers each request as `answer` says, its bytes in pieces of these sizes."""

    def __init__(self, sizes: list[int], chatter: bytes, answer: Any) -> None:
        self.sizes, self.chatter, self.answer = sizes, chatter, answer
        self.frames, self.objects = improv.Frames(), improv.Objects()
        self.out = b""
        self.left: list[bytes] = []
        self.asked: list[dict[str, Any]] = []

    @property
    def in_waiting(self) -> int:
        return len(self.out)

    def write(self, data: bytes) -> int:
        for kind, body in self.frames.feed(data):
            command, piece = improv.read(body)
            if improv.is_taken(kind, body):
                self.out += self.left.pop(0) if self.left else b""
            elif command == improv.OBJECT:
                raw = self.objects.take(piece)
                self.out += self.chatter
                if raw is None:
                    self.out += improv.taken()
                else:
                    self.asked.append(json.loads(raw))
                    for said in self.answer(self.asked[-1]):
                        self.say(said)
        return len(data)

    def say(self, said: dict[str, Any]) -> None:
        self.left += list(improv.pieces(improv.RESULT, json.dumps(said).encode()))
        self.out += self.left.pop(0) if not self.out.endswith(b"...") else b""

    def out_of(self, raw: bytes) -> list[dict[str, Any]]:
        """Say these bytes as an object, whatever they are."""
        self.out += b"".join(improv.pieces(improv.RESULT, raw))
        return []

    def read(self, size: int) -> bytes:
        size = min(size, self.sizes[0])
        self.sizes = self.sizes[1:] + self.sizes[:1]
        taken, self.out = self.out[:size], self.out[size:]
        return taken

    def close(self) -> None: ...


def talk_with(sizes: list[int], chatter: bytes, answer: Any) -> tuple[Conversation, Played]:
    played = Played(sizes, chatter, answer)
    ticks = iter(range(10**9))
    cable = Cable(Port("x", "x"), lambda _: "x", lambda *_: played, lambda: next(ticks) / 1000)
    cable.open()
    return Conversation(cable), played


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=6),
    st.binary(max_size=40).filter(lambda data: b"IMPROV" not in data),
    st.text(max_size=600),
    st.text(max_size=300),
)
def test_long_objects_go_both_ways_through_any_splits_and_chatter(
    sizes: list[int], chatter: bytes, text: str, found: str
) -> None:
    talk, played = talk_with(sizes, chatter, lambda asked: [{"id": asked["id"], "ok": True, "record": found}])
    assert talk.ask("offer", claim={"office": text})["record"] == found
    assert played.asked[0]["claim"] == {"office": text}


def test_a_refusal_is_a_sentence_without_control_letters_and_silence_has_an_end() -> None:
    no = {"ok": False, "error": "bad_offer", "found": "roles: \x1b[2Jexpected\r\nsome"}
    talk, _ = talk_with([50], b"", lambda asked: [{"id": asked["id"], **no}])
    with pytest.raises(DeviceRefused, match=r"refuses to offer: roles: \?\[2Jexpected some"):
        talk.ask("offer")
    talk, _ = talk_with([50], b"boot: panic\r\n", lambda asked: [])
    with pytest.raises(NoAnswer, match="heard boot: panic"):
        talk.ask("about", 0.5)


def test_answers_to_earlier_requests_are_left_aside() -> None:
    talk, _ = talk_with(
        [50],
        b"",
        lambda asked: [{"id": asked["id"] - 1, "ok": True, "hw": "old"}, {"id": asked["id"], "ok": True, "hw": "aa"}][
            1:
        ],
    )
    talk.say("restart")
    assert talk.ask("about")["hw"] == "aa"


def test_the_end_of_an_answer_that_came_too_late_is_no_answer() -> None:
    late = list(improv.pieces(improv.RESULT, json.dumps({"id": 1, "ok": True, "hw": "aa" * 100}).encode()))
    talk, played = talk_with([50], b"", lambda asked: [{"id": asked["id"], "ok": True, "hw": "bb"}])
    played.out += b"".join(late[1:])
    about = talk.about(5.0)
    assert about is not None and about["hw"] == "bb"


def test_half_an_answer_of_a_board_that_just_began_is_none() -> None:
    answers = iter([b"[1", b"nonsense", b'{"id": 3, "ok": true, "hw": "cc"}'])
    talk, played = talk_with([50], b"", lambda asked: [])
    played.answer = lambda asked: played.out_of(next(answers))
    about = talk.about(5.0)
    assert about is not None and about["hw"] == "cc"


def test_the_way_to_the_fleet_is_followed_and_each_failure_told() -> None:
    talk, played = talk_with([7], b"", lambda asked: [])
    for kind, what in ((1, 3), (2, 3), (1, 3), (2, 3), (1, 4)):
        played.out += b"link: no broker\r\n" + improv.frame(kind, bytes([what]))
        played.out += improv.result(improv.ASK_DEVICE, "motcua", "0.1", "esp32", "nut-\x1b7") if kind == 1 else b""
    told: list[int] = []
    assert talk.until_connected(5.0, told.append) is True
    assert told == [1, 2] and talk.named == "nut-?7"
    assert talk_with([7], b"", lambda asked: [])[0].until_connected(0.2, told.append) is False


def test_a_record_that_cannot_be_read_has_no_parts() -> None:
    assert list(parts_of('{"parts": [{"part": "flash", "result": "pass"}]}')) == [("flash", "pass", "")]
    assert list(parts_of("[]")) == list(parts_of('{"parts": [7]}')) == list(parts_of("{")) == []


def test_a_board_that_stands_at_the_prompt_is_no_board_that_is_silent() -> None:
    talk, played = talk_with([50], b"\r\nraw REPL; CTRL-B to exit\r\n>OK", lambda asked: [])
    with pytest.raises(AtPrompt, match="heard raw REPL"):
        talk.about(60.0)
    talk, played = talk_with([50], b"", lambda asked: [{"id": asked["id"], "ok": True, "hw": "aa"}])
    played.out += b"boot: rst:0x1\r\n" + improv.frame(improv.STATE, bytes([improv.AUTHORIZED]))
    talk.begun(5.0)
    assert talk.state == improv.AUTHORIZED and not played.asked
    talk.again()
    talk.begun(0.2)  # it said so before anybody listened
    assert talk.about(5.0) == {"id": 1, "ok": True, "hw": "aa"}
