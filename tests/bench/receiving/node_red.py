"""Node-RED, as people wire it to keep what MQTT brings: mqtt in, a function, the SQLite node; installed by npm.

`node-red`: one INSERT a message. `node-red-batched`: the function gathers rows and hands them on as one transaction,
each 200 ms or when there are 1,000. Both have a session that outlives them and QoS 1; both databases keep a write-ahead
log, which is faster than what SQLite does by itself.
"""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import paho.mqtt.client as mqtt

from fleet.flows.enrol import FLEET_USER
from fleet.laptop.broker import die_with_parent, free_port
from tests.bench.receiving.house import PASSWORD, House, wait_for
from tests.bench.receiving.takers import Taker

PACKAGES = ("node-red@4.1.15", "node-red-node-sqlite@1.1.1")
INSTALLED_WITHIN_S = 1_800
CLIENT = "node-red"
KINDS = ("node-red", "node-red-batched")
TABLE = "CREATE TABLE events (device TEXT, epoch INTEGER, boot INTEGER, seq INTEGER, body TEXT)"
ONE_BY_ONE = """
const batch = msg.payload, one = batch.events[0], device = msg.topic.split("/")[2];
msg.topic = "INSERT INTO events VALUES ($1, $2, $3, $4, $5)";
msg.payload = [device, batch.epoch, batch.boot, one.seq, JSON.stringify(one)];
return msg;
"""
GATHERED = """
const rows = context.get("rows") || [];
if (msg.payload.events) {
    const batch = msg.payload;
    for (const one of batch.events) {
        const body = JSON.stringify(one).replaceAll("'", "''");
        rows.push(`('${msg.topic.split("/")[2]}',${batch.epoch},${batch.boot},${one.seq},'${body}')`);
    }
}
const is_due = !msg.payload.events || rows.length >= 1000;
context.set("rows", is_due ? [] : rows);
if (!is_due || !rows.length) return null;
return {topic: "BEGIN; INSERT INTO events VALUES " + rows.join(",") + "; COMMIT;"};
"""
SETTINGS = """module.exports = {{
    flowFile: "flows.json", credentialSecret: false, uiHost: "127.0.0.1", uiPort: {port}, httpAdminRoot: false,
    httpNodeRoot: false, disableEditor: true, telemetry: {{enabled: false, updateNotification: false}},
    logging: {{console: {{level: "info", metrics: false, audit: false}}}},
}};
"""


class NotInstalled(Exception):
    """There is no Node-RED here, and npm could not get it."""


class NodeRed(Taker):
    """The process, and the database that it fills."""

    def __init__(self, house: House, installed: Path, kind: str) -> None:
        self.house, self.installed = house, installed
        self.home = house.folder / kind
        self.database = self.home / "events.sqlite"
        if not self.home.exists():
            self.furnish(kind)
        self.start()

    def furnish(self, kind: str) -> None:
        """Its settings, its wires, and an empty table."""
        self.home.mkdir()
        (self.home / "node_modules").symlink_to(self.installed / "node_modules")
        (self.home / "package.json").write_text(
            json.dumps({"name": "bench", "dependencies": {PACKAGES[1].split("@")[0]: "*"}})
        )
        (self.home / "settings.js").write_text(SETTINGS.format(port=free_port()))
        (self.home / "flows.json").write_text(json.dumps(wires(kind, self.house.broker.fleet_port, self.database)))
        secret = {"the-broker": {"user": FLEET_USER, "password": PASSWORD}}
        (self.home / "flows_cred.json").write_text(json.dumps(secret))
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(TABLE)

    def start(self) -> None:
        """Begin, or begin again."""
        self.log = self.home / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["node", self.installed / "node_modules/node-red/red.js", "--userDir", self.home],
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )

    def await_ready(self) -> None:
        """It says that it is connected, and the broker knows its subscription."""
        wait_for(lambda: b"Connected to broker" in self.log.read_bytes(), "Node-RED to be connected", 120)
        wait_for(self.house.load.heard_by_somebody, "Node-RED to subscribe", 120)

    def await_all(self, boot: int, messages: int, per_message: int) -> None:
        """Until its table has all rows of this boot."""
        wait_for(lambda: self.counted(boot)[0] >= messages * per_message, f"{messages} messages in Node-RED's table")

    def counted(self, boot: int) -> tuple[int, int]:
        """(rows, different events) of a boot."""
        question = "SELECT COUNT(*), COUNT(DISTINCT device || '/' || seq) FROM events WHERE boot = ?"
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as connection:
            rows, events = connection.execute(question, (boot,)).fetchone()
        return int(rows), int(events)

    def leave(self) -> None:
        """Stop, and have the broker forget the session; otherwise it would queue all that others are sent."""
        self.stop()
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=CLIENT, clean_session=True)
        client.username_pw_set(FLEET_USER, PASSWORD)
        client.connect("127.0.0.1", self.house.broker.fleet_port)
        client.loop_start()
        wait_for(client.is_connected, "the broker to forget a session", 60)
        client.disconnect()
        client.loop_stop()


def wires(kind: str, port: int, database: Path) -> list[dict[str, object]]:
    """What its editor would save."""
    batched = kind == "node-red-batched"
    work = GATHERED if batched else ONE_BY_ONE
    at = {"z": "tab", "x": 100, "y": 100}
    # What stands nowhere is taken for a setting.
    found: list[dict[str, object]] = [
        {"id": "tab", "type": "tab", "label": kind},
        {
            "id": "the-broker",
            "type": "mqtt-broker",
            "broker": "127.0.0.1",
            "port": str(port),
            "clientid": CLIENT,
            "autoConnect": True,
            "protocolVersion": "4",
            "keepalive": "60",
            "cleansession": False,
        },
        {
            "id": "the-in",
            "type": "mqtt in",
            **at,
            "topic": "mc/1/+/up/events",
            "qos": "1",
            "datatype": "json",
            "broker": "the-broker",
            "wires": [["the-work"]],
        },
        {
            "id": "the-health",
            "type": "mqtt in",
            **at,
            "topic": "mc/1/+/up/health",
            "qos": "0",
            "broker": "the-broker",
            "wires": [[]],
        },
        {"id": "the-work", "type": "function", **at, "func": work, "outputs": 1, "wires": [["the-sqlite"]]},
        {
            "id": "the-sqlite",
            "type": "sqlite",
            **at,
            "mydb": "the-db",
            "sqlquery": "batch" if batched else "msg.topic",
            "sql": "",
            "wires": [[]],
        },
        {"id": "the-db", "type": "sqlitedb", "db": str(database), "mode": "RWC"},
    ]
    if batched:
        tick = {"id": "the-tick", "type": "inject", **at, "repeat": "0.2", "once": True, "onceDelay": "0.2"}
        found.append({**tick, "props": [{"p": "payload", "v": "{}", "vt": "json"}], "wires": [["the-work"]]})
    return found


def install(folder: Path) -> None:
    """Node-RED in this folder, if it is not there yet. Raises NotInstalled."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotInstalled("node and npm are needed:  sudo apt-get install nodejs npm")
    if (folder / "node_modules/node-red/red.js").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    told = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", *PACKAGES]
    done = subprocess.run(told, capture_output=True, text=True, timeout=INSTALLED_WITHIN_S)
    if done.returncode != 0:
        raise NotInstalled(f"npm could not install {' '.join(PACKAGES)}: {done.stderr[-500:]}")
