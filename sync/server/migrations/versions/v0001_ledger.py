"""The ledger as it began: offices, callers, devices, records, history, grants and what is held."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "history",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("replica", sa.LargeBinary(8), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(8), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("office", "id", "field", "replica", "counter", "digest", name="history_once"),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("epoch", sa.LargeBinary(8), nullable=False),
        sa.Column("secret", sa.LargeBinary(32), nullable=False),
        sa.Column("minted", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "record",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("family", sa.String(20), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
    )
    op.create_index("record_family", "record", ["office", "family", "seq"])
    op.create_index("record_kind", "record", ["office", "kind"])
    op.create_index("record_scope", "record", ["office", "scope", "seq"])
    op.create_table(
        "replica",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("id", sa.LargeBinary(8), primary_key=True),
        sa.Column("device", sa.String(32), nullable=False),
        sa.Column("nonce", sa.LargeBinary(8), nullable=False),
    )
    op.create_table(
        "tally",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("scope", sa.String(100), primary_key=True),
        sa.Column("least", sa.Integer(), primary_key=True),
        sa.Column("family", sa.String(20), nullable=False),
        sa.Column("digest", sa.LargeBinary(8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_index("tally_family", "tally", ["office", "family", "least"])
    op.create_table(
        "vouched",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("mentorship", sa.String(64), primary_key=True),
        sa.Column("scope", sa.String(100), primary_key=True),
    )
    op.create_table(
        "caller",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("office", sa.String(32), sa.ForeignKey("office.id"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
    )
    op.create_index("caller_person", "caller", ["office", "person"])
    op.create_table(
        "code",
        sa.Column("hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("caller", sa.String(32), sa.ForeignKey("caller.id"), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("caller", sa.String(32), sa.ForeignKey("caller.id"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("token", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("enrolled", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "grant_",
        sa.Column("caller", sa.String(32), sa.ForeignKey("caller.id"), primary_key=True),
        sa.Column("scope", sa.String(100), primary_key=True),
        sa.Column("source", sa.String(100), primary_key=True),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("write", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
    op.create_index("grant_scope", "grant_", ["scope"])
    op.create_table(
        "held",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("digest", sa.LargeBinary(16), primary_key=True),
        sa.Column("caller", sa.String(32), sa.ForeignKey("caller.id"), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
    )
    op.create_index("held_caller", "held", ["caller", "scope"])
    op.create_table(
        "withdrawn",
        sa.Column("caller", sa.String(32), sa.ForeignKey("caller.id"), primary_key=True),
        sa.Column("scope", sa.String(100), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
