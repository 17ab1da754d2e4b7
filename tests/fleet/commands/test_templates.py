"""motcua templates, and what a device has from them."""

from pathlib import Path

from tests.fleet.commands.conftest import Motcua

HERE = "office:tan-an:rating"


def test_a_template_is_looked_at_said_and_taken_back(motcua: Motcua, data: Path) -> None:
    def said(*arguments: object) -> str:
        done = motcua(*arguments, "--data", data)
        assert done.exit_code == 0, done.output
        return done.stdout

    seen = said("templates", "preview", HERE, "rating.wait_s=12", "rating.reasons=long_wait attitude")
    assert "2 of 2 devices would change, at 1 offices" in seen and "tan-an  nut-1  rating.wait_s  8 -> 12" in seen
    assert said("templates", "list") == ""
    assert "version 1  2 devices told" in said("templates", "set", HERE, "rating.wait_s=12", "--note", "thử một tuần")
    assert f"{HERE}  version 1  rating.wait_s=12" in said("templates", "list")
    fields = said("devices", "settings", "nut-1")
    assert f"rating.wait_s       12                      {HERE}, version 1" in fields
    said("devices", "scale", "nut-1", "3")
    assert "scale               3                       its own" in said("devices", "settings", "nut-1")
    assert "nut-1 has scale from where it stands" in said("devices", "inherit", "nut-1", "scale")
    assert "version 2  2 devices told" in said("templates", "unset", HERE, "rating.wait_s")
    assert "it says nothing" in said("templates", "show", HERE)
    assert "version 3  2 devices told" in said("templates", "back", HERE, 1)
    past = said("templates", "history", HERE)
    assert past.index("version 3") < past.index("(holds)") < past.index("version 1") < past.index("thử một tuần")


def test_what_can_not_be_is_refused(motcua: Motcua, data: Path) -> None:
    for fields, sentence in (
        (["display.volume=9"], "field: expected one of scale, rating.reasons,"),
        (["rating.wait_s=2"], "rating.wait_s: expected a whole number from 3 to 30, found 2"),
        (["rating.wait_s"], "expected FIELD=VALUE, such as display.volume=12, found 'rating.wait_s'"),
    ):
        done = motcua("templates", "set", HERE, *fields, "--data", data)
        assert done.exit_code == 1 and sentence in " ".join(done.output.split())
    done = motcua("templates", "unset", HERE, "rating.wait_s", "--data", data)
    assert done.exit_code == 1 and f"expected one that {HERE} says (none)" in " ".join(done.output.split())
