"""motcua mail: letters by e-mail, and whether the server takes them."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, out, settings_of
from fleet.domain.letters import Letter, LetterUnfit
from fleet.flows import mails
from fleet.store.mails import MailRow
from fleet.workers.mail_server import MailServer, MailSettingsUnfit, ServerRefused
from fleet.workers.mailer import LIMIT_S

SHOWN = 20

app = typer.Typer(no_args_is_help=True, help="Letters by e-mail, and whether the server takes them.")


@app.command()
def test(
    address: Annotated[str, typer.Argument(help="Who gets the letter.")],
    data: Data = None,
) -> None:
    """Send a letter that is only a test, at once, and say what the mail server said."""
    try:
        letter = Letter(
            "test",
            "test",
            address,
            "Thư thử của hệ thống một cửa motcua / A test letter of motcua",
            "Hệ thống một cửa motcua gửi được thư đến địa chỉ này. Không cần trả lời.\n\n"
            "motcua can send letters to this address. Nothing needs to be done.\n",
        )
        server = MailServer.of(settings_of(data))
    except (LetterUnfit, MailSettingsUnfit) as problem:
        raise Refused(str(problem)) from None
    row = MailRow(
        0, letter.about, letter.key, letter.to, letter.subject, letter.text, now_ms(), "waiting", 0, 0, "", None
    )
    try:
        with server.session(LIMIT_S) as session:
            outcome = session.send(mails.message_of(row, server.sender), address)
    except ServerRefused as problem:
        raise Refused(f"{server.host}:{server.port}: {problem}") from None
    if not outcome.taken:
        raise Refused(f"{server.host}:{server.port}: {outcome.said}")
    out.print(f"{escape(server.host)}:{server.port} took a letter for {escape(address)}", highlight=False)


@app.command("list")
def listed(
    most: Annotated[int, typer.Option(help="Show at most so many.", min=1)] = SHOWN,
    data: Data = None,
) -> None:
    """The last letters, the newest first: to whom, and what came of each."""
    with opened(data) as store:
        rows = mails.last(store, most)
    if not rows:
        out.print("nothing yet")
        return
    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in ("id", "about", "to", "state", "tries", "tried", "answer"):
        table.add_column(column, overflow="fold")
    for row in rows:
        tried = "" if row.tried_ms is None else f"{datetime.fromtimestamp(row.tried_ms / 1000, UTC):%m-%d %H:%M:%SZ}"
        table.add_row(
            str(row.id), row.about, escape(row.address), row.state, str(row.attempts), tried, escape(row.said)
        )
    out.print(table)


@app.command()
def again(
    number: Annotated[int, typer.Argument(help="Its number, as `motcua mail list` shows it.")], data: Data = None
) -> None:
    """Try a letter anew that was given up."""
    with opened(data) as store:
        try:
            mails.again(store, number, now_ms())
        except LetterUnfit as problem:
            raise Refused(str(problem)) from None
    out.print(f"{number} waits to be sent by `motcua send`")
