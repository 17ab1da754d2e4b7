"""Events by umqtt.simple: each is published until the broker acknowledges it, on a new connection after an error."""

import time

from umqtt.simple import MQTTClient, MQTTException

RETRY_MS = 500


class Client:
    """Blocking, one event at a time."""

    def __init__(self, port):
        self.client = MQTTClient("simple", "127.0.0.1", port, keepalive=30)

    def run(self, events, idle):
        self.connect()
        for payload in events:
            time.sleep_ms(self.pause_ms)
            while True:
                try:
                    self.client.publish(b"t/event", payload, qos=1)
                    break
                except (OSError, MQTTException, AssertionError, IndexError, TypeError):
                    time.sleep_ms(RETRY_MS)
                    self.connect()
        while idle:
            self.client.wait_msg()

    def connect(self):
        while True:
            try:
                self.client.connect()
                return
            except (OSError, MQTTException, AssertionError, IndexError, TypeError):
                time.sleep_ms(RETRY_MS)
