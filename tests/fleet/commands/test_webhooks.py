"""motcua webhooks."""

from pathlib import Path

import pytest

from fleet.flows import webhooks
from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua, Window, readable

URL = "https://example.vn/motcua"


def add(motcua: Motcua, data: Path, *more: str) -> list[str]:
    return motcua("webhooks", "add", URL, "--event", "visit.closed", *more, "--data", data).stdout.split()


def test_an_address_is_added_shown_tried_and_removed(motcua: Motcua, data: Path, window: Window) -> None:
    assert "nobody is told yet" in motcua("webhooks", "list", "--data", data).stdout
    number, secret = add(motcua, data, "--event", "visit.rated", "--office", "tan-an")
    assert secret.startswith("whsec_")
    code, shown = window("webhooks", "list", "--data", data)
    assert code == 0 and readable(shown) and URL in shown and "visit.rated" in shown and secret not in shown
    assert motcua("webhooks", "test", number, "--data", data).exit_code == 0
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    delivery = webhooks.next_for(store, 1, 1)
    assert delivery is not None and delivery.kind == "test"
    webhooks.tried(store, delivery, webhooks.Outcome(False, "answered [/] 503"), 1)
    store.close()
    code, shown = window("webhooks", "deliveries", number, "--data", data)
    assert code == 0 and readable(shown) and "answered [/] 503" in shown and "waiting" in shown
    assert "paused" in motcua("webhooks", "pause", number, "--data", data).stdout
    assert "(paused)" in motcua("webhooks", "list", "--data", data).stdout
    assert "told again" in motcua("webhooks", "pause", number, "--resume", "--data", data).stdout
    assert motcua("webhooks", "remove", number, "--data", data).exit_code == 0
    assert "nobody is told yet" in motcua("webhooks", "list", "--data", data).stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "x", "--event", "visit.closed"), "url: expected an address"),
        (("add", URL, "--event", "x"), "event: expected one of visit.closed"),
        (("add", URL, "--event", "visit.closed", "--office", "[/]"), "office: expected one of tan-an, found '[/]'"),
        (("remove", "9"), "webhook: expected the number of one, found 9"),
        (("test", "9"), "webhook: expected the number of one, found 9"),
        (("deliveries", "9"), "webhook: expected the number of one, found 9"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    motcua: Motcua, data: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = motcua("webhooks", *arguments, "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in " ".join(result.stderr.split())
