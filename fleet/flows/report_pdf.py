"""A report as a PDF that somebody signs: the parts of a public document, charts, tables, and how it was worked out."""

from fleet.domain.figures import count_of, number_of, percent_of, points_of, shown_day, shown_period
from fleet.domain.indicator_texts import CLASSES, FORMULAS, NAMES, said
from fleet.domain.named_periods import Length
from fleet.domain.report import Report
from fleet.domain.report_tables import Table, step_name, tables
from fleet.domain.report_texts import say
from fleet.flows.report_charts import Bar, columns, shares, spans
from fleet.flows.report_page import LEFT_MM, RIGHT_MM, SMALL_PT, PublicDocument

WIDE_INTERVAL = 0.2
# Wider than this, and two months look different by chance alone.
PLACE_KINDS = (
    *("UBND ", "Ủy ban nhân dân ", "Bộ phận Một cửa ", "Trung tâm Phục vụ hành chính công "),
    *("phường ", "xã ", "đặc khu ", "thị trấn ", "huyện ", "quận ", "tỉnh ", "thành phố "),
)
WIDTHS: dict[str, tuple[float, ...]] = {
    "summary": (52, 24, 24),
    "services": (30, 10, 10, 13, 13, 12, 14),
    "times": (30, 10, 10, 13, 13, 12, 14),
    "ratings": (50, 25, 25),
    "indicators": (7, 34, 13, 18, 40),
    "fields": (40, 14, 14, 14, 18),
    "criteria": (7, 42, 13, 9, 9, 8, 18),
}


def as_pdf(report: Report, language: str) -> bytes:
    """The whole document."""
    title = f"{report.name} · {shown_period(report.period, language)}"
    page = PublicDocument(title, language, report.made_on)
    by_key = {table.key: table for table in tables(report, language)}
    top(page, report, language)
    visits(page, report, by_key, language)
    ratings(page, report, by_key, language)
    official(page, report, by_key, language)
    bottom(page, report, language)
    appendix(page, report, by_key, language)
    return bytes(page.output())


def top(page: PublicDocument, report: Report, language: str) -> None:
    """Who writes on the left, the nation and its motto on the right, number and day, and what this is."""
    left, right, gap = 62.0, 96.0, 4.0
    x = LEFT_MM + left + gap
    y = page.get_y()
    if report.above:
        page.middle(report.above.upper(), 12, x=LEFT_MM, width=left)
    page.middle(report.name.upper(), 12, "B", x=LEFT_MM, width=left)
    page.rule(LEFT_MM + left / 3, left / 3)
    lower = page.get_y()
    page.set_y(y)
    page.middle(say("nation", language), 12, "B", x=x, width=right)
    page.middle(say("motto", language), 13, "B", x=x, width=right)
    page.letters(13, "B")
    motto = page.get_string_width(say("motto", language))
    page.rule(x + (right - motto) / 2, motto)
    y = max(lower, page.get_y()) + 2
    page.set_y(y)
    page.middle(say("number", language), 13, x=LEFT_MM, width=left)
    page.set_y(y)
    place = place_of(report)
    page.middle(say("place_and_day", language, place=place, year=report.made_on.year), 13, "I", x=x, width=right)
    page.ln(6)
    page.middle(say("kind", language), 14, "B")
    period = shown_period(report.period, language)
    period = period[0].lower() + period[1:] if language == "vi" else period
    page.middle(say("subject", language, period=period), 14, "B")
    page.rule((page.w + LEFT_MM - RIGHT_MM) / 2 - 20, 40)
    page.ln(3)
    if say("translation", language):
        page.middle(say("translation", language), 11, "I")
        page.ln(2)
    values = {"first": shown_day(report.period.first), "last": shown_day(report.until), "days": report.working_days}
    opening = "opening_day" if report.period.length == Length.DAY else "opening"
    page.paragraph(say(opening, language, name=report.name, **values))
    if not report.is_over:
        page.paragraph(say("not_over", language, day=shown_day(report.until)), style="I")


