"""A mail that will never leave is told from one that waits."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("courriel", sa.Column("abandonne_le", sa.String(length=27), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("courriel") as table:  # SQLite removes a column by making the table anew
        table.drop_column("abandonne_le")
