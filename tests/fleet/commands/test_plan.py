"""motcua plan: its tables are those of the documentation, in both languages."""

from pathlib import Path

import pytest

from tests.fleet.commands.conftest import Motcua

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(("language", "page"), [("en", "scale.md"), ("vi", "scale.vi.md")])
def test_the_documentation_holds_what_it_says(motcua: Motcua, language: str, page: str) -> None:
    told = motcua("plan", "--devices", 100_000, "--markdown", "--language", language)
    assert told.exit_code == 0
    _, _, rest = (DOCS / page).read_text("utf-8").partition("<!-- plan -->\n")
    assert rest.partition("<!-- /plan -->")[0].strip() == told.stdout.strip(), (
        f"expected what `motcua plan --devices 100000 --markdown --language {language}` says now in docs/{page}"
    )


def test_the_sums_of_the_documentation_are_those_of_the_plan(motcua: Motcua) -> None:
    page = (DOCS / "scale.md").read_text("utf-8")
    told = motcua("plan", "--devices", 100_000, "--prices", "12,3,0.1", "--language", "en")
    assert f"= {told.stdout.split()[-1]} a month" in page
    province = motcua("plan", "--devices", 3_000, "--markdown", "--language", "en").stdout
    (cores,) = [line.split("|")[2].strip() for line in province.splitlines() if line.startswith("| cores (vCPU)")]
    (disk,) = [line.split("|")[2].strip() for line in province.splitlines() if line.startswith("| disk for 10")]
    assert f"({cores} cores, {disk} GB in ten years)" in page


def test_a_table_on_a_terminal_and_a_sum_of_prices(motcua: Motcua) -> None:
    told = motcua("plan", "--devices", 1_000, "--prices", "12,3,0.1", "--language", "en")
    assert told.exit_code == 0 and "one `send` welcomes all within ten minutes" in told.stdout
    assert "× price of a GB of disk = " in told.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--prices", "12;3"), "expected three numbers with commas between, such as 12,3,0.1, found '12;3'"),
        (("--language", "fr"), "language: expected vi or en, found 'fr'"),
    ],
)
def test_what_cannot_be_is_said(motcua: Motcua, arguments: tuple[str, ...], said: str) -> None:
    told = motcua("plan", *arguments)
    assert told.exit_code == 1 and said in " ".join(told.output.split())
