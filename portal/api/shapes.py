"""What the API takes and gives, with examples: the same text makes the answers, their check and the documentation."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Table = Literal["centres", "declarations", "consommations"]
State = Literal["recu", "controle", "illisible", "confirme", "remplace", "retire"]
Instant = Annotated[str, Field(description="Instant en UTC.", examples=["2026-05-14T21:30:05.123456Z"])]

_ID = "7d0c4c1e-5a8b-4c6e-9f53-2f1f6f0a9b11"


class Problem(BaseModel):
    """Un refus, selon la RFC 9457."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Dépôt refusé"])
    status: int = Field(examples=[422])
    detail: str = Field(
        description="La cause et le remède, en une phrase.",
        examples=["Ce fichier est vide. Déposez le fichier rempli."],
    )


class Receipt(BaseModel):
    """Un dépôt : son empreinte, ses dates, son état. Le même fichier envoyé deux fois donne le même dépôt."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Identifiant du dépôt.", examples=[_ID])
    siren: str = Field(description="L'organisme qui dépose.", examples=["130025265"])
    table: Table = Field(description="La table visée.")
    nom: str = Field(description="Le nom du fichier, nettoyé.", examples=["declarations-2025.csv"])
    sha256: str = Field(description="L'empreinte des octets reçus.", examples=["9f86d081884c7d65" * 4])
    octets: int = Field(description="Taille en octets.", examples=[18230])
    recu_le: Instant
    confirme_le: Instant | None = None
    etat: State = Field(description="Où en est le dépôt.")
    edition: str | None = Field(
        default=None, description="L'édition en ligne, si elle contient ce dépôt.", examples=["2026-05-20-1a2b3c4d"]
    )


class Counts(BaseModel):
    """Ce que le contrôle a compté."""

    lignes: int = Field(examples=[100])
    acceptees: int = Field(examples=[98])
    rejetees: int = Field(examples=[2])
    erreurs: int = Field(examples=[3])
    avertissements: int = Field(examples=[5])


class Deposited(Receipt):
    """Un dépôt et le résultat de son contrôle ; les adresses sont relatives au serveur."""

    lisible: bool = Field(description="Faux : le fichier ne peut pas être lu comme un tableau.")
    controle: Counts
    rapport: str = Field(examples=[f"/api/v1/depots/{_ID}/rapport"])
    page: str = Field(description="La page du dépôt dans le portail.", examples=[f"/depots/{_ID}"])


class Listing(BaseModel):
    """Les dépôts de l'organisme, du plus récent au plus ancien."""

    depots: list[Receipt]
    suivant: str | None = Field(default=None, description="L'adresse de la suite, s'il y en a une.")


class Finding(BaseModel):
    """Une erreur ou un avertissement ; `row` est le numéro de ligne, l'en-tête étant 1."""

    code: str = Field(examples=["valeur_non_numerique"])
    row: int | None = Field(examples=[12])
    field: str | None = Field(examples=["energie_totale_kwh"])
    value: str | None = Field(examples=["n/a"])
    message: str
    fix: str
    proposal: str | None = None


class Report(BaseModel):
    """Le rapport de contrôle, à la forme de « greencloud check --format json » ; au plus 2 000 erreurs sont listées."""

    valid: bool
    lisible: bool
    version_regles: str | None
    file: dict[str, Any]
    stats: dict[str, int]
    codes: dict[str, dict[str, int]]
    notes: list[dict[str, str]]
    errors: list[Finding]
    warnings: list[Finding]


class Foreseen(BaseModel):
    """Ce que la prochaine édition publierait si ce dépôt était confirmé."""

    sites: list[dict[str, Any]] = Field(description="Un site et une année : ligne publiée, rang, secret, écarts.")
    erreurs: list[dict[str, Any]]
    avertissements: list[dict[str, Any]]


class Confirmation(BaseModel):
    """Ce qui accompagne une confirmation."""

    model_config = ConfigDict(extra="forbid")

    commentaire: str | None = Field(
        default=None, max_length=2_000, description="Réponse aux avertissements.", examples=["Compteur changé en mars."]
    )


class Withdrawal(BaseModel):
    """Ce qui accompagne un retrait."""

    model_config = ConfigDict(extra="forbid")

    motif: str = Field(min_length=1, max_length=2_000, examples=["Fichier d'un autre exercice."])
