"""Events by umqtt.robust2, in the way of its own example, with a queue that holds them all."""

import time

from umqtt.robust2 import MQTTClient

RETRY_MS = 500
STEP_MS = 5


class Client:
    """Publishes without waiting; looks for answers between two events."""

    def __init__(self, port):
        self.client = MQTTClient("robust2", "127.0.0.1", port, keepalive=30)
        self.client.MSG_QUEUE_MAX = 2000
        self.client.CONFIRM_QUEUE_MAX = 2000

    def run(self, events, idle):
        client = self.client
        client.connect()
        asked = time.ticks_ms()
        for payload in events:
            client.publish(b"t/event", payload, qos=1)
            self.look()
            time.sleep_ms(self.pause_ms)
        while idle or client.things_to_do():
            self.look()
            if time.ticks_diff(time.ticks_ms(), asked) > 10_000:
                asked = time.ticks_ms()
                client.ping()
            time.sleep_ms(STEP_MS)

    def look(self):
        client = self.client
        while client.is_conn_issue():
            client.reconnect()
            if client.is_conn_issue():
                time.sleep_ms(RETRY_MS)
        client.check_msg()
        client.send_queue()
