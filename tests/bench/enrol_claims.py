"""How long it takes to make claims for a province's devices: from a table, and through the API."""

import tempfile
import time
from pathlib import Path

from fastapi.testclient import TestClient

from fleet.api.app import create_api
from fleet.api.claim_routes import MOST
from fleet.domain.api_rights import Scope
from fleet.flows import tokens
from fleet.flows.claim_many import claim_content
from fleet.settings import Settings
from tests.bench.figures import figure
from tests.fleet.office import NINE, OFFICE, open_office

DEVICES = 10_000


def enrol_claims(n: int = DEVICES) -> None:
    """Print the figures, each on an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        store, _ = open_office(Path(folder) / "csv")
        rows = "".join(f"d-{one};rating;{OFFICE};quay-1\n" for one in range(n))
        began = time.monotonic()
        claim_content(store, "a.csv", ("Mã thiết bị;Vai trò;Đơn vị;Quầy\n" + rows).encode(), "bench", 24, NINE)
        figure("enrol_csv_s", time.monotonic() - began, "s", n)
        store.close()
        store, _ = open_office(Path(folder) / "api")
        secret = tokens.issue(store, "bench", frozenset({Scope.ENROL}), None, 1, NINE).secret
        api = TestClient(create_api(store, lambda: NINE, settings=Settings(devices_host="broker")))
        began = time.monotonic()
        for first in range(0, n, MOST):
            wanted = [{"roles": ["rating"], "office": OFFICE} for _ in range(first, min(first + MOST, n))]
            made = api.post("/claims", json={"claims": wanted}, headers={"Authorization": f"Bearer {secret}"})
            if made.status_code != 201:
                raise RuntimeError(made.text)
        figure("enrol_api_s", time.monotonic() - began, "s", n)
        store.close()
