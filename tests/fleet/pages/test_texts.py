"""Both languages say everything, and the pages say nothing that they do not have."""

import re
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from fleet.commands.many_orders import WHY_NOT_SENT
from fleet.commands.orders import WHY_NOT
from fleet.domain import alerts, commands
from fleet.domain.api_rights import Scope
from fleet.domain.audit import What
from fleet.domain.boots import PLANNED, POWER
from fleet.domain.calendar_table import SESSION_NAMES
from fleet.domain.calendars import RuleKind
from fleet.domain.certificates import Use
from fleet.domain.claims import ClaimState
from fleet.domain.compared_places import KINDS, View
from fleet.domain.comparing import Measure
from fleet.domain.config_fields import FIELDS as CONFIG
from fleet.domain.device_problems import Trouble
from fleet.domain.dossier_course import Purpose, Warned
from fleet.domain.history import STEPS
from fleet.domain.incidents import Kind as IncidentKind
from fleet.domain.integrity_now import CODES, OTHER
from fleet.domain.kiosk_now import Way
from fleet.domain.many_comparisons import Group
from fleet.domain.network_changes import Step
from fleet.domain.nine_criteria import ASKED
from fleet.domain.order_batches import OrderedState
from fleet.domain.org_tree import Kind
from fleet.domain.peers import ONE_SIDED, Signal
from fleet.domain.personal_data import RECORDS, Gone, Seen, Until, Whose
from fleet.domain.rating_integrity import CONFIRM, RESTORE
from fleet.domain.registry import HistoryWord, RegistryVerb
from fleet.domain.release_fits import Misfit
from fleet.domain.release_roles import FLEET, RELEASE, ROOT
from fleet.domain.release_stages import ReleaseStage
from fleet.domain.resident_now import Stage
from fleet.domain.rights import Role
from fleet.domain.rollout_harm import Harm
from fleet.domain.rollout_plan import When
from fleet.domain.rollout_targets import At, Failure
from fleet.domain.rollout_windows import Hold
from fleet.domain.rollouts import State as RolloutState
from fleet.domain.service_icons import ICONS
from fleet.domain.telling import Cause
from fleet.domain.templates import Origin
from fleet.domain.unfit import Expected
from fleet.domain.update_reasons import REASONS as UPDATE_REASONS
from fleet.domain.update_reasons import SENTENCES
from fleet.domain.verdict import Unfit
from fleet.domain.wait_level import WaitLevel
from fleet.domain.what_to_do import Act
from fleet.flows import desk, rollout_kinds
from fleet.flows.due_dossiers import Term
from fleet.flows.rating_reasons import KNOWN
from fleet.flows.report_files import Form
from fleet.flows.rollouts import ACTS
from fleet.flows.single_sign_on import Why
from fleet.flows.webhooks import EVENTS, TEST
from fleet.pages import history_tables, orders_page, refusals, registry_page, rollout_start_page, rollouts_page
from fleet.pages.desk_page import NO_CODE, SAID
from fleet.pages.desk_sections import REASONS
from fleet.pages.device_page import REFUSALS
from fleet.pages.enrol_page import WORDS as ENROL
from fleet.pages.form_fields import Fields
from fleet.pages.settings_calendar import ROW
from fleet.pages.settings_changes import KINDS as CHANGES
from fleet.pages.settings_parts import OF_AN_OFFICE, OF_THE_FLEET
from fleet.pages.settings_people import Verb
from fleet.pages.settings_tickets import FIELDS as TICKETS
from fleet.pages.settings_webhooks import Deed
from fleet.pages.texts import FIRST, SOURCE, ids, load_catalogue, load_wordings
from protocols.care_events import Updated

