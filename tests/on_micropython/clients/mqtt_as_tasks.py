"""Events by mqtt_as with clean sessions; several tasks publish at once, since each waits for its acknowledgement."""

import asyncio
import os

from mqtt_as import MQTTClient, config


class Client:
    """As its examples: a task publishes, the client reconnects by itself."""

    tasks = int(os.getenv("TASKS") or "8")

    def __init__(self, port):
        config.update({"client_id": "mqtt_as", "server": "127.0.0.1", "port": port, "keepalive": 60})
        self.client = MQTTClient(config)

    def run(self, events, idle):
        asyncio.run(self.publish(iter(events), idle))

    async def publish(self, events, idle):
        await self.client.connect(quick=True)
        await asyncio.gather(*[self.one(events) for _ in range(self.tasks)])
        while idle:
            await asyncio.sleep(60)

    async def one(self, events):
        for payload in events:
            await self.client.publish("t/event", payload, qos=1)
            await asyncio.sleep_ms(self.pause_ms * self.tasks)
