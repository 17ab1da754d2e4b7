"""What offices say of the personal data that they keep."""

from sqlalchemy import Connection

from fleet.domain.privacy_notice import Notice
from fleet.store.rows import one, run, sql

OF = sql("SELECT contact, ground FROM privacy_notices WHERE office = :office")
SET = sql("""
    INSERT INTO privacy_notices (office, contact, ground) VALUES (:office, :contact, :ground)
    ON CONFLICT (office) DO UPDATE SET contact = excluded.contact, ground = excluded.ground""")


def of_office(connection: Connection, office: str) -> Notice:
    """What this office says; nothing where nobody has written it yet."""
    row = one(connection, OF, office=office)
    return Notice() if row is None else Notice(row.contact, row.ground)


def say(connection: Connection, office: str, notice: Notice) -> None:
    """This is what it says from now on."""
    run(connection, SET, office=office, contact=notice.contact, ground=notice.ground)
