"""`motcua run` as a newcomer meets it."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from fleet.laptop.broker import free_port
from fleet.store.database import Store
from fleet.store.rows import every, one, sql
from tests.journeys.house import an_office, settings_in, stands_still, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

TRIES, TICKETS = 3, 4
COUNT = sql("SELECT COUNT(*) AS n FROM events WHERE device NOT LIKE 'srv-%'")
TOLD = sql("""
    SELECT (SELECT COUNT(*) FROM tickets) AS tickets,
        (SELECT COUNT(*) FROM visits WHERE outcome = 'done') AS finished,
        (SELECT COUNT(*) FROM visits WHERE rated) AS rated,
        (SELECT COUNT(*) FROM visit_dossiers) AS dossiers""")


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and what it printed when it was ready."""
    command = (sys.executable, "-m", "fleet", "run", "--data", str(folder), "--port", str(free_port()), *arguments)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = ""
    assert process.stdout is not None
    try:
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        assert "http://127.0.0.1:" in said, said
        yield process, said
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def processes_about(folder: Path) -> list[str]:
    """Command lines and environments of processes that have something to do with this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            about = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in about:
            found.append(about[:200].replace(b"\0", b" ").decode(errors="replace"))
    return found


def told(folder: Path) -> dict[str, int]:
    """How many tickets, finished and rated visits and scanned dossiers there are."""
    store = Store(settings_in(folder).database_url)
    try:
        with store.reading() as connection:
            return dict(one(connection, TOLD)._mapping)
    finally:
        store.close()


def sign_in(said: str) -> httpx2.Client:
    """A browser without a screen, signed in with what the command printed."""
    found = re.search(r"(http://127\.0\.0\.1:\d+)", said), re.search(r"sign in: (\S+)\s+password: (\S+)", said)
    assert all(found), said
    address, (name, password) = found[0].group(1), found[1].groups()  # type: ignore[union-attr]
    client = httpx2.Client(base_url=address, follow_redirects=True, timeout=60)
    form = client.get("/login").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', form)
    assert csrf, form
    answer = client.post("/login", data={"name": name, "password": password, "csrf": csrf.group(1)})
    assert answer.status_code == 200, answer.text
    return client


def test_an_office_lives_leaves_nothing_behind_and_goes_on(tmp_path: Path) -> None:
    with started(tmp_path, "--pace", "120") as (process, said):
        page = sign_in(said)
        end = time.monotonic() + 200
        while not all(told(tmp_path).values()):
            assert time.monotonic() < end, f"expected visits with dossiers and ratings, found {told(tmp_path)}"
            time.sleep(0.2)
        shown = page.get("/").text
        assert "đã đánh giá" in shown
        assert "Mô phỏng" in shown
        assert page.get("/bench").status_code == 200
        assert processes_about(tmp_path), "the devices and the broker are processes"
        with pytest.raises(subprocess.CalledProcessError) as second:
            subprocess.run(
                (sys.executable, "-m", "fleet", "run", "--data", str(tmp_path)),
                check=True,
                capture_output=True,
                text=True,
            )
        assert "another motcua run uses" in second.value.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert processes_about(tmp_path) == []
    before = told(tmp_path)

    with started(tmp_path, "--residents", "0") as (process, said):
        page = sign_in(said)
        assert "đã đánh giá" in page.get("/").text, "the visits of the first run are still there"
        assert told(tmp_path)["tickets"] >= before["tickets"]
        process.kill()  # and even when it is killed, nothing stays behind
        process.wait(60)
        end = time.monotonic() + 60
        while processes_about(tmp_path):
            assert time.monotonic() < end, processes_about(tmp_path)
            time.sleep(0.05)


def test_nothing_enters_the_fleet_but_through_devices_over_the_broker(tmp_path: Path) -> None:
    """With the broker standing still, people go on pressing, and nothing at all is stored."""

    async def journey() -> None:
        async with an_office(tmp_path, people=True, pace=120) as office:
            store = Store(settings_in(tmp_path).database_url)

            def count() -> int:
                with store.reading() as connection:
                    return int(one(connection, COUNT).n)

            await until("the office is busy", lambda: count() > 40, within_s=180)
            with store.reading() as connection:
                speaking = {row[0] for row in every(connection, sql("SELECT DISTINCT device FROM events"))}
            assert speaking <= set(office.boards.boards) | {"srv-send"}
            broker = next(int(p.name) for p in Path("/proc").iterdir() if is_broker_of(p, tmp_path))
            os.kill(broker, signal.SIGSTOP)
            try:
                await until("the broker stands still", lambda: stands_still(broker))
                printer = office.office.printer
                for _ in range(TRIES):
                    standing, seen = count(), printer.count
                    await until(
                        "people take tickets all the same",
                        lambda seen=seen: printer.count >= seen + TICKETS,  # type: ignore[misc]
                    )
                    if count() == standing:
                        break  # else it was under way in the workers when the broker stopped
                else:
                    raise AssertionError("events are stored although the broker stands still")
            finally:
                os.kill(broker, signal.SIGCONT)
            await until("what happened meanwhile comes after", lambda: count() > standing)
            store.close()

    asyncio.run(journey())


def is_broker_of(entry: Path, folder: Path) -> bool:
    """Whether this process is the private Mosquitto of the office in this folder."""
    try:
        return entry.name.isdigit() and f"{folder}/broker/mosquitto.conf" in (entry / "cmdline").read_text()
    except OSError:
        return False
