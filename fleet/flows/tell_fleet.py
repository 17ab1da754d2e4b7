"""That devices vanished everywhere, and that they are back, is told by webhooks of all offices and by e-mail, once.

Letters go to everybody who is written of alerts of any office, one to each.
"""

from sqlalchemy import Connection

from fleet.domain.day import shown_time
from fleet.domain.fleet_loss import FleetLoss
from fleet.domain.letters import Letter
from fleet.flows import mails
from fleet.flows.alert_rules import limits_in
from fleet.flows.webhooks import FLEET_BACK, FLEET_LOST, moment, said
from fleet.store import alerts, places, webhooks

USEFUL_FOR_MS = 86_400_000
ABOUT = "alerts"
SUBJECTS = {
    ("vi", True): "motcua: nhiều thiết bị mất kết nối cùng lúc",
    ("vi", False): "motcua: các thiết bị đã kết nối lại",
    ("en", True): "motcua: devices vanished everywhere",
    ("en", False): "motcua: the devices are back",
}
TEXTS = {
    ("vi", True): "{lost} trên {devices} thiết bị tại {offices} nơi mất kết nối trong vài phút, từ {at}.\n\n"
    "Kiểm tra máy chủ MQTT và đường truyền trước; chưa cần đến từng nơi.\n",
    ("vi", False): "{lost} thiết bị mất kết nối từ {at} đã kết nối lại.\n",
    ("en", True): "{lost} of {devices} devices at {offices} offices vanished within minutes, since {at}.\n\n"
    "Look at the broker and the network first; nobody needs to travel yet.\n",
    ("en", False): "The {lost} devices that vanished at {at} are back.\n",
}


def tell_fleet(connection: Connection, loss: FleetLoss, is_lost: bool, now_ms: int) -> None:
    """Whoever hears of all offices is told; letters go to all who are written of alerts."""
    kind = FLEET_LOST if is_lost else FLEET_BACK
    figures = {"lost": loss.lost, "devices": loss.devices, "offices": loss.offices}
    body = said(kind, now_ms, {**figures, "since": moment(loss.opened_ms)})
    for endpoint in webhooks.listening(connection):
        if endpoint.office is None and kind in endpoint.events.split():
            webhooks.say(connection, endpoint.id, kind, [(f"fleet/{loss.id}", body)])
    for address, (language, timezone) in readers(connection).items():
        text = TEXTS[language, is_lost].format(**figures, at=shown_time(loss.opened_ms, timezone))
        key = f"{kind}/{loss.id}"
        letter = Letter(ABOUT, key, address, SUBJECTS[language, is_lost], text, (), now_ms + USEFUL_FOR_MS)
        mails.write(connection, letter, now_ms)


def readers(connection: Connection, of: str | None = None) -> dict[str, tuple[str, str]]:
    """Who is written of alerts of any office, or of this one: the language and time zone of the first."""
    found: dict[str, tuple[str, str]] = {}
    for office in places.offices(connection):
        if of not in (None, office.id):
            continue
        watch = alerts.watch(connection, office.id)
        limits = limits_in("{}" if watch is None else watch.limits)
        for address in limits.mail:
            found.setdefault(address, (limits.language, office.timezone))
    return found
