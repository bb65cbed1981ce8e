"""The contents of files in pieces; and indexes by which a reader who was just let in is given a scope in order, however large."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the indexes."""
    op.create_table(
        "upload",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("device", sa.String(32), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.String(64), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
    )
    op.create_index("upload_of", "upload", ["office", "device", "hash"])
    op.create_index("upload_expires", "upload", ["expires"])
    op.create_table(
        "piece",
        sa.Column("upload", sa.String(32), primary_key=True),
        sa.Column("at", sa.BigInteger(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "file",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("upload", sa.String(32), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "file_of",
        sa.Column("office", sa.String(32), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("record", sa.String(64), primary_key=True),
    )
    op.create_index("record_scope_id", "record", ["office", "scope", "id"])
    op.create_index("record_family_id", "record", ["office", "family", "id"])
