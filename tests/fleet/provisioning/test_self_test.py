"""Boards at one bench test themselves: one prints a code, another reads that paper, and a person looks."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from fleet.laptop.boards import Boards
from fleet.laptop.printer import SimulatedPrinter
from fleet.laptop.scanner import SimulatedScanner
from fleet.laptop.serial_board import SerialBoard
from fleet.provisioning.book import Book
from fleet.provisioning.cable import Cable
from fleet.provisioning.claims import claim_of
from fleet.provisioning.conversation import Conversation
from fleet.provisioning.hands import Question
from fleet.provisioning.means import Means
from fleet.provisioning.offering import offer
from fleet.provisioning.ports import Port
from fleet.provisioning.results import Note, PartSaid
from fleet.provisioning.self_test import PartFailed
from tests.firmware.cable_host import WITHIN_S, claim, with_firmware

PRINTS, READS = "e6616408432c9d01", "e6616408432c9d02"
ROLES = {PRINTS: "printer", READS: "reader"}


class Somebody:
    """A person at the bench: presses keys, takes paper from one board to the other, and says what he sees."""

    def __init__(self, loop: asyncio.AbstractEventLoop, boards: dict[str, SerialBoard], printer: SimulatedPrinter):
        self.loop, self.boards, self.printer = loop, boards, printer
        self.asked: list[Question] = []

    def do(self, deed: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(deed, self.loop).result(WITHIN_S)

    def sees(self, question: Question, within_s: float, alive: Any) -> str:
        alive()
        self.asked.append(question)
        return "again" if len(self.asked) == 1 else "pass"

    def hears(self, hw: str, said: Note) -> None:
        if not isinstance(said, PartSaid) or said.result != "ask":
            return
        if said.part == "reader":
            paper = self.do(self.printer.next_slip(0)).slip
            assert said.code in paper.text
            self.do(self.boards[hw].feed("scanner", said.code.encode() + b"\r"))
        elif said.part == "buttons" and said.found.startswith("press each"):
            for _ in range(3):
                self.do(self.boards[hw].press("service_1", 40))
                self.do(asyncio.sleep(0.03))


def test_a_code_that_one_board_printed_is_read_by_another_and_a_person_says_what_he_sees(tmp_path: Path) -> None:
    async def story() -> None:
        lines = Boards(tmp_path / "boards", "127.0.0.1", 1)
        await lines.start()
        boards = {hw: SerialBoard(lines, role, hw) for hw, role in ROLES.items()}
        printer, scanner = SimulatedPrinter(boards[PRINTS]), SimulatedScanner(boards[READS])
        tasks = [asyncio.create_task(printer.run()), asyncio.create_task(scanner.run())]
        for board in boards.values():
            with_firmware(board, "printer", "rating", "reader")
            await board.plug_in_again()
        person = Somebody(asyncio.get_running_loop(), boards, printer)
        await asyncio.to_thread(at_one_bench, tmp_path / "book", boards, person)
        for task in tasks:
            task.cancel()
        await lines.stop()

    asyncio.run(story())


def at_one_bench(folder: Path, boards: dict[str, SerialBoard], person: Somebody) -> None:
    book = Book(folder)
    for hw, role in ROLES.items():
        said = claim(1, (role,), claim=f"C-{role}", device=f"d-{role}", hw=hw, until=4_000_000_000_000)
        book.add([claim_of(said)])
    means = Means(book, lambda board, roles: {}, person=person.sees)
    means.codes.expect(PRINTS)
    found: dict[str, dict[str, tuple[str, str]]] = {}

    def work(hw: str) -> None:
        cable, parts = Cable(Port(boards[hw].port, hw), find=lambda port: boards[hw].port), []  # type: ignore[var-annotated]
        cable.open()
        talk = Conversation(cable)
        assert talk.about(WITHIN_S) is not None
        with pytest.raises(PartFailed, match=r"^broker: "):  # nobody listens there, and nothing else is wrong
            offer(talk, means, book.bind(hw, 0), lambda step, note, share: person.hears(hw, note), parts)
        found[hw] = {part: (result, said) for part, result, said in parts}
        cable.close()

    threads = [threading.Thread(target=work, args=(hw,)) for hw in (READS, PRINTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    code = found[PRINTS]["printer"][1].split()[-1]
    assert found[READS]["reader"] == ("pass", f"takes commands, read {code}")
    assert found[PRINTS]["buttons"][0] == "pass" and found[READS]["buttons"][0] == "skipped"
    assert found[PRINTS]["lamps"] == ("pass", "lamp_ready, lamp_fault, seen by a person")
    assert found[READS]["lamps"][0] == "pass" and len(person.asked) == 3  # one of them he had shown again
    assert all(parts["clock"][0] in ("pass", "skipped") for parts in found.values())
    assert [json.loads(one["record"])["passed"] for one in book.records().values()] == [False, False]
    book.close()
