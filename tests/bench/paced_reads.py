"""People and programs who read at a pace, whatever the answer before takes: each read counts from when it was due."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.bench.pages_process import PATIENCE_S, Served


@dataclass
class Reader:
    """Looks by one connection, which stays open."""

    process: Served
    headers: Mapping[str, str]

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", self.process.port, timeout=PATIENCE_S)

    def look(self, path: str) -> tuple[int, bytes]:
        """The status and all of the answer. A line that was closed meanwhile is opened anew, as browsers do."""
        try:
            return self.asked(path)
        except ConnectionError:
            self.line.close()
            return self.asked(path)

    def asked(self, path: str) -> tuple[int, bytes]:
        """The same by the line as it is."""
        self.line.request("GET", path, headers=dict(self.headers))
        answer = self.line.getresponse()
        return answer.status, answer.read()

    def looked_s(self, path: str) -> float:
        """Seconds until all of it is there, which must be an answer."""
        began_s = time.perf_counter()
        status, body = self.look(path)
        assert status == 200, (path, status, body[:500])
        return time.perf_counter() - began_s


@dataclass
class Paced:
    """One page that somebody reads again and again; `took_ms` and `statuses` say what came of it."""

    reader: Reader
    path: str
    took_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def read(self, began_s: float, reads: int, rate_hz: float) -> None:
        """So many times, beginning at this moment. A read that is late is not left out."""
        for n in range(reads):
            due_s = began_s + n / rate_hz
            time.sleep(max(0.0, due_s - time.perf_counter()))
            status, _ = self.reader.look(self.path)
            self.took_ms.append((time.perf_counter() - due_s) * 1000)
            self.statuses[status] += 1


def read_together(paced: Mapping[str, Paced], reads: int, rate_hz: float) -> None:
    """All of them, each so many times; they begin one after another, spread over the first interval."""
    began_s = time.perf_counter()
    readers = [
        threading.Thread(target=one.read, args=(began_s + n / len(paced) / rate_hz, reads, rate_hz))
        for n, one in enumerate(paced.values())
    ]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
