"""The first tables; the log refuses, in the database itself, that a line be changed or removed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = (
    """CREATE TRIGGER journal_immuable BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'journal: append only'); END""",
    """CREATE TRIGGER journal_ineffacable BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'journal: append only'); END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION journal_immuable() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'journal: append only'; END $$""",
    """CREATE TRIGGER journal_immuable BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_immuable()""",
)


def upgrade() -> None:
    op.create_table(
        "campagne",
        sa.Column("annee", sa.Integer(), nullable=False),
        sa.Column("ouverte_le", sa.String(length=10), nullable=False),
        sa.Column("limite", sa.String(length=10), nullable=False),
        sa.Column("close_le", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("annee", name=op.f("pk_campagne")),
    )
    op.create_table(
        "compte",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("courriel", sa.Text(), nullable=True),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("mot_de_passe", sa.Text(), nullable=True),
        sa.Column("oidc_emetteur", sa.Text(), nullable=True),
        sa.Column("oidc_sujet", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.Column("cree_le", sa.String(length=27), nullable=False),
        sa.Column("efface_le", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compte")),
        sa.UniqueConstraint("courriel", name=op.f("uq_compte_courriel")),
        sa.UniqueConstraint("oidc_emetteur", "oidc_sujet", name=op.f("uq_compte_oidc_emetteur_oidc_sujet")),
    )
    op.create_table(
        "echec",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cle", sa.String(length=64), nullable=False),
        sa.Column("le", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_echec")),
    )
    op.create_index(op.f("ix_echec_cle"), "echec", ["cle"], unique=False)
    op.create_table(
        "journal",
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("le", sa.String(length=27), nullable=False),
        sa.Column("acteur", sa.Text(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("objet", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("precedent", sa.String(length=64), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_journal")),
        sa.UniqueConstraint("empreinte", name=op.f("uq_journal_empreinte")),
    )
    op.create_table(
        "organisme",
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("categorie", sa.Text(), nullable=True),
        sa.Column("cree_le", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("siren", name=op.f("pk_organisme")),
    )
    op.create_table(
        "attendu",
        sa.Column("annee", sa.Integer(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("motif", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["annee"], ["campagne.annee"], name=op.f("fk_attendu_annee")),
        sa.ForeignKeyConstraint(["siren"], ["organisme.siren"], name=op.f("fk_attendu_siren")),
        sa.PrimaryKeyConstraint("annee", "siren", name=op.f("pk_attendu")),
    )
    op.create_table(
        "courriel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("genre", sa.String(length=20), nullable=False),
        sa.Column("compte_id", sa.String(length=36), nullable=True),
        sa.Column("siren", sa.String(length=9), nullable=True),
        sa.Column("objet_id", sa.String(length=36), nullable=True),
        sa.Column("jour", sa.String(length=10), nullable=False),
        sa.Column("envoye_le", sa.String(length=27), nullable=True),
        sa.Column("erreur", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["compte_id"], ["compte.id"], name=op.f("fk_courriel_compte_id")),
        sa.ForeignKeyConstraint(["siren"], ["organisme.siren"], name=op.f("fk_courriel_siren")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courriel")),
        sa.UniqueConstraint(
            "genre",
            "compte_id",
            "siren",
            "objet_id",
            "jour",
            name=op.f("uq_courriel_genre_compte_id_siren_objet_id_jour"),
        ),
    )
    op.create_table(
        "habilitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compte_id", sa.String(length=36), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("donnee_par", sa.String(length=36), nullable=True),
        sa.Column("cree_le", sa.String(length=27), nullable=False),
        sa.Column("revoquee_le", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["compte_id"], ["compte.id"], name=op.f("fk_habilitation_compte_id")),
        sa.ForeignKeyConstraint(["donnee_par"], ["compte.id"], name=op.f("fk_habilitation_donnee_par")),
        sa.ForeignKeyConstraint(["siren"], ["organisme.siren"], name=op.f("fk_habilitation_siren")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_habilitation")),
    )
    op.create_index(op.f("ix_habilitation_compte_id_siren"), "habilitation", ["compte_id", "siren"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("jeton", sa.String(length=64), nullable=False),
        sa.Column("courriel", sa.Text(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=True),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("par", sa.String(length=36), nullable=True),
        sa.Column("cree_le", sa.String(length=27), nullable=False),
        sa.Column("expire_le", sa.String(length=27), nullable=False),
        sa.Column("employee_le", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["par"], ["compte.id"], name=op.f("fk_invitation_par")),
        sa.ForeignKeyConstraint(["siren"], ["organisme.siren"], name=op.f("fk_invitation_siren")),
        sa.PrimaryKeyConstraint("jeton", name=op.f("pk_invitation")),
    )
    op.create_table(
        "jeton",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("compte_id", sa.String(length=36), nullable=False),
        sa.Column("portee", sa.String(length=12), nullable=False),
        sa.Column("cree_le", sa.String(length=27), nullable=False),
        sa.Column("expire_le", sa.String(length=27), nullable=False),
        sa.Column("revoque_le", sa.String(length=27), nullable=True),
        sa.Column("employe_le", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["compte_id"], ["compte.id"], name=op.f("fk_jeton_compte_id")),
        sa.ForeignKeyConstraint(["siren"], ["organisme.siren"], name=op.f("fk_jeton_siren")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jeton")),
        sa.UniqueConstraint("empreinte", name=op.f("uq_jeton_empreinte")),
    )
    op.create_table(
        "session",
        sa.Column("jeton", sa.String(length=64), nullable=False),
        sa.Column("compte_id", sa.String(length=36), nullable=False),
        sa.Column("csrf", sa.String(length=43), nullable=False),
        sa.Column("cree_le", sa.String(length=27), nullable=False),
        sa.Column("vue_le", sa.String(length=27), nullable=False),
        sa.Column("expire_le", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["compte_id"], ["compte.id"], name=op.f("fk_session_compte_id")),
        sa.PrimaryKeyConstraint("jeton", name=op.f("pk_session")),
    )
    op.create_table(
        "depot",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("compte_id", sa.String(length=36), nullable=True),
        sa.Column("jeton_id", sa.String(length=36), nullable=True),
        sa.Column("annee", sa.Integer(), nullable=True),
        sa.Column("table_visee", sa.String(length=20), nullable=False),
        sa.Column("nom_fichier", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.Column("recu_le", sa.String(length=27), nullable=False),
        sa.Column("etat", sa.String(length=12), nullable=False),
        sa.Column("lignes", sa.Integer(), nullable=True),
        sa.Column("acceptees", sa.Integer(), nullable=True),
        sa.Column("rejetees", sa.Integer(), nullable=True),
        sa.Column("programme", sa.String(length=64), nullable=True),
        sa.Column("confirme_le", sa.String(length=27), nullable=True),
        sa.Column("commentaire", sa.Text(), nullable=True),
        sa.Column("remplace", sa.String(length=36), nullable=True),
        sa.Column("retire_le", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["compte_id"], ["compte.id"], name=op.f("fk_depot_compte_id")),
        sa.ForeignKeyConstraint(["jeton_id"], ["jeton.id"], name=op.f("fk_depot_jeton_id")),
        sa.ForeignKeyConstraint(["remplace"], ["depot.id"], name=op.f("fk_depot_remplace")),
        sa.ForeignKeyConstraint(["siren"], ["organisme.siren"], name=op.f("fk_depot_siren")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_depot")),
        sa.UniqueConstraint("siren", "table_visee", "sha256", name=op.f("uq_depot_siren_table_visee_sha256")),
    )
    op.create_index(op.f("ix_depot_siren"), "depot", ["siren"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.String(length=36), nullable=False),
        sa.Column("compte_id", sa.String(length=36), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("cree_le", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["compte_id"], ["compte.id"], name=op.f("fk_message_compte_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_message_depot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_depot_id"), "message", ["depot_id"], unique=False)
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER journal_immuable")
        op.execute("DROP TRIGGER journal_ineffacable")
    else:
        op.execute("DROP TRIGGER journal_immuable ON journal")
        op.execute("DROP FUNCTION journal_immuable")
    op.drop_index(op.f("ix_message_depot_id"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_depot_siren"), table_name="depot")
    op.drop_table("depot")
    op.drop_table("session")
    op.drop_table("jeton")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_habilitation_compte_id_siren"), table_name="habilitation")
    op.drop_table("habilitation")
    op.drop_table("courriel")
    op.drop_table("attendu")
    op.drop_table("organisme")
    op.drop_table("journal")
    op.drop_index(op.f("ix_echec_cle"), table_name="echec")
    op.drop_table("echec")
    op.drop_table("compte")
    op.drop_table("campagne")