def visits(page: PublicDocument, report: Report, by_key: dict[str, Table], language: str) -> None:
    """How many came, and how long they waited."""
    page.heading(say("part.visits", language))
    row = report.whole
    if not row.visits:
        page.paragraph(say("no_visits", language))
        return
    before = ""
    if report.earlier.visits:
        before = say("visits_before", language, visits=count_of(report.earlier.visits, language))
    a_day = number_of(row.visits / max(1, report.working_days), language, 1)
    page.paragraph(
        say("visits", language, visits=count_of(row.visits, language), a_day=a_day, before=before)
        + (" " + say("absent", language, n=count_of(row.no_shows, language)) if row.no_shows else "")
    )
    page.paragraph(waited(report, language))
    if len(report.steps) > 1:
        bars = [Bar(step_name(report, one.key, language), one.visits) for one in report.steps if one.visits]
        title = say("chart.times", language, by=say(f"chart.by.{report.by}", language))
        columns(page, title, [short(bar, report) for bar in bars])
    spread = [
        Bar(report.names.get(one.key) or say("scan", language), one.wait.p90_s / 60, one.wait.p50_s / 60)
        for one in report.services
        if one.wait.p90_s is not None and one.wait.p50_s is not None
    ]
    if spread:
        target = None if report.target_s is None else report.target_s / 60
        spans(page, say("chart.waits", language), spread, target, say("target_line", language))
    page.table_of(by_key["services"], WIDTHS["services"], language)


def waited(report: Report, language: str) -> str:
    """How long, in a sentence; or that too few waited to say it."""
    wait = report.whole.wait
    if wait.p50_s is None or wait.p90_s is None:
        return say("waited_few", language, n=wait.n)
    within = ""
    if wait.within is not None:
        one = report.target_s
        minutes = None if one is None else number_of(one / 60, language, 0)
        target = say("targets", language) if minutes is None else say("target", language, minutes=minutes)
        within = say("waited_within", language, within=percent_of(wait.within, language, 1), target=target)
    p50, p90 = (number_of(seconds / 60, language, 1) for seconds in (wait.p50_s, wait.p90_s))
    return say("waited", language, p50=p50, p90=p90, within=within)


def ratings(page: PublicDocument, report: Report, by_key: dict[str, Table], language: str) -> None:
    """What residents pressed, with its interval; nothing of fewer than five."""
    page.heading(say("part.ratings", language))
    its, score = report.opinion, report.opinion.score
    if score.share is None or score.low is None or score.high is None:
        page.paragraph(say("ratings_few", language, rated=its.rated, served=its.served))
        return
    was = report.opinion_before.score
    before = ""
    if was.share is not None:
        before = say("ratings_before", language, share=percent_of(was.share, language, 1), n=was.n)
    shown = {name: percent_of(getattr(score, name), language, 1) for name in ("share", "low", "high")}
    rate = percent_of(its.rated / its.served, language, 1) if its.served else "–"
    numbers = {
        name: count_of(n, language) for name, n in (("rated", its.rated), ("served", its.served), ("n", score.n))
    }
    page.paragraph(say("ratings", language, rate=rate, before=before, **numbers, **shown))
    if score.high - score.low > WIDE_INTERVAL:
        page.paragraph(say("ratings_wide", language), style="I")
    if score.by_score:
        names = [say(f"level.{score.scale}.{n}", language) for n in range(1, len(score.by_score) + 1)]
        bars = [Bar(name, n) for name, n in zip(names, score.by_score, strict=True)]
        shares(page, say("chart.ratings", language, n=sum(score.by_score)), bars)
    page.table_of(by_key["ratings"], WIDTHS["ratings"], language)


