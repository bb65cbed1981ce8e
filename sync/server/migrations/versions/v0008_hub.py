"""A ledger that is itself a client of another one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "upstream",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("office", sa.String(32), sa.ForeignKey("office.id"), nullable=False),
        sa.Column("caller", sa.String(32), sa.ForeignKey("caller.id"), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("authority", sa.String(500), nullable=False),
        sa.Column("token", sa.String(200), nullable=False),
        sa.Column("server", sa.String(200), nullable=False),
        sa.Column("epoch", sa.LargeBinary(8), nullable=False),
        sa.Column("cursor", sa.LargeBinary(256), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("replica", sa.LargeBinary(8), nullable=False),
        sa.Column("prev", sa.LargeBinary(8), nullable=False),
        sa.Column("next", sa.LargeBinary(8), nullable=False),
        sa.Column("tried", sa.LargeBinary(16), nullable=False),
        sa.Column("agreed", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(60), nullable=False),
    )
    op.create_table(
        "echo",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "unsent",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "parcel",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "relayed",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("record", sa.String(64), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("upload", sa.String(200), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("safe", sa.Boolean(), nullable=False),
        sa.Column("refused", sa.String(40), nullable=False),
    )
