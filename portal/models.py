"""The tables of the portal: accounts and their rights, deposits and their states, campaigns, the audit log.

Instants are UTC texts as `greencloud.deposits.now` writes them: the same in SQLite and PostgreSQL, and they sort.
Nothing is ever deleted but sessions, and what the law makes erasable (see `accounts.erase`).
"""

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

AGENT, MANAGER = "agent", "gestionnaire"
ROLES = (AGENT, MANAGER)

# The states of a deposit, in the order of its life.
RECEIVED, CHECKED, UNREADABLE = "recu", "controle", "illisible"
CONFIRMED, SUPERSEDED, WITHDRAWN = "confirme", "remplace", "retire"
OPEN = (RECEIVED, CHECKED, UNREADABLE)
"""Neither confirmed nor ended."""
STATES = (RECEIVED, CHECKED, UNREADABLE, CONFIRMED, SUPERSEDED, WITHDRAWN)

_INSTANT, _SIREN, _ID, _HASH = String(27), String(9), String(36), String(64)


class Base(DeclarativeBase):
    """Constraints have names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Body(Base):
    """A body that declares (organisme), by its SIREN."""

    __tablename__ = "organisme"

    siren: Mapped[str] = mapped_column(_SIREN, primary_key=True)
    nom: Mapped[str] = mapped_column(Text)
    categorie: Mapped[str | None] = mapped_column(Text)
    cree_le: Mapped[str] = mapped_column(_INSTANT)


class Account(Base):
    """Somebody who signs in: by password, or through an OpenID provider."""

    __tablename__ = "compte"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)  # uuid4
    courriel: Mapped[str | None] = mapped_column(Text, unique=True)  # lower case; None once erased
    nom: Mapped[str] = mapped_column(Text)
    mot_de_passe: Mapped[str | None] = mapped_column(Text)  # argon2id; None: no password
    oidc_emetteur: Mapped[str | None] = mapped_column(Text)
    oidc_sujet: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(12), default=AGENT)
    actif: Mapped[bool] = mapped_column(Boolean, default=True)
    cree_le: Mapped[str] = mapped_column(_INSTANT)
    efface_le: Mapped[str | None] = mapped_column(_INSTANT)

    habilitations: Mapped[list["Grant"]] = relationship(back_populates="compte", foreign_keys="Grant.compte_id")

    __table_args__ = (UniqueConstraint("oidc_emetteur", "oidc_sujet"),)


class Grant(Base):
    """The right of an account over a body, given by another account or by a manager."""

    __tablename__ = "habilitation"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    compte_id: Mapped[str] = mapped_column(ForeignKey("compte.id"))
    siren: Mapped[str] = mapped_column(ForeignKey("organisme.siren"))
    donnee_par: Mapped[str | None] = mapped_column(ForeignKey("compte.id"))
    cree_le: Mapped[str] = mapped_column(_INSTANT)
    revoquee_le: Mapped[str | None] = mapped_column(_INSTANT)

    compte: Mapped[Account] = relationship(back_populates="habilitations", foreign_keys=[compte_id])

    __table_args__ = (Index(None, "compte_id", "siren"),)


class Invitation(Base):
    """A link sent by mail: whoever follows it gets the right over a body. Kept as a hash."""

    __tablename__ = "invitation"

    jeton: Mapped[str] = mapped_column(_HASH, primary_key=True)  # sha256 of what the mail holds
    courriel: Mapped[str] = mapped_column(Text)
    siren: Mapped[str | None] = mapped_column(ForeignKey("organisme.siren"))  # None: a manager
    role: Mapped[str] = mapped_column(String(12), default=AGENT)
    par: Mapped[str | None] = mapped_column(ForeignKey("compte.id"))
    cree_le: Mapped[str] = mapped_column(_INSTANT)
    expire_le: Mapped[str] = mapped_column(_INSTANT)
    employee_le: Mapped[str | None] = mapped_column(_INSTANT)


class Session(Base):
    """A browser that is signed in. The cookie holds the token, the table its hash."""

    __tablename__ = "session"

    jeton: Mapped[str] = mapped_column(_HASH, primary_key=True)
    compte_id: Mapped[str] = mapped_column(ForeignKey("compte.id"))
    csrf: Mapped[str] = mapped_column(String(43))
    cree_le: Mapped[str] = mapped_column(_INSTANT)
    vue_le: Mapped[str] = mapped_column(_INSTANT)
    expire_le: Mapped[str] = mapped_column(_INSTANT)
    jeton_identite: Mapped[str | None] = mapped_column(Text)  # what the provider wants back to end its own session


class Failure(Base):
    """A sign-in that failed, for throttling: by account name and by address, both hashed with the secret."""

    __tablename__ = "echec"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    cle: Mapped[str] = mapped_column(_HASH, index=True)
    le: Mapped[str] = mapped_column(_INSTANT)


class Token(Base):
    """A key of the API for one body. The table holds its hash."""

    __tablename__ = "jeton"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    empreinte: Mapped[str] = mapped_column(_HASH, unique=True)
    nom: Mapped[str] = mapped_column(Text)
    siren: Mapped[str] = mapped_column(ForeignKey("organisme.siren"))
    compte_id: Mapped[str] = mapped_column(ForeignKey("compte.id"))
    portee: Mapped[str] = mapped_column(String(12))  # `lecture` or `depot` (which reads too)
    cree_le: Mapped[str] = mapped_column(_INSTANT)
    expire_le: Mapped[str] = mapped_column(_INSTANT)
    revoque_le: Mapped[str | None] = mapped_column(_INSTANT)
    employe_le: Mapped[str | None] = mapped_column(_INSTANT)


class Filing(Base):
    """A file that a body handed in (dépôt). Its bytes are at `recus/<aa>/<sha256>`, named by nothing else."""

    __tablename__ = "depot"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    siren: Mapped[str] = mapped_column(ForeignKey("organisme.siren"), index=True)
    compte_id: Mapped[str | None] = mapped_column(ForeignKey("compte.id"))
    jeton_id: Mapped[str | None] = mapped_column(ForeignKey("jeton.id"))
    annee: Mapped[int | None] = mapped_column(Integer)  # the campaign it was handed in for
    table_visee: Mapped[str] = mapped_column(String(20))
    nom_fichier: Mapped[str] = mapped_column(Text)  # clean_name: for people only, never a path
    sha256: Mapped[str] = mapped_column(_HASH)
    octets: Mapped[int] = mapped_column(BigInteger)
    recu_le: Mapped[str] = mapped_column(_INSTANT)
    etat: Mapped[str] = mapped_column(String(12), default=RECEIVED)
    lignes: Mapped[int | None] = mapped_column(Integer)
    acceptees: Mapped[int | None] = mapped_column(Integer)
    rejetees: Mapped[int | None] = mapped_column(Integer)
    programme: Mapped[str | None] = mapped_column(_HASH)  # of greencloud.program: which check gave this verdict
    confirme_le: Mapped[str | None] = mapped_column(_INSTANT)
    commentaire: Mapped[str | None] = mapped_column(Text)  # on the warnings, when confirming
    remplace: Mapped[str | None] = mapped_column(ForeignKey("depot.id"))  # the deposit that this one supersedes
    retire_le: Mapped[str | None] = mapped_column(_INSTANT)
    # JSON, what a confirmed one speaks of; None: too many, or not yet. Long, and so not read unless asked for.
    sites: Mapped[str | None] = mapped_column(Text, deferred=True)

    __table_args__ = (UniqueConstraint("siren", "table_visee", "sha256"),)


class Message(Base):
    """A question on a deposit, or its answer."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    depot_id: Mapped[str] = mapped_column(ForeignKey("depot.id"), index=True)
    compte_id: Mapped[str] = mapped_column(ForeignKey("compte.id"))
    texte: Mapped[str] = mapped_column(Text)
    cree_le: Mapped[str] = mapped_column(_INSTANT)