WORDINGS = load_wordings()
REFUSED = set(re.findall(r'DeskRefused\("([a-z-]+)"\)', Path(desk.__file__).read_text())) - {"outdated"}
TEMPLATES = sorted((Path(refusals.__file__).parent / "templates").rglob("*.html"))
# Keys that a template puts together, with every value it may put in.
LEVELS = tuple(level.value for level in WaitLevel)
MADE = {
    "level.": LEVELS,
    "headline.": LEVELS,
    "to_do.act.": tuple(Act),
    "history.": ("service", "counter", "of_service", "of_counter"),
    "trend.now_": ("more", "usual", "fewer", "unknown"),
    "due.": (*Term, *(f"none_{one}" for one in Term), "code", "procedure", "state", "received", "day", "left", "note"),
    "claims.state.": tuple(ClaimState),
    "claims.column.": ("claim", "device", "place", "state", "until", "by"),
    **{f"enrol.{one[:-1]}.": words for one, words in ENROL.items()},
    "enrol.do.": ENROL["troubles"],
    "enrol.board.": ("waiting", "came", "welcomed", "revoked"),
    "enrol.not.": ("no_serial", "no_https"),
    "enrol.instead.": ("no_serial", "no_https"),
    "role.": tuple(role.value for role in Role),
    "refusal.": tuple(
        f"{reason}.{part}" for reason in (*map(str, refusals.EXPLAINED), "form", "other") for part in ("title", "text")
    ),
    "visits.": ("number", "service", "counter", "called", "wait", "served", "dossiers", "outcome", "rating"),
    "devices.": ("device", "roles", "place", "presence", "seen", "firmware", "boot", "outbox", "heap", "connected"),
    "versions.": ("firmware", "devices", "hours", "crash_free", "crashes", "cuts"),
    "ratings.": (
        *("when", "where", "presses", "why", "decision"),
        *("who", "what", "here", "others", "device", "orphans"),
    ),
    "registry.do.": tuple(RegistryVerb),
    "registry.sure.": tuple(RegistryVerb),
    "registry.done.": registry_page.DONE,
    "orders.by.": ("office", "unit", "role", "presence", "version"),
    "orders.refused.": tuple(orders_page.REFUSALS),
    "releases.count.": ("keep", "try", "back", "fits"),
    "releases.column.": ("board", "size", "minimum", "hours", "crash_free", "crashes"),
    "rollouts.refused.": tuple(rollouts_page.REFUSALS),
    "rollouts.cannot.": tuple(rollout_start_page.REFUSALS),
    "rollouts.why.": tuple(Harm),
    "rollouts.when_is.": tuple(When),
    "rollouts.step.": ("start", "approve", "pause", "resume", "retry", "wave", "stop", "done", "abort"),
    "rollouts.do.": tuple(ACTS),
    "rollouts.does.": tuple(ACTS),
    "buttons.": ("device", "where", "note", "seen"),
    "desk_dossier.": tuple(warned.value for warned in Warned),
    "desk_scan.": tuple(unfit.value for unfit in Unfit),
    "trouble.": tuple(Trouble),
    "trouble_do.": tuple(Trouble),
    "unreadable.": ("received", "topic", "reason", "length"),
    "reports.form.": tuple(Form),
    "privacy.of.": tuple(Whose),
    "privacy.what.": tuple(one.name for one in RECORDS),
    "privacy.why.": tuple(one.name for one in RECORDS),
    "privacy.until.": tuple(Until),
    "privacy.seen.": tuple(Seen),
    "privacy.gone.": tuple(Gone),
    "compare.measure.": tuple(Measure),
    "compare.group.": tuple(Group),
    "compare.kind.": tuple(KINDS),
    "compare.views.": tuple(View),
    "compare.note.": ("fair", "groups", "funnel", "few"),
    "compare.column.": (
        *("place", "group", "plain", "standardised", "n"),
        *("p50", "p50_standardised", "p90", "p90_standardised"),
    ),
    "config.": tuple(CONFIG),
    "config_said.by_": tuple(Origin),
    "settings.part.": tuple(part.name for part in (*OF_AN_OFFICE, *OF_THE_FLEET)),
    "calendar.day.": tuple("1234567"),
    "calendar.kind.": tuple(RuleKind),
    "calendar.kind_is.": tuple(RuleKind)[1:],
    "calendar.session.": tuple(SESSION_NAMES),
    "week.": tuple(one.name + part for one in ROW.each for part in ("", "_help")),
    "tokens.scope.": tuple(Scope),
    "tokens.column.": ("name", "owner", "scopes", "unit", "until", "used"),
    "certificates.use.": tuple(Use),
    "certificates.column.": ("use", "name", "until", "seen"),
    "changes.kind.": CHANGES,
    "changes.what.": tuple(What),
    "changes.how.": ("page", "api", "command", "worker"),
    "changes.column.": ("when", "who", "what", "about"),
    "webhooks.column.": ("url", "events", "office", "last"),
    "webhooks.delivery.": ("event", "state", "tries"),
    "webhooks.event.": (*EVENTS, TEST),
    "webhooks.do.": get_args(Deed),
    "tickets.": tuple(one.name + part for one in TICKETS.each for part in ("", "_help")),
    "people.act.": get_args(Verb),
    "people.role_does.": tuple(Role),
    "sign_on.": (*Why, "away", "refused", "strange"),
    "settings.about.": tuple(part.name for part in (*OF_AN_OFFICE, *OF_THE_FLEET)),
    "set_units.count.": ("new", "changed", "removed", "unchanged"),
    "date.weekday.": tuple("1234567"),
    "kiosk.way.": tuple(Way),
    "kiosk.how.": tuple(Way),
    "kiosk.refused.": (
        *("too_often", "numbers", "again", "gone"),
        *("printer_away", "no_paper", "no_numbers", "too_soon", "printer"),
    ),
    "ticket.title.": tuple(Stage),
    "ticket.stage.": tuple(stage for stage in Stage if stage != Stage.WAITING),
    "ticket.cause.": tuple(cause for cause in Cause if cause),
    "ticket.question.": tuple(f"{one.value}.{part}" for one in ASKED for part in ("text", 0, 1, 2)),
}
# Words for values; without one the value stands for itself, but these values are ours.
WORDS = {
    "counter": ("closed", "free", "serving", "paused"),
    "outcome": ("open", "done", "no_show", "transfer", "went_on", "parked", "unfinished"),
    "presence": ("online", "degraded", "sleeping", "leaving", "lost", "never"),
    "desk_step": ("called", "resumed", "done", "no_show", "transfer", "went_on", "parked", "paused", "works"),
    "desk_refused": (*SAID, NO_CODE, "outdated", *REFUSED),
    "pause_reason": REASONS,
    "purpose": tuple(Purpose),
    "device_done": tuple(HistoryWord),
    "incident": tuple(IncidentKind),
    "device_role": ("printer", "rating", "reader", "keypad", "display"),
    "reset": (POWER, "fault", "watchdog", "reset", *PLANNED),
    "paper": ("ok", "low", "out", "unknown"),
    "command": tuple(commands.Verb),
    "command_state": tuple(commands.CommandState),
    "command_refused": tuple(REFUSALS),
    "registry_refused": registry_page.REFUSALS,
    "network_step": tuple(Step),
    "network_wrong": ("nothing", "ssid", "wifi_password", "host", "port", "ca", "nobody"),
    "command_reason": (*WHY_NOT, *WHY_NOT_SENT),
    "rollout_kind": tuple(rollout_kinds.KINDS),
    "rollout_state": tuple(RolloutState),
    "rollout_at": tuple(At),
    "rollout_failure": tuple(Failure),
    "rollout_hold": tuple(Hold),
    "release_stage": tuple(ReleaseStage),
    "release_misfit": tuple(Misfit),
    "release_role": (ROOT, RELEASE, FLEET),
    "update_reason": (*UPDATE_REASONS, *SENTENCES.values()),
    "update_stage": ("check", "download", "wait", "trial"),  # as firmware/updating.py says them
    "update_result": Updated.FIELDS["result"],
    "ordered_state": tuple(OrderedState),
    "gave_up": ("not welcomed in time", "not welcomed in 3 boots"),  # as firmware/trial.py says it
    "press": (*CODES.values(), OTHER),
    "decided": (RESTORE, CONFIRM),
    "icon": ICONS,
    "flag": (
        *(f"{signal}.high" for signal in Signal),
        *(f"{signal}.low" for signal in Signal if signal not in ONE_SIDED),
    ),
    "printer_text": ("tcvn3", "raster", "ascii"),
    "printer_qr": ("native", "raster"),
    "printer_cutter": ("yes", "no"),
    "printer_status": ("yes", "no"),
    "scanner": ("auto", "gm65", "plain"),
    "scan_mode": ("continuous", "sensing"),
    "display_voice": ("dfplayer", "none"),
    "display_show": ("matrix", "segments", "text", "none"),
    "spoken": ("01", "02", "03", "04", "05", "06"),
    "config_problem": ("unreadable", "unknown_key", "missing", "wrong_type", "out_of_range", "too_long", "clash"),
    "reason": KNOWN,
    "unfit": tuple(Expected),
    "alert_cause": tuple(alerts.Cause),
    "unit_kind": tuple(Kind),
    "what_if_problem": (
        *("no_days", "nobody_waited", "service", "counter", "services_of_counter"),
        *("span", "count", "date", "closed", "busy"),
    ),
    "score.3": ("1", "2", "3"),
    "score.4": ("1", "2", "3", "4"),
    "score.5": ("1", "2", "3", "4", "5"),
}


