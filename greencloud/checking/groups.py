"""Findings grouped by cause: what went wrong in which column, how often, on how many lines, with a few examples."""

import dataclasses
from collections.abc import Iterable, Mapping

from greencloud.checking.messages import plural
from greencloud.checking.report import Finding

_TITLES = {
    "type-error": "valeur mal écrite",
    "constraint-error": "valeur non permise",
    "unique-error": "valeur en double",
    "primary-key": "ligne en double",
    "foreign-key": "renvoi sans correspondance",
    "blank-row": "ligne vide",
    "extra-cell": "cellules en trop",
    "missing-cell": "cellules manquantes",
    "row-error": "ligne incohérente",
    "blank-header": "en-tête vide",
    "unmatched-header": "en-tête d'une autre table",
    "resource-error": "autre table nécessaire",
    "error": "intitulés en double",
    "missing-label": "colonne manquante",
    "extra-label": "colonne en trop",
    "incorrect-label": "intitulé inattendu",
    "duplicate-label": "colonne en double",
    "blank-label": "colonne sans intitulé",
    "source-error": "ligne illisible",
    "encoding-error": "caractères illisibles",
    "format-error": "fichier d'une autre nature",
    "compression-error": "archive illisible",
    "scheme-error": "fichier hors de portée",
    "deviated-value": "valeur loin des autres",
    "deviated-cell": "texte bien plus long que les autres",
    "forbidden-value": "valeur interdite",
    "required-value": "valeur qui doit se trouver dans la colonne",
    "sequential-value": "suite rompue",
    "truncated-value": "valeur sans doute coupée",
    "ascii-value": "signes hors de l'ASCII",
    "duplicate-row": "ligne répétée",
    "row-constraint": "règle de ligne non vérifiée",
    "table-dimensions": "taille du tableau",
    "hash-count": "empreinte du fichier",
    "byte-count": "taille du fichier",
    "field-count": "nombre de colonnes",
    "row-count": "nombre de lignes",
    "schema-error": "schéma non valide",
    "field-error": "champ du schéma non valide",
    "check-error": "contrôle inapplicable",
    "separateur_ambigu": "nombre à deux lectures",
    "date_ambigue": "date à deux lectures",
    "erreur_tableur": "erreur laissée par le tableur",
    "identifiant_abime": "identifiant abîmé par le tableur",
    "unite_dans_cellule": "unité dans la cellule",
    "ligne_total": "ligne de total",
    "entete_repetee": "en-tête répété",
    "ligne_note": "ligne de commentaire",
    "second_tableau": "ligne d'un second tableau",
    "ligne_reparee": "ligne recollée, à confirmer",
    "nombre_trop_long": "nombre trop long",
    "siret": "SIRET faux",
    "siren": "SIREN faux",
    "one-of-required": "aucune des deux colonnes remplie",
    "compare-columns-value": "colonnes qui se contredisent",
    "cohesive-columns-value": "colonnes à remplir ensemble",
    "sum-columns-value": "somme inexacte",
    "year-interval-value": "période mal écrite",
    "phone-number-value": "numéro de téléphone faux",
    "opening-hours-value": "horaires mal écrits",
    "code-commune-insee": "code de commune inconnu",
}
READINGS: Mapping[str, str] = {
    "ligne_illisible": "ligne illisible",
    "valeur_absente": "valeur absente",
    "valeur_illisible": "valeur illisible",
    "horodate_illisible": "date illisible",
    "unite_inconnue": "unité inconnue",
    "grandeur_ignoree": "autre grandeur que l’énergie active",
    "pas_illisible": "pas illisible",
    "estime_illisible": "valeur lue ou estimée : on ne sait",
    "dernier_jour": "mois daté de son dernier jour",
    "index_recule": "index plus bas que le précédent",
    "index_douteux": "index contredit par ses voisins",
    "index_seul": "index seul",
    "evenement_inconnu": "événement de compteur inconnu",
    "pas_inconnu": "pas inconnu",
    "doublon_identique": "doublon identique",
    "doublon_different": "doublons qui se contredisent",
    "chevauchement": "créneaux qui se chevauchent",
    "negatif": "valeur négative",
    "production": "production et non consommation",
    "heure_inexistante": "heure qui n’existe pas au changement d’heure",
    "annee_invraisemblable": "année invraisemblable",
    "compteur_absent": "ligne sans compteur",
    "compteur_inconnu": "compteur absent du registre",
    "compteur_hors_service": "compteur hors service ce jour-là",
    "releve_futur": "relevé daté d’après le jour de son dépôt",
    "nature_melangee": "données réelles et synthétiques mêlées",
    "valeur_excessive": "valeur démesurée",
    "remplace": "remplacé par un dépôt plus récent",
    "periode_sur_deux_annees": "période à cheval sur deux années",
    "moins_complet": "jour mieux couvert par un dépôt antérieur",
    "energie_excessive": "énergie démesurée",
    "convention_inconnue": "unité, horodate ou fuseau inconnus",
    "convention_contredite": "registre et fichier de lecture qui se contredisent",
}
"""What is wrong with readings of meters: the codes of their findings, and of `motifs_ecart`."""
_EMPTY = "valeur obligatoire absente"
_KEPT_ROWS = 8


