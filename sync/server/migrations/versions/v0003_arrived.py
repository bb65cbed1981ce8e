"""What arrived of a replica's last exchange, for a laptop that never heard the answer."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("replica", sa.Column("arrived", sa.LargeBinary(), nullable=True))