def official(page: PublicDocument, report: Report, by_key: dict[str, Table], language: str) -> None:
    """The official indicators, the form of nine, and the dossiers that need somebody."""
    found = report.official
    basis = "by_scan" if found.organisation is None else "by_organisation"
    page.heading(say("part.official", language))
    page.paragraph(say("official", language, basis=said(basis, language, name=found.organisation)))
    page.table_of(by_key["indicators"], WIDTHS["indicators"], language)
    if len(found.by_field) > 1:
        page.table_of(by_key["fields"], WIDTHS["fields"], language)
    page.heading(say("part.nine", language))
    nine = found.nine
    known = points_of(nine.known, language)
    grade = None if nine.grade is None else CLASSES[nine.grade][language]
    key = "nine_whole" if grade else "nine_partly" if nine.possible else "nine_none"
    page.paragraph(say(key, language, known=known, possible=nine.possible, grade=grade))
    if nine.possible:
        page.table_of(by_key["criteria"], WIDTHS["criteria"], language)
    page.heading(say("part.attention", language))
    n = {part.name: part.n for one in found.items for part in one.parts} | {p.name: p.n for p in found.warnings}
    text = say("attention", language, open_late=n["open_late"], supplements=n["late_by_supplements"])
    if found.warnings:
        text += say("attention_now", language, soon=n["due_soon"], once=n["supplemented_once"])
    if n["no_due_day"] + n["end_not_dated"]:
        text += say("attention_unknown", language, unknown=n["no_due_day"] + n["end_not_dated"])
    page.paragraph(f"{text} {say('attention_list', language)}")


def bottom(page: PublicDocument, report: Report, language: str) -> None:
    """For whom it is on the left, who signs on the right."""
    page.keep(52)
    page.ln(4)
    y, middle = page.get_y(), (page.w + LEFT_MM - RIGHT_MM) / 2
    page.letters(12, "BI")
    page.cell(60, 5, say("receivers", language))
    page.ln(5)
    page.letters(11)
    above = say("receivers_above", language, above=report.above) if report.above else say("receivers_list", language)
    page.multi_cell(60, 5, above, align="L")
    page.set_y(y)
    committee = report.above.casefold().startswith(("ubnd", "ủy ban nhân dân", "uỷ ban nhân dân"))
    half = page.w - RIGHT_MM - middle
    page.middle(say("signer_committee" if committee else "signer", language), 13, "B", x=middle, width=half)
    page.middle(say("signature", language), 11, "I", x=middle, width=half)
    page.ln(26)


def appendix(page: PublicDocument, report: Report, by_key: dict[str, Table], language: str) -> None:
    """The figures step by step, how each is worked out, and where they come from."""
    page.add_page()
    page.middle(say("appendix", language), 14, "B")
    page.middle(say("appendix_title", language), 14, "B")
    page.ln(3)
    page.table_of(by_key["summary"], WIDTHS["summary"], language)
    if by_key["times"].rows and report.period.length != Length.YEAR:
        page.table_of(by_key["times"], WIDTHS["times"], language)
    for key in ("how.wait", "how.within", "how.satisfied"):
        page.paragraph(say(key, language), 12)
    for item, formula in FORMULAS.items():
        page.paragraph(f"{item.value} {NAMES[item][language]}: {formula[language]}", 12)
    page.paragraph(say("how.nine", language), 12)
    source = say("source", language, day=shown_day(report.made_on), hotline=report.hotline or "–")
    page.paragraph(source, SMALL_PT + 1, "I")


def short(bar: Bar, report: Report) -> Bar:
    """A bar of days needs no weekday, and one of weeks only its first day."""
    name = bar.name.split("–")[0] if report.by in ("week", "hour") else bar.name.split(" ")[-1]
    return Bar(name, bar.value)


def place_of(report: Report) -> str:
    """The place that stands before the day: the name without what kind of unit it is."""
    name = report.above or report.name
    for kind in PLACE_KINDS:
        if name.casefold().startswith(kind.casefold()):
            name = name[len(kind) :]
    return name[:1].upper() + name[1:]
