"""A comparison as open data: a row for each place and measure, and for each quantile of waits."""

from collections.abc import Iterator

from fleet.domain.compared import Comparison
from fleet.domain.comparing import Row
from fleet.domain.standardising import Share
from fleet.domain.wait_quantiles import Quantile
from fleet.flows.separated_text import as_text

HEADINGS = (
    *("unit", "period", "until", "view", "service", "place", "name", "measure", "n"),
    *("value", "low", "high", "standardised", "standardised_low", "standardised_high"),
    *("expected", "adjusted", "covers_common_mix", "covers_own_mix", "variance_ratio", "chance_corrected", "group"),
    *("stands_out", "drawn", "drawn_low", "drawn_high"),
)
EMPTY = ("", "", "")


def comparison_csv(found: Comparison) -> bytes:
    """All that may be told of it. Shares are parts of one, times are seconds."""
    return as_text([HEADINGS, *rows_of(found)])


def rows_of(found: Comparison) -> Iterator[tuple[str, ...]]:
    """Place by place."""
    whole = (found.unit, str(found.period), found.until.isoformat(), found.view.value, found.service or "")
    for measure, its in found.shares.items():
        for row in its.rows:
            yield (*whole, row.place, safe(found.names[row.place]), measure.value, str(row.n), *share_row(row))
    for wait in found.waits:
        for name, plain, standardised in (
            ("wait_p50", wait.p50, wait.p50_standardised),
            ("wait_p90", wait.p90, wait.p90_standardised),
        ):
            its_own = (
                wait.place,
                safe(found.names[wait.place]),
                name,
                str(wait.n),
                *times(plain),
                *times(standardised),
            )
            yield (*whole, *its_own, *[""] * (len(HEADINGS) - len(whole) - len(its_own)))


def share_row(row: Row) -> tuple[str, ...]:
    """The figures of a share."""
    return (
        *share(row.plain),
        *share(row.standardised),
        f"{row.expected:.2f}",
        f"{row.adjusted:.4f}",
        f"{row.covers:.4f}",
        f"{row.own_covered:.4f}",
        f"{row.alike:.2f}",
        "" if row.chance is None else f"{row.chance:.4g}",
        row.group.value,
        "1" if row.stands_out else "0",
        *(share(None if row.drawn is None else Share(row.drawn.share, row.drawn.low, row.drawn.high))),
    )


def share(one: Share | None) -> tuple[str, ...]:
    """A share and its interval."""
    return EMPTY if one is None else tuple(f"{value:.4f}" for value in (one.share, one.low, one.high))


def times(one: Quantile | None) -> tuple[str, ...]:
    """A time and its interval, in seconds."""
    return EMPTY if one is None else tuple(f"{value:.0f}" for value in (one.seconds, one.low_s, one.high_s))


def safe(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@") else name
