"""The port at which a process tells how it is: `/metrics`, `/health/live` and `/health/ready`.

It asks nobody who he is, and tells no secrets and nothing of people: it belongs on a network that only watchers reach.
"""

import contextlib
import json
import logging
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from fleet.workers.fitness import Fitness

log = logging.getLogger(__name__)

JSON = "application/json"
CUT_OFF_S = 10
Answer = tuple[int, str, bytes]


class WatchPort:
    """Serves at this address until it is closed. `measure` is called before the metrics are told."""

    def __init__(self, host: str, port: int, fitness: Fitness, measure: Callable[[], None]) -> None:
        self.fitness = fitness
        self.measure = measure
        self.paths = {"/metrics": self.metrics, "/health/live": self.live, "/health/ready": self.ready}
        self.server = ThreadingHTTPServer((host, port), self.handler())
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = Thread(target=self.server.serve_forever, name="watch port", daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Answer nobody any more."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def live(self) -> Answer:
        """200 unless only a new start helps."""
        hung = [one.name for one in self.fitness.hung()]
        return 503 if hung else 200, JSON, json.dumps({"live": not hung, "hung": hung}).encode()

    def ready(self) -> Answer:
        """200 if it can do its work; otherwise the parts say what they lack."""
        told = self.fitness.told()
        return 200 if told["ready"] else 503, JSON, json.dumps(told, ensure_ascii=False).encode()

    def metrics(self) -> Answer:
        """What this process has counted; of a database that is away, what was read of it last."""
        self.fitness.parts()
        try:
            self.measure()
        except Exception:
            log.exception("metrics: what is read of the database is that of before")
        return 200, CONTENT_TYPE_LATEST, generate_latest()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What answers one connection."""
        paths = self.paths

        class Handler(BaseHTTPRequestHandler):
            timeout = CUT_OFF_S

            def do_GET(self) -> None:
                """Answer."""
                look = paths.get(self.path.partition("?")[0])
                status, kind, body = look() if look else (404, "text/plain", b"expected /metrics or /health/\n")
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                with contextlib.suppress(ConnectionError):  # whoever asked waits no more
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Whoever asks each few seconds is not worth a line."""

        return Handler
