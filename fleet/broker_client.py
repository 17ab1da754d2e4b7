"""A paho client of the fleet's own account at the broker of the settings; whoever makes it gives it its callbacks."""

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from fleet.settings import Settings


def broker_client(settings: Settings, client_id: str = "", manual_ack: bool = False) -> mqtt.Client:
    """Not connected yet. Without a client id of its own the broker gives it one: no two push each other off."""
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=MQTTProtocolVersion.MQTTv5 if settings.broker_protocol == "5" else MQTTProtocolVersion.MQTTv311,
        manual_ack=manual_ack,
    )
    client.username_pw_set(settings.broker_user or None, settings.broker_password or None)
    if settings.broker_tls:
        client.tls_set(ca_certs=None if settings.broker_tls_ca is None else str(settings.broker_tls_ca))
    return client


def broker_host(settings: Settings) -> str:
    """Where the broker is."""
    return settings.broker_host or "127.0.0.1"
