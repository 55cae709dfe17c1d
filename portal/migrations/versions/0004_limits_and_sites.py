"""What a body handed in is found in the log by its day; a confirmed deposit keeps the sites that it speaks of."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_journal_siren_le"), "journal", ["siren", "le"], unique=False)
    op.add_column("depot", sa.Column("sites", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("depot", "sites")  # in place: the table cannot be made anew while messages name its rows
    op.drop_index(op.f("ix_journal_siren_le"), table_name="journal")
