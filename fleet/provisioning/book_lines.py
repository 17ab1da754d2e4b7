"""The lines of the bench's book: what each says, and the lines that say all that is still true."""

import json
from dataclasses import dataclass, field
from typing import Any

from fleet.provisioning.claims import Claim, claim_of

BOUND, KEEPING, ENROLLED = "bound", "keeping", "enrolled"
# The board's number is known · it may have its identity from now on · the fleet has welcomed it.


@dataclass
class Page:
    """What the book knows of one board."""

    hw: str
    claim: Claim
    step: str = BOUND
    seconds: float | None = None
    result: str = ""


@dataclass
class Known:
    """All that the lines so far say: claims by their ids, pages by the boards' numbers, records that wait."""

    claims: dict[str, Claim] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, line: dict[str, Any]) -> None:
        """One line more. Raises ValueError, KeyError, TypeError, BadClaims for one that is none."""
        if "claim" in line:
            claim = claim_of(line["claim"])
            self.claims[claim.id] = claim
        elif "bound" in line:
            self.pages[line["hw"]] = Page(line["hw"], self.claims[line["bound"]])
        elif "step" in line:
            self._take_step(line)
        elif "record" in line:
            self.records[line["id"]] = line["record"]
        else:
            self.records.pop(line["sent"], None)

    def _take_step(self, line: dict[str, Any]) -> None:
        page = self.pages[line["hw"]]
        page.step, page.seconds, page.result = line["step"], line["seconds"], line["result"]
        if page.step == ENROLLED:  # its key was burnt with the first hello
            page.claim = self.claims[page.claim.id] = page.claim.without_key()

    def lines(self) -> list[dict[str, Any]]:
        """The lines of a book that says this and nothing else: burnt keys are gone."""
        lines: list[dict[str, Any]] = [{"claim": claim.body} for claim in self.claims.values()]
        for page in self.pages.values():
            lines.append({"bound": page.claim.id, "hw": page.hw})
            lines.append({"step": page.step, "hw": page.hw, "seconds": page.seconds, "result": page.result})
        return lines + [{"record": record, "id": identity} for identity, record in self.records.items()]


def written(what: dict[str, Any]) -> bytes:
    """A line as it stands in the file."""
    return json.dumps(what, ensure_ascii=False).encode() + b"\n"