class Campaign(Base):
    """A year of declarations: the year that is declared, and the day it must be in by (AAAA-MM-JJ)."""

    __tablename__ = "campagne"

    annee: Mapped[int] = mapped_column(Integer, primary_key=True)
    ouverte_le: Mapped[str] = mapped_column(String(10))
    limite: Mapped[str] = mapped_column(String(10))
    close_le: Mapped[str | None] = mapped_column(String(10))


class Expected(Base):
    """A body that a campaign waits for, and why."""

    __tablename__ = "attendu"

    annee: Mapped[int] = mapped_column(ForeignKey("campagne.annee"), primary_key=True)
    siren: Mapped[str] = mapped_column(ForeignKey("organisme.siren"), primary_key=True)
    motif: Mapped[str | None] = mapped_column(Text)


class Mail(Base):
    """A mail that was sent or is to be: at most one of a kind a day to an account about a body."""

    __tablename__ = "courriel"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    genre: Mapped[str] = mapped_column(String(20))  # rappel, recu, question, invitation, mot_de_passe
    compte_id: Mapped[str | None] = mapped_column(ForeignKey("compte.id"))
    siren: Mapped[str | None] = mapped_column(ForeignKey("organisme.siren"))
    objet_id: Mapped[str | None] = mapped_column(_ID)  # a deposit, a campaign's year
    jour: Mapped[str] = mapped_column(String(10))
    envoye_le: Mapped[str | None] = mapped_column(_INSTANT)
    abandonne_le: Mapped[str | None] = mapped_column(_INSTANT)  # refused for good, or left waiting for too long
    erreur: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("genre", "compte_id", "siren", "objet_id", "jour"),)


class Entry(Base):
    """A line of the audit log: each holds the hash of the one before. Never changed, never deleted."""

    __tablename__ = "journal"

    numero: Mapped[int] = mapped_column(Integer, primary_key=True)
    le: Mapped[str] = mapped_column(_INSTANT)
    acteur: Mapped[str] = mapped_column(Text)  # id of an account or of a token, `systeme`, `anonyme`; never a name
    siren: Mapped[str | None] = mapped_column(_SIREN)
    action: Mapped[str] = mapped_column(String(40))
    objet: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)  # canonical JSON without personal data
    precedent: Mapped[str] = mapped_column(_HASH)
    empreinte: Mapped[str] = mapped_column(_HASH, unique=True)

    __table_args__ = (Index(None, "siren", "le"),)
