"""motcua queue."""

from pathlib import Path

from tests.fleet.commands.conftest import Motcua, Window, readable


def test_rules_are_shown_and_changed(motcua: Motcua, data: Path) -> None:
    assert "2 calls to classes" in motcua("queue", "rules", "tan-an", "--data", data).stdout
    assert "at most 600 s" in motcua("queue", "rules", "tan-an", "--added-s", 600, "--data", data).stdout
    shown = motcua("queue", "rules", "tan-an", "--data", data).stdout
    assert "at most 600 s" in shown and "2 calls to classes" in shown


def test_what_can_not_be_changes_nothing(motcua: Motcua, data: Path) -> None:
    refused = motcua("queue", "rules", "tan-an", "--in-a-row", 10, "--data", data)
    assert "most_in_a_row: expected a number from 0 to 9, found 10" in refused.stderr
    refused = motcua("queue", "rules", "tan", "--data", data)
    assert "office: expected one of tan-an, found 'tan'" in refused.stderr
    assert "2 calls to classes" in motcua("queue", "rules", "tan-an", "--data", data).stdout


def test_classes_are_added_moved_and_removed(motcua: Motcua, data: Path) -> None:
    def classes(*asked: object) -> list[str]:
        return [
            line.split()[0] for line in motcua("queue", "class", "tan-an", *asked, "--data", data).stdout.splitlines()
        ][8:]

    invalid = ("thuong-binh", "--name", "Thương binh", "--basis", "Pháp lệnh 02/2020/UBTVQH14")
    assert classes(*invalid) == ["appointment", "priority", "senior", "thuong-binh"]
    assert classes(*invalid, "--before", "priority") == ["appointment", "thuong-binh", "priority", "senior"]
    assert classes(*invalid, "--from", "2026-07-01") == ["appointment", "thuong-binh", "priority", "senior"]
    assert classes("priority", "--remove") == ["appointment", "thuong-binh", "senior"]
    refused = motcua("queue", "class", "tan-an", "priority", "--remove", "--data", data)
    assert "class: expected one of appointment, thuong-binh, senior, found 'priority'" in " ".join(
        refused.stderr.split()
    )
    refused = motcua("queue", "class", "tan-an", "senior", "--name", "Già", "--to", "mai", "--data", data)
    assert "senior.valid_to: expected a day such as 2026-07-01, found 'mai'" in refused.stderr
    assert "--name: expected" in motcua("queue", "class", "tan-an", "senior", "--data", data).stderr


def test_what_a_counter_calls_for(motcua: Motcua, data: Path) -> None:
    told = motcua("queue", "counter", "quay-1", "--calls", "ho-tich", "--helps", "dat-dai", "--data", data)
    assert told.stdout == "quay-1 calls for ho-tich, helps with dat-dai\n"
    for asked, said in (
        (("quay-9", "--calls", "ho-tich"), "counter: expected the id of a counter, found 'quay-9'"),
        (("quay-1", "--calls", "thue"), "service: expected one of ho-tich, dat-dai, found 'thue'"),
        (("quay-1", "--helps", "dat-dai"), "expected at least one that the counter calls for"),
        (("quay-1", "--calls", "dat-dai", "--helps", "dat-dai"), "found both"),
    ):
        assert said in motcua("queue", "counter", *asked, "--data", data).stderr


def test_it_fits_a_window(window: Window, data: Path) -> None:
    code, shown = window("queue", "rules", "tan-an", "--data", data)
    assert (code, readable(shown)) == (0, True)


def test_a_day_is_looked_at(motcua: Motcua, data: Path) -> None:
    looked = motcua("queue", "check", "tan-an", "--day", "2026-11-09", "--data", data)
    said = "2026-11-09: nobody was called, so there is nothing to prove\n"
    assert (looked.exit_code, looked.stdout) == (0, said)
    assert "office: expected one of tan-an" in motcua("queue", "check", "tan", "--data", data).stderr
