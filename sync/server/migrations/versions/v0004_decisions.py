"""What a coordinator decided about what is held, and the commit in which that became known."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was held before counts as held since the office's last commit."""
    op.add_column("held", sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("held", sa.Column("decision", sa.String(10), nullable=False, server_default=""))
    op.add_column("held", sa.Column("decider", sa.String(32), nullable=False, server_default=""))
    op.create_index("held_lately", "held", ["office", "seq"])
    op.execute("UPDATE office SET seq = seq + 1 WHERE id IN (SELECT office FROM held)")
    op.execute("UPDATE held SET seq = (SELECT seq FROM office WHERE office.id = held.office)")
