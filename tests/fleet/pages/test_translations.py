"""Templates that were translated once are not translated again, and nothing is kept that could be otherwise later."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, nodes

from fleet.pages.rendering import open_templates
from fleet.pages.translations import KeptTranslations


def opened(folder: Path, text: str = "{{ who }}", made_by: Path = Path(__file__)) -> Environment:
    return Environment(
        loader=DictLoader({"a": text}), autoescape=True, bytecode_cache=KeptTranslations(folder, made_by)
    )


def test_what_another_process_translated_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    assert opened(tmp_path).get_template("a").render(who="Lan") == "Lan"
    options = tmp_path / "options.py"
    options.write_text("another way")
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "_generate", lambda *_, **__: pytest.fail("it was translated again"))
        assert opened(tmp_path).get_template("a").render(who="<Mai>") == "&lt;Mai&gt;"
        for other in (opened(tmp_path, "{{ who }}!"), opened(tmp_path, made_by=options)):
            with pytest.raises(pytest.fail.Exception):
                other.get_template("a")
    for kept in tmp_path.glob("*.cache"):
        kept.write_bytes(kept.read_bytes()[:-9])
    assert opened(tmp_path).get_template("a").render(who="Lan") == "Lan", "a torn one is none"


@pytest.mark.parametrize("keeps_nothing", [True, False])
def test_where_nothing_can_be_kept_it_is_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps_nothing: bool
) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", keeps_nothing)
    folder = tmp_path if keeps_nothing else tmp_path / "not-there"
    assert opened(folder).get_template("a").render(who="Lan") == "Lan"
    assert list(tmp_path.iterdir()) == []


def test_no_template_shows_a_constant_by_a_filter_of_ours() -> None:
    """Jinja asks the filter once, and keeps its answer with the translation."""
    templates = open_templates()
    ours = {name for name, its in templates.filters.items() if its.__module__.startswith("fleet.")}
    assert len(ours) >= 10
    for name in templates.list_templates():
        source, _, _ = templates.loader.get_source(templates, name)  # type: ignore[union-attr]
        shown = templates.parse(source).find_all(nodes.Filter)
        assert not [one for one in shown if one.name in ours and isinstance(one.node, nodes.Const)], name
