"""A session that a provider opened keeps its identity token, to be ended there too."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("jeton_identite", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("session") as table:  # SQLite removes a column by making the table anew
        table.drop_column("jeton_identite")