def title(code: str) -> str:
    """What a code means, in a few French words; the code itself for a rule or a check of the catalogue."""
    return _TITLES.get(code) or READINGS.get(code) or f"règle « {code} »"


@dataclasses.dataclass
class Group:
    """The findings of one code in one column.

    `lines` counts the records concerned, `first_rows` are the first of them, `examples` the first findings.
    """

    code: str
    field: str | None
    empty: bool
    count: int = 0
    lines: int = 0
    proposals: int = 0
    first_rows: list[int] = dataclasses.field(default_factory=list)
    examples: list[Finding] = dataclasses.field(default_factory=list)
    _last: int | None = None

    @property
    def title(self) -> str:
        """The cause in a few French words, with its column; a finding of readings is about the lines of a meter."""
        what = _EMPTY if self.empty else title(self.code)
        bare = self.field is None or self.code in READINGS
        return what[0].upper() + what[1:] if bare else f"Colonne « {self.field} » : {what}"

    @property
    def whole_file(self) -> bool:
        """Whether it concerns the header or the whole file rather than some lines."""
        return self.lines == 0

    @property
    def extent(self) -> str:
        """How often it was met, and on how many lines where that differs; the line when it was met once."""
        if self.count == 1:
            return f"ligne {self.first_rows[0]}" if self.first_rows else ""
        count = plural(self.count, "fois", "fois")
        return count if self.lines in (0, self.count) else f"{count} sur {plural(self.lines, 'ligne')}"

    @property
    def fix(self) -> str | None:
        """What to do, when it is the same in all the examples."""
        fixes = {example.fix for example in self.examples}
        return fixes.pop() if len(fixes) == 1 else None

    def add(self, finding: Finding, kept: int) -> None:
        """Count a finding; the findings come in the order of their rows."""
        self.count += 1
        self.proposals += finding.proposal is not None
        if len(self.examples) < kept:
            self.examples.append(finding)
        if finding.row is not None and finding.row != self._last:
            self.lines, self._last = self.lines + 1, finding.row
            if len(self.first_rows) < _KEPT_ROWS:
                self.first_rows.append(finding.row)


def grouped(findings: Iterable[Finding], kept: int) -> list[Group]:
    """The groups, worst first: those of the whole file, then those that concern most lines; `kept` examples each."""
    found: dict[tuple[str, str | None, bool], Group] = {}
    for finding in findings:
        empty = finding.code == "constraint-error" and not (finding.value or "").strip()
        key = (finding.code, finding.field, empty)
        found.setdefault(key, Group(*key)).add(finding, kept)
    return sorted(found.values(), key=lambda group: (not group.whole_file, -group.lines, -group.count))
