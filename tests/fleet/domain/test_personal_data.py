"""Every column of the schema is said to be personal, with its purpose, or said to be nobody's."""

from pathlib import Path

from sqlmodel import SQLModel

from fleet.domain.personal_data import DEEDS, RECORDS, personal_columns
from fleet.pages.texts import load_wordings
from fleet.store import tables

DOCS = Path(__file__).parents[3] / "docs"
OF_NOBODY = {
    # Whoever adds a column puts it here, or into fleet/domain/personal_data.py with whose it is and until when.
    "alert_watches": "office limits version looked_ms due_ms linked",
    "alerts": (
        "id office day cause subject opened_ms figures low_since_ms acknowledged_ms closed_ms told_ms times_told "
        "told_acknowledged told_closed settled"
    ),
    "anchors": "device epoch boot cell offset_ms first_up_ms last_up_ms",
    "api_answers": "token key request_hash status headers answered_ms",
    "api_tokens": "id name token_hash scopes unit created_ms expires_ms revoked_ms used_ms service",
    "assignments": "id device office counter from_ms to_ms",
    "audit": "number at_ms how what office before_hash hash",
    "audit_head": "id number hash",
    "backups": "id made_ms file bytes rows",
    "badges": "id office",
    "bookings": "lease office day service made_ms",
    "boots": "device epoch boot covered offset_ms anchor_sure anchor_days first_seen_ms",
    "calendar_rules": "unit position kind first last weekdays session start_minute end_minute like_weekday note",
    "certificates": "use name ends_ms seen_ms trouble told_days",
    "checkpoints": "office day line after_ms",
    "claims": "id device office counter made_ms expires_ms hw used_ms used_hw withdrawn_ms batch",
    "clerk_sessions": "office day id counter ended_by ended_scan",
    "collisions": "id device epoch boot seq received_ms",
    "commands": "id device verb arguments asked_ms not_after_ms told_ms answered_ms ok reason result changed_ms",
    "counter_days": "office day counter state since_ms reason",
    "counter_services": "counter service helping",
    "counters": "id office name position closed_ms",
    "day_ends": "office day until_ms said_ms",
    "desk_news": "id office counter happened_ms",
    "desks": "counter office day state since_ms service visit",
    "device_days": (
        "device day firmware board connected_ms expected_ms asleep_ms hours crash_free planned switched_on cuts "
        "crashes reasons"
    ),
    "device_folds": "device next_day",
    "device_history": "id device at_ms what found why",
    "device_keys": "device slot key since_ms claim next_slot next_key next_since_ms told_ms kept_ms hw nonces",
    "device_moves": "device office counter asked_ms boot",
    "devices": (
        "id kind roles password enrolled_ms revoked_ms epoch boot nonce board firmware reset_reason "
        "config_reported presence presence_ms last_seen_ms health state_version config_version config rescue "
        "reported lost printer own reader rating display scale scale_version reverted config_due held "
        "held_version application release_due release_told_ms"
    ),
    "dossier_states": "change",
    "dossiers": "organisation procedure_code procedure_name field imported_ms change",
    "estimate_days": "office day linked rules taught score",
    "estimates": "office day version made_ms due_ms taken_until_ms body",
    "events": "device epoch boot seq kind up_ms at_ms happened_ms timing office counter received_ms",
    "examinations": "office day linked rules",
    "excluded_presses": "office day exclusion stands",
    "fleet_losses": "id opened_ms closed_ms lost devices offices is_open",
    "guessing_places": "failures since_ms locked_until_ms",
    "halfway": "until_ms",
    "horizons": "kept before_ms purged_ms",
    "identities": "created_ms",
    "imports": "id file imported_ms rows new changed",
    "incidents": "device kind first_ms last_ms n found",
    "leases": (
        "id office service day first last device epoch generation secret since_ms expires_ms next_told revoked_ms"
    ),
    "mail_attachments": "mail place name media_type content",
    "mails": "id about key made_ms until_ms state attempts next_ms taken_until_ms said tried_ms",
    "network_changes": "device version batch office step what parts made_ms step_ms told_ms reason",
    "offices": (
        "id name hotline timezone generation restored_ms scan_opens_visit simulated_pace valid_from_ms "
        "valid_to_ms ticket_url texts sign_in_required queue thanks successor is_public kiosk"
    ),
    "order_batches": "id verb arguments wanted asked_ms expires_ms",
    "ordered_devices": "batch device position ordered_ms command reason",
    "past_rules": "office until_ms queue skills scan_opens_visit",
    "placements": "office day device epoch boot seq line order_ms estimated counter",
    "presence_changes": "device at_ms presence",
    "procedures": "code name field authority level days papers fee service note",
    "promises": "office day service ahead played_low_s played_middle_s played_high_s low_s middle_s high_s rivals",
    "provider_sessions": "token_hash issuer",
    "question_answers": "office day id counter criterion place counted reason",
    "rating_exclusions": (
        "office day id code device counter from_ms to_ms presses usual_per_minute chance decision decided_ms"
    ),
    "rating_reasons": "office day id counter place counted reason",
    "rating_sums": "office span day body",
    "ratings": "office day id counter inferred scale scale_version place counted reason",
    "release_images": "sha256 board length data",
    "release_roots": "version document",
    "release_returns": "device sequence at_ms",
    "releases": "sequence version_text document made_ms note holds_ms",
    "report_schedules": "id unit length form language last created_ms said",
    "reserved": "office day service device counter round place gone until_ms called_ms since_ms",
    "reserves": "device office counter said told confirmed asked_ms expires_ms",
    "rollout_devices": "rollout device at wave attempt given_ms settled_ms carried failure detail holds",
    "rollout_steps": "rollout n at_ms what about",
    "rollouts": "id kind subject version plan state wave wave_ms since_ms made_ms ended_ms why changes",
    "schema_reach": "id oldest_program",
    "second_step_rules": "place role",
    "second_steps": "begun_ms since_ms",
    "selftest_keys": "claim key",
    "selftests": "id claim device hw at_ms passed board firmware tool record proof",
    "service_accounts": "id name about unit created_ms ended_ms",
    "service_groups": "id prefix name",
    "services": "office id name prefix position target_wait_s icon",
    "sessions": "csrf created_ms expires_ms proved_ms",
    "template_versions": "template version fields made_ms note",
    "templates": "id origin place role current",
    "tickets": "office day service event since_ms due_ms sent_ms state waiting_for waiting_at calls",
    "touched": "id office day device epoch boot first last",
    "turns": "office day service round counter device want assigned_ms since_ms",
    "unit_codes": "code unit",
    "unit_heirs": "unit heir position share",
    "units": "id valid_from valid_to kind name parent codes organisation hotline",
    "unlinked": "office day id kind reason",
    "unreadable": "id topic device length received_ms",
    "users": "id disabled created_ms locked_until_ms one_time_until_ms",
    "visit_dossiers": "office day visit",
    "visits": ("office day id counter service finish recalls estimated resumed closed_by to_service to_counter about"),
    "wait_hours": (
        "visits no_shows finished rated wait_ms service_ms total_ms wait service_times total office day service "
        "counter hour"
    ),
    "wait_members": "unit office",
    "wait_open": "unit day office",
    "wait_sums": (
        "visits no_shows finished rated wait_ms service_ms total_ms wait service_times total office span part "
        "begins key"
    ),
    "webhook_deliveries": "id endpoint kind state attempts next_ms said tried_ms",
    "webhook_endpoints": "id url secret events office created_ms taken_until_ms paused since_ms",
    "windows": "office day marked linked rules taken_until_ms waits ratings",
    "privacy_notices": "office ground",
}


