"""Every page and answer of some thirty days, asked of a server again and again: other offices, other days each time.

`HISTORY_READS` says how often each is asked (200; 0: not at all). Of these `dashboard_p99_ms` is what one in a hundred
exceeds, on the wall; `cpu_ms` what the server worked for one. What each process reads when it is new is not in them.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from fleet.clock import now_ms
from fleet.domain.api_rights import Scope
from fleet.domain.rights import Role
from fleet.flows import sign_in, tokens
from fleet.store import people
from fleet.store.database import Store
from fleet.store.rows import one, sql
from fleet.wiring import API
from tests.bench.figures import figure, percentile, progress
from tests.bench.history_made import PROVINCE, RATED_DAYS, Size
from tests.bench.paced_reads import Reader
from tests.bench.pages_process import served

READS = int(os.environ.get("HISTORY_READS", "200"))
FRESH = 3
# Until what a new process loads with its first answers is there.
DAYS = timedelta(days=29)
LASTS_MS = 86_400_000
SESSION = "who-looks-back"
SPAN = "from={first}&to={last}&by="
ASKED = {
    "office by service": f"{API}/offices/{{office}}/waits?{SPAN}service",
    "office by counter": f"{API}/offices/{{office}}/waits?{SPAN}counter",
    "office by hour": f"{API}/offices/{{office}}/waits?{SPAN}hour",
    "office by day": f"{API}/offices/{{office}}/waits?{SPAN}day",
    "office, ratings": f"{API}/offices/{{office}}/satisfaction/{{rated}}",
    "office, page": "/offices/{office}/history?period={month}",
    "province by service": f"{API}/units/{PROVINCE}/waits?{SPAN}service",
    "province by day": f"{API}/units/{PROVINCE}/waits?{SPAN}day",
    "province, ratings": f"{API}/units/{PROVINCE}/satisfaction/{{rated}}",
    "province, side by side": f"{API}/units/{PROVINCE}/comparison/{{month}}",
    "province, page": f"/compare?unit={PROVINCE}&period={{month}}",
}


def read(store: Store, size: Size, at_ms: int, folder: Path, its: dict[str, Any]) -> None:
    """All of them, in turn; the server's clock is at this moment."""
    headers = who_may(store, at_ms)
    ahead_ms = at_ms - now_ms()
    with served(store.url, folder, ahead_ms) as process:
        reader, path_of = Reader(process, headers), paths(size, Random(1))
        for name in ASKED:
            for _ in range(FRESH):
                reader.looked_s(path_of(name))
        for name in ASKED:
            progress(f"history: {name}, {its['db']}")
            worked_s = process.worked_s()
            took = [reader.looked_s(path_of(name)) * 1000 for _ in range(READS)]
            more = {
                "read": name,
                "p50_ms": round(median(took), 1),
                "most_ms": round(max(took), 1),
                "cpu_ms": round((process.worked_s() - worked_s) / READS * 1000, 1),
            }
            figure("dashboard_p99_ms", percentile(took, 0.99), "ms", READS, **more, **its)


def paths(size: Size, chance: Random) -> Callable[[str], str]:
    """What is asked for by a name of the table above: any office, any thirty days that are there."""
    ends = [day for day in size.days if day - DAYS >= size.days[0]]
    lately = [day for day in ends if day >= ends[-1] - timedelta(days=RATED_DAYS - DAYS.days)]

    def path_of(name: str) -> str:
        last, rated = chance.choice(ends), chance.choice(lately)
        told = {"first": last - DAYS, "last": last, "month": f"{last:%Y-%m}", "rated": f"{rated:%Y-%m}"}
        return ASKED[name].format(office=chance.choice(size.ids), **told)

    return path_of


def who_may(store: Store, at_ms: int) -> dict[str, str]:
    """Somebody of the province who has signed in, and a program: what their requests show."""
    sign_in.add_person(store, SESSION, "mot-hai-ba-bon", Role.ADMINISTRATOR, at_ms)
    with store.writing() as connection:
        person = one(connection, sql("SELECT id FROM users WHERE name = :name"), name=SESSION).id
        people.add_session(connection, sign_in.token_hash(SESSION), person, "csrf", at_ms, at_ms + LASTS_MS)
    secret = tokens.issue(store, PROVINCE, frozenset({Scope.READ}), None, 30, at_ms).secret
    return {"Cookie": f"motcua={SESSION}", "Authorization": f"Bearer {secret}"}
