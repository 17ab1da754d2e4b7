"""motcua offices, motcua devices printer, and motcua devices sleep."""

from pathlib import Path

from tests.fleet.commands.conftest import Motcua, Window, readable


def test_what_stands_on_tickets_is_set_and_shown(motcua: Motcua, data: Path) -> None:
    asked = ("--hotline", "1900 1022", "--ticket-url", "https://t.example/", "--text", "title.en=QUEUE = TICKET")
    assert motcua("offices", "tickets", "tan-an", *asked, "--data", data).exit_code == 0
    shown = motcua("offices", "--data", data).stdout
    for words in ("tan-an", "Phường Tân An", "1900 1022", "https://t.example/", "title.en", "QUEUE = TICKET"):
        assert words in shown


def test_what_whoever_has_rated_is_given(motcua: Motcua, data: Path) -> None:
    assert "một chai nước" in motcua("offices", "thanks", "tan-an", "Mời nhận một chai nước", "--data", data).stdout
    refused = motcua("offices", "thanks", "tan-an", "x" * 121, "--data", data)
    assert refused.exit_code == 1 and "expected at most 120 characters" in refused.stderr
    forged = motcua("offices", "check-thanks", "tan-an", "K7M-4QX", "--data", data)
    assert forged.exit_code == 1 and "found 'K7M-4QX'" in forged.stderr
    motcua("offices", "thanks", "tan-an", "", "--data", data)
    assert ["thanks", "none"] in [line.split() for line in motcua("offices", "--data", data).stdout.splitlines()]


def test_a_wrong_text_is_refused_with_a_sentence(motcua: Motcua, data: Path) -> None:
    refused = motcua("offices", "tickets", "tan-an", "--text", "title", "--data", data)
    assert (refused.exit_code, refused.stderr.strip()) == (1, "motcua: text: expected word=text, found 'title'")
    refused = motcua("offices", "tickets", "tan", "--data", data)
    assert "expected one of tan-an, found 'tan'" in refused.stderr


def test_no_offices_yet(motcua: Motcua, tmp_path: Path) -> None:
    motcua("migrate", "--data", tmp_path)
    assert "no offices yet" in motcua("offices", "--data", tmp_path).stdout


def test_a_printer_by_the_numbers_of_its_trial_page(motcua: Motcua, data: Path) -> None:
    def rows(*asked: object) -> dict[str, str]:
        lines = motcua("devices", "printer", "tp-1", *asked, "--data", data).stdout.splitlines()
        return dict(line.split() for line in lines)

    assert rows()["text"] == "tcvn3"
    assert rows("--letters", 3, "--code", 6, "--bar", 7, "--no-cutter")["width"] == "384"
    known = rows()
    assert (known["text"], known["qr"], known["cutter"], known["status"]) == ("raster", "raster", "no", "yes")


def test_a_number_that_is_not_on_the_page_is_refused(motcua: Motcua, data: Path) -> None:
    refused = motcua("devices", "printer", "tp-1", "--letters", 5, "--data", data)
    assert (refused.exit_code, refused.stderr.strip()) == (1, "motcua: letters: expected 1 or 2 or 3 or 4, found 5")
    assert "expected a device with a printer" in motcua("devices", "printer", "nut-1", "--data", data).stderr


def test_both_fit_a_window(window: Window, data: Path) -> None:
    for asked in (("offices",), ("devices", "printer", "tp-1")):
        code, shown = window(*asked, "--data", data)
        assert (code, readable(shown)) == (0, True)


def test_a_device_that_sleeps(motcua: Motcua, data: Path) -> None:
    assert motcua("devices", "sleep", "nut-1", "--after", 5, "--data", data).stdout == (
        "nut-1 sleeps 5 s after the last press\n"
    )
    assert motcua("devices", "sleep", "nut-1", "--data", data).stdout == "nut-1 stays awake\n"
    refused = motcua("devices", "sleep", "tp-1", "--after", 5, "--data", data)
    assert "expected a device with rating buttons and nothing else" in refused.stderr


def test_an_office_demands_that_clerks_sign_in(motcua: Motcua, data: Path) -> None:
    assert "not required" in motcua("offices", "--data", data).stdout
    shown = motcua("offices", "sign-in", "tan-an", "--required", "--data", data).stdout
    assert shown == motcua("offices", "--data", data).stdout and "not required" not in shown
    motcua("offices", "sign-in", "tan-an", "--not-required", "--data", data)
    assert "not required" in motcua("offices", "--data", data).stdout
    refused = motcua("offices", "sign-in", "tan-bn", "--required", "--data", data)
    assert refused.exit_code == 1 and "expected one of tan-an, found 'tan-bn'" in refused.stderr
