"""Ends a device's session by taking over its client id at the fleet's own door, where client ids are free to choose.

A reload of Mosquitto 2.0 ends the sessions of passwords that are gone, not those of pre-shared keys (measured with
2.0.11); a client id is one for the whole broker, so whoever takes it over ends the session on whatever listener.
"""

import queue

from paho.mqtt.reasoncodes import ReasonCode

from fleet.broker_client import broker_client, broker_host
from fleet.domain.access import AccessFailed
from fleet.settings import Settings

WITHIN_S = 5.0
KEEPALIVE_S = 30


def cut_off(settings: Settings, device: str) -> None:
    """Take over the session of this client id, and leave. Raises AccessFailed."""
    answers: queue.Queue[ReasonCode] = queue.Queue()
    client = broker_client(settings, client_id=device)
    client.connect_timeout = WITHIN_S
    client.on_connect = lambda _client, _data, _flags, reason, _properties: answers.put(reason)
    try:
        client.connect(broker_host(settings), settings.broker_port, KEEPALIVE_S)
        client.loop_start()
        reason = answers.get(timeout=WITHIN_S)
    except OSError as problem:
        raise AccessFailed(f"{device} was not cut off: no broker to be reached ({problem})") from None
    except queue.Empty:
        raise AccessFailed(f"{device} was not cut off: the broker did not answer within {WITHIN_S:.0f} s") from None
    finally:
        client.disconnect()
        client.loop_stop()
    if reason.is_failure:
        raise AccessFailed(f"{device} was not cut off: the broker refuses the fleet's account ({reason})")
