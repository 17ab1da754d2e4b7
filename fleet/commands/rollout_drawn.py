"""How rollouts are drawn at the command line: a bar, the waves, why devices wait or failed, and what was done."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from fleet.domain.day import shown_time
from fleet.domain.rollout_letters import what_it_is, why_said
from fleet.domain.rollout_targets import At
from fleet.domain.rollouts_now import RolloutNow

BAR = 50
COLOURS = {At.DONE: "green", At.GIVEN: "blue", At.FAILED: "red"}
SHOWN = 20
ZONE = "Asia/Ho_Chi_Minh"
HOLDS = {
    "away": "not connected",
    "rescue": "in rescue",
    "open": "its office is open",
    "opens_soon": "its office opens soon",
    "hours": "not one of the chosen hours",
    "queue": "residents wait at its office",
    "resident": "a resident is at its counter",
    "role": "another of its role there is being given it",
    "other": "another rollout is at work there",
    "pace": "enough are being given it at once",
    "watch": "the wave before is being watched",
    "wave": "its wave is to come",
}
STAGES = {
    "waits": "not given it yet",
    "given": "given it, not told yet",
    "fetches": "fetch it, or wait for a quiet moment",
    "tries": "have it on trial",
    "keeps": "have confirmed it",
    "went_back": "went back by themselves",
    "refused": "refused it",
    "rescue": "fell into rescue",
    "silent": "did not answer in time",
    "left": "are not given it any more",
    "recalled": "are called back until it goes on",
}
FAILURES = {
    "refused": "refused it",
    "reverted": "took it and went back by itself",
    "rescue": "fell into rescue",
    "silent": "did not answer in time",
}


def listed_in(found: Iterable[RolloutNow]) -> Table:
    """Rollouts, a line each."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in ("id", "of", "version", "state", "devices", "since"):
        table.add_column(column, overflow="fold")
    for one in found:
        since = shown_time(one.made_ms, ZONE)
        table.add_row(one.id, escape(one.subject), str(one.version), one.state.value, counted(one), since)
    return table


def drawn(one: RolloutNow) -> RenderableType:
    """One rollout as it is."""
    lines = [Text(f"{one.id}  {what_it_is(one.kind, one.subject, one.version, 'en')}: {one.state.value}"), bar(one)]
    lines += [Text(counted(one)), Text(f"waves: {waves(one)}")]
    if one.why is not None:
        lines.append(Text(f"it stopped by itself: {why_said(one.why, 'en')}", "red"))
    if one.stages:
        lines.append(Text(", ".join(f"{n} {STAGES[stage]}" for stage, n in one.stages.items() if n)))
    lines += [Text(f"  {n} wait: {HOLDS[hold]}") for hold, n in one.held.items()]
    for failed in one.failed[:SHOWN]:
        detail = f" ({failed.detail})" if failed.detail else ""
        lines.append(Text(f"  {failed.device} {FAILURES.get(failed.failure, failed.failure)}{detail}", "red"))
    return Group(*lines)


def bar(one: RolloutNow) -> Text:
    """How many have it, are given it, and failed, of all."""
    text, left = Text(), BAR
    for at, colour in COLOURS.items():
        cells = min(left, -(-BAR * one.counts.get(at, 0) // max(one.total, 1)))
        text.append("█" * cells, colour)
        left -= cells
    return text.append("░" * left, "dim")


def counted(one: RolloutNow) -> str:
    """How many are how far."""
    return ", ".join(f"{n} {at}" for at, n in one.counts.items()) or "no devices"


def waves(one: RolloutNow) -> str:
    """The waves, the one that is under way marked."""
    return ", ".join(f"[{wave.text}]" if wave.is_now else wave.text for wave in one.waves)
