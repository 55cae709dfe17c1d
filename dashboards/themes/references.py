"""What a PUE is held against: the bounds of EuroCloud France's proposal, and the references of the market."""

from collections.abc import Mapping, Sequence

from dashboards import french
from dashboards.cells import Column, DataTable
from dashboards.data import Edition, Row

_BOUNDS = "EuroCloud France"

# The market references that are drawn, of the many of the reference table: verified, and each of another kind.
_MARKET: Mapping[tuple[str, int], str] = {
    ("Université de Strasbourg, DC361 (calcul intensif)", 2019): "un centre public de calcul intensif, Strasbourg",
    ("Thésée", 2022): "un centre de colocation privé et récent, Thésée",
    ("Moyenne France, selon Equinix France", 2022): "les centres de colocation en France, selon Equinix",
    ("Uptime Institute, enquête mondiale", 2023): "le monde, enquête de l’Uptime Institute",
    ("Moyenne France tous types, selon Equinix France", 2022): "la France, tous types de centres, selon Equinix",
}


def references(edition: Edition) -> list[Row]:
    """The rows of the reference table that the charts draw: the bounds of the marks, then the market references."""
    return [*(row for row in edition.references if row["reference"].startswith(_BOUNDS)), *market(edition)]


def market(edition: Edition) -> list[Row]:
    """The market references, lowest PUE first. Those that nobody verified are none."""
    rows = [row for row in edition.references if row["annee"] and (row["reference"], int(row["annee"])) in _MARKET]
    return sorted((row for row in rows if row["statut"] == "verified"), key=lambda row: float(row["pue"]))


def reference_marks(edition: Edition) -> dict[str, float]:
    """The three bounds of EuroCloud France's proposal, from the reference table: modern, traditional low and high."""
    bounds = {row["nature"]: float(row["pue"]) for row in edition.references if row["reference"].startswith(_BOUNDS)}
    return {
        "modern": bounds["borne_superieure_exclue"],
        "low": bounds["borne_inferieure"],
        "high": bounds["borne_superieure"],
    }


def letter(place: int) -> str:
    """The letter of a market reference, by its place."""
    return "abcdefghijklmnopqrstuvwxyz"[place]


def named(row: Row) -> tuple[str, int]:
    """The name of a market reference and its year."""
    return row["reference"], int(row["annee"])


def described(row: Row) -> str:
    """What a market reference is, in a few words."""
    return _MARKET[named(row)]


def written(row: Row) -> str:
    """The PUE of a market reference, with « plus de » before a lower bound."""
    over = "plus de " if row["nature"] == "borne_inferieure" else ""
    return over + french.ratio(row["pue"])


def market_table(rows: Sequence[Row]) -> DataTable:
    """The market references with their letters and their sources."""
    return DataTable(
        "table-marche",
        "Références du marché dessinées au-dessus des types d’hébergement",
        (
            Column("Repère", shape="court"),
            Column("Ce que c’est", shape="libelle"),
            *(Column("PUE", shape="court"), Column("Année", True), Column("Ce que couvre la source", shape="propos")),
            Column("Source"),
        ),
        tuple(
            (
                letter(place),
                described(row),
                *(written(row), str(named(row)[1]), row["perimetre"], row["url_source"]),
            )
            for place, row in enumerate(rows)
        ),
        linked=True,
    )