def test_every_column_is_said_to_be_somebodys_or_nobodys() -> None:
    tables.load()
    found = {f"{table.name}.{column.name}" for table in SQLModel.metadata.tables.values() for column in table.columns}
    nobodys = {f"{table}.{column}" for table, columns in OF_NOBODY.items() for column in columns.split()}
    assert found - personal_columns() - nobodys == set(), "columns of which nobody said whose data they hold"
    assert personal_columns() - found == nobodys - found == set(), "columns that are no more"
    assert personal_columns() & nobodys == set()


def test_a_column_that_names_somebody_by_its_name_is_somebodys() -> None:
    """What is called so holds a person, in whatever table somebody puts it."""
    tables.load()
    found = {f"{table.name}.{column.name}" for table in SQLModel.metadata.tables.values() for column in table.columns}
    naming = ("by", "person", "user", "address", "addresses", "holder", "senior", "password", "who")
    named = {one for one in found if one.split(".")[1] in naming or one.endswith("_by")}
    no_person = {"clerk_sessions.ended_by", "visits.closed_by", "devices.password"}  # a word, an event, a device
    assert named - personal_columns() == no_person
    assert set(DEEDS) == {table for one in RECORDS if one.name == "deed" for table in one.columns}


def test_pages_have_a_sentence_for_each() -> None:
    for wording in load_wordings().values():
        for one in RECORDS:
            for key in (f"what.{one.name}", f"why.{one.name}", f"seen.{one.seen}", f"gone.{one.gone}"):
                assert wording.say(f"privacy.{key}"), key


def test_the_docs_name_each_table_that_holds_personal_data() -> None:
    for name in ("privacy.md", "privacy.vi.md"):
        text = (DOCS / name).read_text("utf-8")
        for table in {table for one in RECORDS for table in one.columns}:
            assert f"`{table}`" in text or f"`{table}." in text, f"{name} does not tell of {table}"
