"""The report of a site to the European database: annexes I and II of Delegated Regulation (EU) 2024/1364, filled.

What is missing is listed with the column to fill in. The indicators of annex III, which the database computes itself,
are given as a preview.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from greencloud.checking.messages import plural
from greencloud.checking.visible import visible
from greencloud.exports import files
from greencloud.exports.dossier import Dossier, SiteYear, thresholds
from greencloud.exports.figures import ELSEWHERE, MISSING, STATES, Figure, figure
from greencloud.exports.indicators import of_regulation
from greencloud.exports.words import word
from greencloud.rules.writing import french, sentence

REGULATION = "http://data.europa.eu/eli/reg_del/2024/1364/oj"
FIRST_YEAR = 2023
"""The first calendar year that is reported (art. 3(1))."""
COLUMNS = (
    *("id_centre", "annee", "annexe", "point", "symbole", "indicateur", "valeur", "unite"),
    *("etat", "colonne", "a_faire", "depot_sha256", "depot_ligne"),
)
_PREVIEW = "III"
_ANNEXES = {
    "I": "Annexe I : identité du centre",
    "II": "Annexe II : indicateurs à communiquer",
    _PREVIEW: "Annexe III : indicateurs que la base européenne calcule (aperçu)",
}


@dataclass(frozen=True)
class EuReport:
    """A filled report: every figure in the order of the annexes, and what its reader must know, in French."""

    dossier: Dossier
    year: SiteYear
    figures: tuple[Figure, ...]
    remarks: tuple[str, ...]

    @property
    def missing(self) -> tuple[Figure, ...]:
        """What annexes I and II ask for and the site has not declared, or that we do not hold."""
        return tuple(item for item in self.figures if not item.known and item.indicator.annex != _PREVIEW)

    @property
    def complete(self) -> bool:
        """Whether everything that can be declared here has been."""
        return not any(item.state == MISSING for item in self.missing)


def report(dossier: Dossier, year: int) -> EuReport:
    """The report of a site for a year. Raises ExportRefused when the site has declared nothing for that year."""
    found = dossier.year(year)
    figures = tuple(figure(indicator, dossier, found) for indicator in of_regulation())
    return EuReport(dossier, found, figures, tuple(_remarks(dossier, found)))


def to_csv(content: EuReport) -> str:
    """One row an indicator; values for programs."""
    return files.csv_text(COLUMNS, (_row(content, item) for item in content.figures))


def to_json(content: EuReport) -> str:
    """The same rows, with the site, the remarks and whether the report is complete."""
    return files.json_text(
        {
            "reglement": REGULATION,
            "id_centre": content.dossier.id_centre,
            "nom_site": content.dossier.name,
            "annee": content.year.year,
            "synthetique": content.dossier.synthetic,
            "complet": content.complete,
            "remarques": list(content.remarks),
            "indicateurs": [_row(content, item) for item in content.figures],
        }
    )


def to_text(content: EuReport) -> str:
    """The report for a person: the figures of each annex, what is missing and what to fill in, the remarks."""
    return "".join(f"{visible(line)}\n" for line in _lines(content))


def _row(content: EuReport, item: Figure) -> dict[str, Any]:
    indicator = item.indicator
    return {
        "id_centre": content.dossier.id_centre,
        "annee": content.year.year,
        "annexe": indicator.annex,
        "point": indicator.point,
        "symbole": indicator.symbol,
        "indicateur": indicator.label,
        "valeur": item.value,
        "unite": indicator.unit,
        "etat": item.state,
        "colonne": indicator.column,
        "a_faire": to_do(item),
        "depot_sha256": item.sha256,
        "depot_ligne": item.line,
    }


def to_do(item: Figure) -> str:
    """What to fill in for a value that is not known, empty for one that is."""
    if item.known:
        return ""
    if item.state == ELSEWHERE:
        return "À donner au portail lui-même : ce projet ne reçoit ni ne publie de coordonnées."
    indicator = item.indicator
    if not indicator.description:
        return "Se calcule quand les valeurs dont il dépend sont déclarées."
    reason = f" (déclaré {word('motif_absence', item.reason)})" if item.reason else ""
    return sentence(f"Remplissez {indicator.column} dans {indicator.table}{reason} : {indicator.description}")


def _lines(content: EuReport) -> Iterator[str]:
    dossier = content.dossier
    yield f"Règlement délégué (UE) 2024/1364 — {dossier.name} ({dossier.id_centre}), année {content.year.year}"
    for annex, title in _ANNEXES.items():
        yield from ("", title)
        members = [item for item in content.figures if item.indicator.annex == annex]
        width = max(len(item.indicator.label) for item in members)
        for item in members:
            yield _line(item, width)
    yield ""
    due = [item for item in content.missing if item.state == MISSING]
    if due:
        yield f"À compléter : {plural(len(due), 'indicateur')}"
        for item in due:
            yield f"  • {item.indicator.label} → {_first_sentence(to_do(item))}"
    else:
        yield "Tous les indicateurs des annexes I et II sont remplis."
    yield from ("", "À savoir")
    yield from (f"  • {remark}" for remark in content.remarks)


def _line(item: Figure, width: int) -> str:
    indicator = item.indicator
    value = "—" if item.value is None else shown(item.value)
    unit = f" {indicator.unit}" if indicator.unit and item.known else ""
    state = "" if item.state in ("declare", MISSING) else f"  [{STATES[item.state]}]"
    return f"  {indicator.point:>2}  {indicator.symbol:<10} {indicator.label:<{width}}  {value}{unit}{state}"


def shown(value: object) -> str:
    """A value as a French reader expects it; the parts of a list with commas."""
    return ", ".join(map(str, value)) if isinstance(value, list) else french(value)


def _first_sentence(text: str) -> str:
    first, dot, _ = text.partition(". ")
    return first + "." if dot else text


def _remarks(dossier: Dossier, year: SiteYear) -> Iterator[str]:
    """What changes the meaning of the figures, or of the duty to give them."""
    if dossier.synthetic:
        yield "Données synthétiques, fabriquées pour la démonstration : ce rapport n'est pas à transmettre."
    yield from thresholds(dossier)
    if str(dossier.centre.get("mode_publication") or "").startswith("exempte"):
        yield sentence("Le registre dit ce centre exempté (code de l'énergie, L. 236-1, II) : faut-il transmettre ?")
    if year.year < FIRST_YEAR:
        yield f"Le règlement commence à l'année {FIRST_YEAR} : aucun rapport n'est demandé pour {year.year}."
    if told := _period(year):
        yield told
    if year.indicators.get("pue_calcule") is None and (alone := year.indicators.get("pue_declare")) is not None:
        yield sentence(f"Le PUE déclaré ({french(alone)}) n'est pas repris : le règlement demande les deux énergies.")
    if year.indicators.get("qualite_mesure") == "estime":
        yield "Les énergies sont estimées : dites-le, avec la méthode, dans le rapport."
    if year.warnings:
        yield sentence(f"Avertissements publiés avec cette année : {', '.join(year.warnings)}.")
    yield (
        "L'acte C(2026) 3472, adopté le 21 septembre 2026, change la définition d'E_DC, d'E_RES-TOT et du WUE ; son "
        "entrée en vigueur n'est pas connue du projet : les définitions sont ici celles de 2024. Libellés français et "
        "lettres des points : à confirmer."
    )


def _period(year: SiteYear) -> str:
    """A warning when what was declared does not cover the calendar year that the report is about."""
    whole = (f"{year.year}-01-01", f"{year.year}-12-31")
    begin, end = (
        year.declaration.get(name) or day for name, day in zip(("date_debut", "date_fin"), whole, strict=True)
    )
    if (str(begin), str(end)) == whole:
        return ""
    but = ", sauf les énergies, relevées sur l'année," if year.indicators["source_energie"] == "consommations" else ""
    return sentence(
        f"La déclaration{but} va du {french(begin)} au {french(end)} : le rapport demande l'année civile entière."
    )
