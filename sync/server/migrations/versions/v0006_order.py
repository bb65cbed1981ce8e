"""On PostgreSQL: ids are compared byte by byte, as SQLite and Python compare them, whatever language the cluster was made for.

What a laptop has is told by places in the order of ids; a language's rules would put some before others that come after them.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the column's rules; its indexes are made anew."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE record ALTER COLUMN id TYPE VARCHAR(64) COLLATE "C"')