HISTORY = {
    "by": set(STEPS.values()) | {"week"},
    "rated": ("n", "share", "low", "high"),
    "short_weekday": tuple("1234567"),
}


def used_keys() -> set[str]:
    """Every key that a template, a figure or a refusal asks for."""
    keys = {f"{group}.{value}" for group, values in WORDS.items() for value in values}
    for template in TEMPLATES:
        source = template.read_text("utf-8")
        for key, goes_on in re.findall(r'say\("([^"]+)"( ~)?', source):
            keys |= {key + value for value in MADE[key]} if goes_on else {key}
    keys |= {f"{form.group}.{field.name}{part}" for form in forms() for field in form.each for part in ("", "_help")}
    keys |= {f"history.figure.{name}" for name in history_tables.FIGURES}
    keys |= {f"history.{by}.{name}" for by, names in HISTORY.items() for name in names}
    keys |= set(re.findall(r'say\("([^"]+)"', Path(history_tables.__file__).read_text()))
    return keys | {"date.long", "name"} | {f"date.weekday.{n}" for n in range(1, 8)} | months()


def forms() -> list[Fields]:
    """The fields of every form of the settings."""
    modules = [f"fleet.pages.{path.stem}" for path in Path(refusals.__file__).parent.glob("settings_*.py")]
    made = [value for module in modules for value in vars(import_module(module)).values()]
    return [one for one in made if isinstance(one, Fields)]


