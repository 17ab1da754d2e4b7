"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "boots",
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("covered", sa.String(), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("first_seen_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", "epoch", "boot"),
    )
    op.create_table(
        "collisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("collisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collisions_device"), ["device"], unique=False)

    op.create_table(
        "counter_days",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "counter"),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=True),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("firmware", sa.String(), nullable=False),
        sa.Column("reset_reason", sa.String(), nullable=False),
        sa.Column("config_reported", sa.BigInteger(), nullable=True),
        sa.Column("presence", sa.String(), nullable=False),
        sa.Column("presence_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("health", sa.String(), nullable=True),
        sa.Column("state_version", sa.BigInteger(), nullable=False),
        sa.Column("config_version", sa.BigInteger(), nullable=False),
        sa.Column("config", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "dossiers",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("procedure_code", sa.String(), nullable=False),
        sa.Column("procedure_name", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("received_on", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("imported_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossiers_organisation"), ["organisation"], unique=False)

    op.create_table(
        "events",
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("up_ms", sa.BigInteger(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=True),
        sa.Column("happened_ms", sa.BigInteger(), nullable=True),
        sa.Column("timing", sa.String(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", "epoch", "boot", "seq"),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("events_by_time", ["device", "happened_ms"], unique=False)
        batch_op.create_index(
            "events_unreadable",
            ["device", "received_ms"],
            unique=False,
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )

    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("imported_ms", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "offices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hotline", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("scan_opens_visit", sa.Boolean(), nullable=False),
        sa.Column("simulated_pace", sa.Float(), nullable=True),
        sa.Column("valid_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("valid_to_ms", sa.BigInteger(), nullable=True),
        sa.Column("successor", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["successor"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "ratings",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=84), nullable=False),
        sa.Column("counter", sa.String(), nullable=True),
        sa.Column("visit", sa.String(length=84), nullable=True),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.Column("scale_version", sa.Integer(), nullable=False),
        sa.Column("pressed_ms", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("office", "day", "id"),
    )
    op.create_table(
        "tickets",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("senior", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("waiting_for", sa.String(), nullable=False),
        sa.Column("waiting_at", sa.String(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "service", "number"),
    )
    op.create_table(
        "turns",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("want", sa.BigInteger(), nullable=False),
        sa.Column("assigned_ms", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "service", "number", "round"),
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index("turns_of_counter", ["counter", "day"], unique=False)

    op.create_table(
        "unlinked",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=84), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "id"),
    )
    op.create_table(
        "unreadable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("unreadable", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unreadable_received_ms"), ["received_ms"], unique=False)

    op.create_table(
        "visit_dossiers",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("visit", sa.String(length=84), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("scanned_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "visit", "code"),
    )
    with op.batch_alter_table("visit_dossiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_dossiers_code"), ["code"], unique=False)

    op.create_table(
        "visits",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=84), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("called_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("finish", sa.String(length=84), nullable=True),
        sa.Column("recalls", sa.Integer(), nullable=False),
        sa.Column("wait_ms", sa.BigInteger(), nullable=True),
        sa.Column("rated", sa.Boolean(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "id"),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index("visits_of_day", ["office", "day", "called_ms"], unique=False)

    op.create_table(
        "counters",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("counters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counters_office"), ["office"], unique=False)

    op.create_table(
        "day_keys",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("office", "day"),
    )
    with op.batch_alter_table("day_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_day_keys_expires_ms"), ["expires_ms"], unique=False)

    op.create_table(
        "leases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device"],
            ["devices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("office", "service", "day", "first", name="leases_are_disjoint"),
    )
    with op.batch_alter_table("leases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leases_device"), ["device"], unique=False)

    op.create_table(
        "services",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(length=2), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target_wait_s", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("office", "id"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("shown_as", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "windows",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("marked", sa.BigInteger(), nullable=False),
        sa.Column("linked", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("taken_until_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("office", "day"),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("counter", sa.String(), nullable=True),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["counter"],
            ["counters.id"],
        ),
        sa.ForeignKeyConstraint(
            ["device"],
            ["devices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_device"), ["device"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_office"), ["office"], unique=False)

    op.create_table(
        "counter_services",
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["counter"],
            ["counters.id"],
        ),
        sa.PrimaryKeyConstraint("counter", "service"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user"), ["user"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_user"))

    op.drop_table("sessions")
    op.drop_table("counter_services")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_office"))
        batch_op.drop_index(batch_op.f("ix_assignments_device"))

    op.drop_table("assignments")
    op.drop_table("windows")
    op.drop_table("users")
    op.drop_table("services")
    with op.batch_alter_table("leases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leases_device"))

    op.drop_table("leases")
    with op.batch_alter_table("day_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_day_keys_expires_ms"))

    op.drop_table("day_keys")
    with op.batch_alter_table("counters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counters_office"))

    op.drop_table("counters")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index("visits_of_day")

    op.drop_table("visits")
    with op.batch_alter_table("visit_dossiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_dossiers_code"))

    op.drop_table("visit_dossiers")
    with op.batch_alter_table("unreadable", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unreadable_received_ms"))

    op.drop_table("unreadable")
    op.drop_table("unlinked")
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.drop_index("turns_of_counter")

    op.drop_table("turns")
    op.drop_table("tickets")
    op.drop_table("ratings")
    op.drop_table("offices")
    op.drop_table("imports")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(
            "events_unreadable",
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )
        batch_op.drop_index("events_by_time")

    op.drop_table("events")
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossiers_organisation"))

    op.drop_table("dossiers")
    op.drop_table("devices")
    op.drop_table("counter_days")
    with op.batch_alter_table("collisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collisions_device"))

    op.drop_table("collisions")
    op.drop_table("boots")
