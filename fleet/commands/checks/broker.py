"""Does the broker let the fleet in, and may it read and write there as it must? A message goes round to find out."""

import secrets
import threading
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from fleet.broker_client import broker_client
from fleet.commands.checks.subject import Subject
from fleet.domain.findings import Finding, bad, good, not_asked
from fleet.settings import Settings
from protocols.topics import down, up

NAME = "doctor"
# The last part of a topic that no process of the fleet listens to.
GOOD = good("broker", "{where} cho vào, đọc và ghi được", "{where} lets us in, to read and to write")
NONE = not_asked(
    "broker", "không đặt broker: `motcua run` tự chạy broker riêng", "none is set: `motcua run` has its own"
)
AWAY = bad(
    "broker",
    ("không tới được {where}: {why}", "một broker MQTT", "Khởi động Mosquitto, hoặc sửa MOTCUA_BROKER_HOST và PORT."),
    ("{where} cannot be reached: {why}", "an MQTT broker", "Start Mosquitto, or mend MOTCUA_BROKER_HOST and PORT."),
)
TLS = bad(
    "broker",
    (
        "TLS với {where} không thành: {why}",
        "chứng thư mà máy chủ này tin",
        "Gia hạn chứng thư của broker, hoặc sửa MOTCUA_BROKER_TLS_CA.",
    ),
    (
        "TLS with {where} failed: {why}",
        "a certificate that the fleet believes",
        "Renew the broker's certificate, or mend MOTCUA_BROKER_TLS_CA.",
    ),
)
REFUSED = bad(
    "broker",
    (
        "{where} từ chối tài khoản {user}: {why}",
        "được cho vào",
        "Tạo lại danh sách: `motcua devices broker-files fleet`, và so mật khẩu với MOTCUA_BROKER_PASSWORD.",
    ),
    (
        "{where} refuses the account {user}: {why}",
        "to be let in",
        "Make the list again: `motcua devices broker-files fleet`, and compare MOTCUA_BROKER_PASSWORD.",
    ),
)
SILENT = bad(
    "broker",
    ("{where} không trả lời trong {seconds} giây", "một câu trả lời", "Xem nhật ký của Mosquitto và tải của máy đó."),
    (
        "no answer from {where} within {seconds} s",
        "an answer",
        "Look at Mosquitto's log, and at what its machine does.",
    ),
)
RIGHTS = bad(
    "broker",
    (
        "tài khoản {user} không đọc lại được điều đã ghi vào {topics}",
        "quyền đọc và ghi mc/1/#",
        "Đặt lại quyền: `motcua devices broker-files access` (docs/broker.md), rồi nạp lại Mosquitto.",
    ),
    (
        "the account {user} does not read what it wrote to {topics}",
        "the right to read and write mc/1/#",
        "Put the rules back: `motcua devices broker-files access` (docs/broker.md), then reload Mosquitto.",
    ),
)


class Visit:
    """One visit to the broker: in, round each topic once, out."""

    def __init__(self, settings: Settings) -> None:
        who = f"doctor-{secrets.token_hex(6)}"
        self.unheard = {up(who, NAME), down(who, NAME)}
        self.refusal = ""
        self.let_in = False
        self.over = threading.Event()
        self.client = broker_client(settings)
        self.client.on_connect = self.connected
        self.client.on_subscribe = self.subscribed
        self.client.on_publish = self.said
        self.client.on_message = self.heard

    def connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        """paho: the broker answered."""
        if reason.is_failure:
            self.refusal = str(reason)
            self.over.set()
            return
        self.let_in = True
        client.subscribe([(topic, 1) for topic in sorted(self.unheard)])

    def subscribed(self, client: mqtt.Client, *_: Any) -> None:
        """paho: what we say now comes back to us, if we may."""
        for topic in sorted(self.unheard):
            client.publish(topic, b"{}", qos=1)

    def said(self, _client: mqtt.Client, _data: Any, _mid: int, reason: ReasonCode, _properties: Any) -> None:
        """paho: the broker took it, or says that we may not; an old one says nothing."""
        if reason.is_failure:
            self.over.set()

    def heard(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        """paho: one came round."""
        self.unheard.discard(message.topic)
        if not self.unheard:
            self.over.set()


def broker(subject: Subject) -> list[Finding]:
    """Go there and back."""
    settings, patience_s = subject.settings, subject.patience_s
    if not settings.broker_host:
        return [NONE.of()]
    where = f"{settings.broker_host}:{settings.broker_port}"
    try:
        visit = Visit(settings)
        visit.client.connect_timeout = patience_s
        visit.client.connect(settings.broker_host, settings.broker_port)
    except OSError as problem:
        outcome = TLS if hasattr(problem, "reason") else AWAY
        why = getattr(problem, "verify_message", "") or problem.strerror or type(problem).__name__
        return [outcome.of(where=where, why=why.lower())]
    visit.client.loop_start()
    try:
        visit.over.wait(patience_s)
    finally:
        visit.client.disconnect()
        visit.client.loop_stop()
    return [came_to(visit, settings, where, patience_s)]


def came_to(visit: Visit, settings: Settings, where: str, patience_s: float) -> Finding:
    """How the visit ended."""
    if visit.refusal:
        return REFUSED.of(where=where, user=settings.broker_user or "—", why=visit.refusal.lower())
    if not visit.let_in:
        return SILENT.of(where=where, seconds=f"{patience_s:g}")
    if visit.unheard:
        return RIGHTS.of(user=settings.broker_user or "—", topics=" ".join(sorted(visit.unheard)))
    return GOOD.of(where=where)
