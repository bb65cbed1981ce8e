"""The public half of each laptop's keys, for what comes and goes as a file."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column."""
    op.add_column("device", sa.Column("public", sa.LargeBinary(64), nullable=False, server_default=sa.text("''")))
