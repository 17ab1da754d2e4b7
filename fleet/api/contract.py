"""The contract of devices and fleet as AsyncAPI 3, made of the code that keeps it."""

import json
from typing import Any

from fleet.api.contract_examples import EVENTS as EVENT_EXAMPLES
from fleet.api.contract_examples import MESSAGES as EXAMPLES
from fleet.api.contract_schemas import Schema, batch_schema, messages_in, schema_of, schema_of_field
from protocols.batches import COUNT, VERSION, BatchHeader
from protocols.contract import CHANNELS, Channel
from protocols.events import EVENTS
from protocols.identity import DEVICE_ID
from protocols.message import Message
from protocols.presence import Alive
from protocols.topics import down, up

MQTT_BINDING = "0.2.0"
DEVICE = "{device}"

INFO = {
    "title": "motcua devices",
    "version": f"{VERSION}.0.0",
    "description": (
        "What the devices at the counters of one-stop offices and their fleet service say to each other over MQTT. "
        "Operations are seen from the fleet. Payloads are one JSON object in UTF-8; a receiver leaves unknown fields "
        "aside, and an absent field with a default has it. Only a receipt lets a device forget an event: the broker's "
        "acknowledgement does not."
    ),
    "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
}

BATCH_WORDS = (
    "Events on their way, at most 1 KiB. `oldest` is the lowest seq the device still holds of that boot. A batch lists "
    "every event the device holds between its first and its last: a number between them that is missing is not held."
)


def asyncapi_json() -> str:
    """The document as it stands in `docs/asyncapi.json`."""
    return json.dumps(asyncapi(), indent=2, ensure_ascii=False) + "\n"


def asyncapi() -> dict[str, Any]:
    """The document: servers, channels, operations of the fleet, messages and their schemas."""
    return {
        "asyncapi": "3.0.0",
        "info": INFO,
        "defaultContentType": "application/json",
        "servers": {"broker": server("mqtt", "1883"), "broker-tls": server("secure-mqtt", "8883")},
        "channels": {channel_name(channel): channel_of(channel) for channel in CHANNELS},
        "operations": {operation_name(channel): operation_of(channel) for channel in CHANNELS},
        "components": {
            "messages": {payload_name(channel): message_of(channel) for channel in CHANNELS},
            "schemas": schemas(),
            "securitySchemes": {
                "device": {
                    "type": "userPassword",
                    "description": "User name and client id are the device's id; the password is given at enrolment.",
                }
            },
        },
    }


def server(protocol: str, port: str) -> dict[str, Any]:
    will = {"topic": up(DEVICE, "alive"), "qos": 1, "message": Alive(gone=True).to_bytes().decode(), "retain": True}
    return {
        "host": "{host}:{port}",
        "protocol": protocol,
        "protocolVersion": "5.0",
        "description": "The office's or the province's broker: MQTT 5, or 3.1.1 with a single receiver.",
        "variables": {
            "host": {"default": "broker.example", "description": "The broker's name."},
            "port": {"default": port, "description": "The broker's port."},
        },
        "security": [{"$ref": "#/components/securitySchemes/device"}],
        "bindings": {"mqtt": {"cleanSession": True, "lastWill": will, "bindingVersion": MQTT_BINDING}},
    }


def channel_of(channel: Channel) -> dict[str, Any]:
    topic = up if channel.direction == "up" else down
    name = payload_name(channel)
    return {
        "address": topic(DEVICE, channel.name),
        "title": f"{channel.direction}/{channel.name}",
        "description": channel.about,
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "parameters": {"device": {"description": f"The device's id: {DEVICE_ID}.", "examples": ["kp-1"]}},
    }


def operation_of(channel: Channel) -> dict[str, Any]:
    here = f"#/channels/{channel_name(channel)}"
    return {
        "action": "receive" if channel.direction == "up" else "send",
        "channel": {"$ref": here},
        "summary": channel.about,
        "messages": [{"$ref": f"{here}/messages/{payload_name(channel)}"}],
        "bindings": {"mqtt": {"qos": channel.qos, "retain": channel.retained, "bindingVersion": MQTT_BINDING}},
    }


def message_of(channel: Channel) -> dict[str, Any]:
    name = payload_name(channel)
    return {
        "name": name,
        "title": f"{channel.direction}/{channel.name}",
        "summary": channel.about,
        "payload": {"$ref": f"#/components/schemas/{name}"},
        "examples": [{"payload": EXAMPLES[name]}],
    }


def schemas() -> dict[str, Schema]:
    """The schemas of all messages and events by name."""
    found: dict[str, type[Message]] = {}
    for channel in CHANNELS:
        for message in messages_in(channel.message):
            found[message.__name__] = message
    del found[BatchHeader.__name__]
    made = {name: schema_of(message) for name, message in found.items()}
    header = {**schema_of(BatchHeader), "description": BATCH_WORDS}
    made["EventBatch"] = batch_schema(header, schema_of_field(COUNT))
    for kind, event in EVENTS.items():
        made[event.__name__] = {**schema_of(event), "examples": [EVENT_EXAMPLES[kind]]}
    return dict(sorted(made.items()))


def channel_name(channel: Channel) -> str:
    return f"{channel.direction}-{channel.name}"


def operation_name(channel: Channel) -> str:
    return f"{'receive' if channel.direction == 'up' else 'send'}-{channel.name}"


def payload_name(channel: Channel) -> str:
    """A batch is more than its header; every other message goes by the name of its class."""
    return "EventBatch" if channel.message is BatchHeader else channel.message.__name__
