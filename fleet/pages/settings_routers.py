"""All pages of the settings."""

from fastapi import APIRouter

from fleet.pages.settings_account import account_router
from fleet.pages.settings_alerts import alert_settings_router
from fleet.pages.settings_appointments import appointments_router
from fleet.pages.settings_buttons import buttons_router
from fleet.pages.settings_calendar import calendar_router
from fleet.pages.settings_certificates import certificates_router
from fleet.pages.settings_changes import changes_router
from fleet.pages.settings_classes import classes_router
from fleet.pages.settings_counters import counters_router
from fleet.pages.settings_index import index_router
from fleet.pages.settings_kiosk import kiosk_settings_router
from fleet.pages.settings_office import office_settings_router
from fleet.pages.settings_people import people_router
from fleet.pages.settings_privacy import privacy_settings_router
from fleet.pages.settings_queue import queue_router
from fleet.pages.settings_second_step import second_step_router
from fleet.pages.settings_second_steps import second_steps_router
from fleet.pages.settings_services import services_router
from fleet.pages.settings_templates import templates_router
from fleet.pages.settings_tickets import tickets_router
from fleet.pages.settings_tokens import tokens_router
from fleet.pages.settings_units import units_router
from fleet.pages.settings_webhooks import webhooks_router


def settings_routers() -> tuple[APIRouter, ...]:
    """Each part's router."""
    return (
        index_router(),
        office_settings_router(),
        services_router(),
        counters_router(),
        kiosk_settings_router(),
        queue_router(),
        units_router(),
        classes_router(),
        appointments_router(),
        alert_settings_router(),
        second_steps_router(),
        people_router(),
        calendar_router(),
        tickets_router(),
        buttons_router(),
        templates_router(),
        privacy_settings_router(),
        tokens_router(),
        webhooks_router(),
        certificates_router(),
        changes_router(),
        account_router(),
        second_step_router(),
    )