def months() -> set[str]:
    return {f"date.month.{n}" for n in range(1, 13)}


def test_vietnamese_is_the_first_language_and_english_stands_beside_it() -> None:
    assert list(WORDINGS) == ["vi", "en"]


@pytest.mark.parametrize("code", WORDINGS)
def test_a_language_has_every_key_that_is_used_and_no_other(code: str) -> None:
    assert set(WORDINGS[code].texts) == used_keys()


@pytest.mark.parametrize("code", [code for code in WORDINGS if code != FIRST])
def test_a_language_was_made_after_the_vietnamese_as_it_is(code: str) -> None:
    """Else the Vietnamese changed and nobody looked at the other one: `make catalogues` says where."""
    catalogue = load_catalogue(f"{code}.po")
    assert ids(catalogue) == ids(load_catalogue(SOURCE))
    assert [one.context for one in catalogue if one.fuzzy] == []


def test_every_language_fills_in_the_same_values() -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    wrong = [
        (wording.code, key, text)
        for wording in WORDINGS.values()
        for key, forms in wording.texts.items()
        for text in forms
        if values(text) != values(WORDINGS[FIRST].texts[key][0])
    ]
    assert wrong == []


def test_every_text_says_something() -> None:
    texts = [(key, text) for one in WORDINGS.values() for key, forms in one.texts.items() for text in forms]
    assert [key for key, text in texts if not text.strip()] == []


def test_a_text_that_counts_has_the_form_for_its_number() -> None:
    assert "1 person was" in WORDINGS["en"].say("public.right_of", n=1)
    assert "2 people were" in WORDINGS["en"].say("public.right_of", n=2)
    assert "2 lượt" in WORDINGS["vi"].say("public.right_of", n=2)


def test_a_value_without_a_word_stands_for_itself() -> None:
    assert WORDINGS["vi"].word("outcome", "done") == "hoàn thành"
    assert WORDINGS["vi"].word("outcome", "never heard of") == "never heard of"
