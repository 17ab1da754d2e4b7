"""A board that runs the firmware is offered its identity: claim, self-test, label, and in one last step it is kept.

`keeping` stands in the book before the board may have its identity.
"""

from fleet.provisioning.book_lines import KEEPING, Page
from fleet.provisioning.conversation import Conversation, DeviceRefused
from fleet.provisioning.means import Means
from fleet.provisioning.results import Report
from fleet.provisioning.self_test import SelfTest

LABEL_S = 20.0
KEEP_S = 15.0

Parts = list[tuple[str, str, str]]


def offer(talk: Conversation, means: Means, page: Page, report: Report, parts: Parts) -> None:
    """Make the board this page's device; `parts` takes what its self-test found, whatever becomes of it.

    Raises PartFailed, ConversationError, PortError.
    """
    report("offering", "", None)
    talk.ask("offer", claim=page.claim.with_wifi(*means.wifi()))
    if means.test:
        report("testing", "", None)
        test = SelfTest(talk, means, page, lambda said: report("testing", said, None))
        try:
            test.run()
        finally:
            parts[:] = test.parts
    report("labelling", "", None)
    try:
        talk.ask("label", LABEL_S)
    except DeviceRefused:
        pass  # most boards have no printer; the page of claims prints labels, too
    report("keeping", "", None)
    means.book.step(page.hw, KEEPING)
    talk.ask("keep", KEEP_S)
