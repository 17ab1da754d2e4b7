"""The tree of a country, codes that lead to organisations, calendars, and a catalogue searched while somebody types."""

import csv
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy import Connection

from fleet.domain.calendars import Calendar
from fleet.domain.closing import days_of_numbers
from fleet.domain.day import midnight
from fleet.domain.org_table import rows_of_tree
from fleet.domain.org_tree import Heir, Kind, Node, Tree
from fleet.domain.procedure_search import ProcedureIndex
from fleet.domain.procedures import Procedure
from fleet.domain.responsible import Organisations
from fleet.domain.succession import comparable
from fleet.flows.calendars import calendar_of
from fleet.flows.desk_dossiers import dossiers_at
from fleet.flows.tokens import offices_below
from fleet.flows.units import import_units, tree_of
from fleet.store.database import Store
from protocols.dossier_code import parse_dossier_code
from tests.bench.figures import figure, percentile, progress

PROVINCES, COMMUNES, MERGED = 34, 98, 3
# As in Việt Nam: 3,321 communes of now, three times as many before.
CHANGE = date(2025, 7, 1)
TODAY = date(2026, 11, 20)
DOSSIERS, LOOKS = 3, 20
PROCEDURES, QUESTIONS, CODES, CALENDARS = 2_000, 1_000, 10_000, 200
SYLLABLES = (
    "đăng ký khai sinh tử kết hôn chứng thực bản sao đất đai biến động hộ tịch cấp giấy phép xây dựng trợ cấp xã hội "
    "người có công gia hạn điều chỉnh lại đổi thay thế hồ sơ bảo hiểm y tế giáo dục môi trường lao động kinh doanh"
)


def run() -> None:
    """A country in a store, and a catalogue in memory."""
    progress("organisation: the tree of a country")
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/motcua.sqlite")
        store.migrate()
        measure_tree(store, Path(folder) / "units.csv")
        store.close()
    progress("organisation: a catalogue")
    measure_search()


def measure_tree(store: Store, path: Path) -> None:
    """Import, load, compare, resolve."""
    nodes = list(country())
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows_of_tree(Tree(nodes)))
    figure("tree_import_s", seconds(lambda: import_units(store, path, "bench", 0)), "s", 1, units=len(nodes))
    figure("tree_load_s", seconds(lambda: tree_of(store)), "s", 1, units=len(nodes))
    parts_of_the_tree(store)
    tree = tree_of(store)
    figure("tree_compare_s", seconds(lambda: comparable(tree, [Kind.CENTRE], date(2025, 6, 30), TODAY)), "s", 1)
    organisations = Organisations(tree)
    codes = [parse_dossier_code(f"H{n % PROVINCES:02d}.{n % COMMUNES:02d}.05-261008-0975") for n in range(1000)]
    took = seconds(lambda: [organisations.of(codes[n % 1000], TODAY) for n in range(CODES)])
    figure("code_resolve_us", took / CODES * 1e6, "us", CODES)
    took = seconds(lambda: [lease_days(store, f"x{n % PROVINCES}-{n % COMMUNES}") for n in range(CALENDARS)])
    figure("calendar_days_ahead_ms", took / CALENDARS * 1e3, "ms", CALENDARS)


def parts_of_the_tree(store: Store) -> None:
    """What is read of it at each look at a counter's page, and at each request with a token; beside all of it."""
    whole_s = seconds(lambda: tree_of(store))
    codes = [f"H00.{n:02d}.05-261008-0975" for n in range(DOSSIERS)]
    now_ms = midnight(TODAY, "Asia/Ho_Chi_Minh")
    asked: dict[str, Callable[[Connection], object]] = {
        "desk_dossiers_ms": lambda connection: dossiers_at(connection, "x0-0", codes, TODAY),
        "token_of_a_commune_ms": lambda connection: offices_below(connection, "x0-0", now_ms),
        "token_of_a_province_ms": lambda connection: offices_below(connection, "t0", now_ms),
    }
    for name, ask in asked.items():
        with store.reading() as connection:
            ask(connection)
            took = median([seconds(lambda ask=ask, connection=connection: ask(connection)) for _ in range(LOOKS)])
        figure(name, took * 1e3, "ms", LOOKS, whole_tree_ratio=round(whole_s / took, 1))


def lease_days(store: Store, unit: str) -> list[date]:
    """The days for which a printer holds numbers, from the tables."""
    with store.reading() as connection:
        calendar: Calendar = calendar_of(connection, unit)
    return list(days_of_numbers(calendar, TODAY, 30, {}))


def measure_search() -> None:
    """Questions of one to four words, some of them only begun."""
    chance, syllables = Random(766), SYLLABLES.split()
    catalogue = [
        Procedure(f"1.{n:06d}", " ".join(chance.choices(syllables, k=chance.randint(5, 20)))) for n in range(PROCEDURES)
    ]
    uses = {one.code: chance.randint(0, 99) for one in catalogue}
    index = ProcedureIndex(catalogue, uses)
    figure("search_index_ms", seconds(lambda: ProcedureIndex(catalogue, uses)) * 1e3, "ms", 1, procedures=PROCEDURES)
    took = []
    for _ in range(QUESTIONS):
        words = chance.choices(syllables, k=chance.randint(1, 4))
        question = " ".join(word[: chance.randint(1, 4)] for word in words)
        took.append(seconds(lambda question=question: index.search(question)) * 1e3)
    figure("search_p50_ms", percentile(took, 0.5), "ms", QUESTIONS, procedures=PROCEDURES)
    figure("search_p99_ms", percentile(took, 0.99), "ms", QUESTIONS, procedures=PROCEDURES)


def country() -> Iterator[Node]:
    """Provinces whose communes were three each; every third one was split between two."""
    for p in range(PROVINCES):
        yield Node(f"t{p}", Kind.PROVINCE, f"Tỉnh {p}", hotline="1022")
        for c in range(COMMUNES):
            yield Node(f"x{p}-{c}", Kind.CENTRE, f"Xã {c}", f"t{p}", valid_from=CHANGE)
            code = (f"H{p:02d}.{c:02d}",)
            yield Node(f"u{p}-{c}", Kind.ORGANISATION, f"UBND {c}", f"t{p}", valid_from=CHANGE, codes=code)
            for o in range(MERGED):
                heirs = [Heir(f"x{p}-{c}")] if o else [Heir(f"x{p}-{c}"), Heir(f"x{p}-{(c + 1) % COMMUNES}")]
                yield Node(f"o{p}-{c}-{o}", Kind.CENTRE, f"Xã cũ {c}", f"t{p}", valid_to=CHANGE, heirs=tuple(heirs))


def seconds(work: Callable[[], object]) -> float:
    """How long this takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
