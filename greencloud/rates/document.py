"""`docs/rules.md`: every rule with its proof, where each rule of the facts is applied, and the measured rates."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from greencloud import rules
from greencloud.rates import campaign, clean, measure
from greencloud.rates.campaign import Campaign
from greencloud.rates.measure import Rate
from greencloud.rules import Rule
from greencloud.rules.context import COLUMNS
from greencloud.rules.families import FAMILIES
from greencloud.rules.grandeurs import GRANDEURS
from greencloud.rules.writing import french, plain, sentence

CLEAN_ROWS = 5000

LEVELS = {"erreur": "refuse la ligne", "avertissement": "avertit", "info": "informe le déclarant"}
SIGHTS = {
    "annees": "les autres années du centre",
    "depot": "le jour du dépôt",
    "references": "les tables de référence",
    "registre": "le registre des centres",
    "voisins": "les autres centres de l'année",
}

ELSEWHERE: Mapping[str, tuple[str, str]] = {
    "valeur_non_numerique": ("type-error", "contrôle de la cellule ; les espaces de milliers sont admis et notés"),
    "plage_au_lieu_de_valeur": ("type-error", "contrôle de la cellule, détail « plage », « borne »"),
    "unite_dans_la_cellule": (
        "unite_dans_cellule",
        "contrôle de la cellule ; l'unité de la colonne elle-même est retirée et notée (unite_retiree)",
    ),
    "separateur_ambigu": ("separateur_ambigu", "contrôle de la cellule, avec les deux lectures"),
    "valeur_negative": ("constraint-error", "schéma de declarations : minimum 0"),
    "doublon_site": ("primary-key", "clé (id_centre, annee) du schéma ; le reste par la règle doublon_site"),
    "commune_inconnue": (
        "code-commune-insee",
        "contrôle du schéma de centres, sur le code officiel entier de la dernière année ; la règle commune_inconnue "
        "ajoute ce qu'en dit data/reference",
    ),
}
"""Rules of the cells: code of the facts -> the code that the check gives, and where."""

PUBLICATION: Mapping[str, str] = {
    "diffusion_k3": "greencloud/disclosure (secret primaire et complémentaire), dernière étape avant l'édition",
    "somme_sur_somme": "greencloud/sql/agregats_annuels.sql : Σ énergie totale / Σ énergie IT des mêmes lignes",
    "classe_comparable": "greencloud/sql/_sites_annees.sql (niveau) et greencloud/sql/_groupes_pairs.sql (rang)",
    "historique_conserve": "greencloud/loading/__init__.py (lignes remplacées) et greencloud/sql/historique.sql",
    "facteur_epingle": "greencloud/sql/_facteurs_emission.sql : la ligne employée est citée ; sans elle, aucun calcul",
    "exemption": "colonne mode_publication du registre et greencloud/disclosure",
}
"""Rules of publication of the facts, section 2 -> where each is applied."""

_HEAD = """# Les règles de vraisemblance

Chaque règle dit une cause probable et ce qu'il faut corriger ; elle ne change jamais une valeur. Cette page est faite
par `python -m greencloud.rates` (`make docs`), jamais à la main ; un test échoue quand elle ne dit plus ce que font les
règles.

Version des règles (`version_regles`) : `{version}`. {count} règles.
"""

_SEES = """## Ce que voit une règle

Une règle qui ne voit que sa ligne est essayée au contrôle du fichier. Les autres le sont quand tous les dépôts sont
réunis, sur les lignes courantes (la dernière de chaque clé) : un refus y rend la place à la version précédente, jugée
à son tour. Une ligne réelle et une ligne fabriquée ne se voient jamais. Le commentaire « Donnée synthétique » d'une
ligne fabriquée n'est pas une réponse.

Une erreur de rapport ou de facteur de charge fait taire les règles qui dépendent des énergies, un changement d'unité
fait taire le reste de l'histoire : une faute, un message. Les trois règles `energies_en_mwh`, `energies_en_kw` et
`facteur_charge_impossible` sont essayées deux fois : la seconde avec la puissance du registre, quand la ligne n'en
donne pas.

`communes.csv` ne tient qu'une partie du code officiel géographique : une commune qui s'y trouve existe, une commune
qui ne s'y trouve pas peut exister, et n'est jamais dite inconnue pour cela. Elle l'est quand son département n'existe
pas (`departements.csv` est complet, collectivités d'outre-mer à part) ou quand son numéro est 000, celui d'un code
postal. La table est celle de 2026 : elle ne dit rien d'une commune disparue avant, ni de l'année déclarée.
"""

_CELLS = """## Règles appliquées ailleurs

La lecture des cellules et les clés ont leurs propres contrôles ; leurs messages sont dans [messages.md](messages.md).

| Règle | Code donné | Où |
| --- | --- | --- |
"""

_PUBLISHED = """Règles de publication, qui portent sur des fichiers entiers :

| Règle | Où |
| --- | --- |
"""


def document() -> str:
    """The whole page; it takes the time of a campaign and of some twenty injections in 5,000 rows."""
    with tempfile.TemporaryDirectory() as folder:
        found = campaign.judge(Path(folder))
    con = clean.database(CLEAN_ROWS)
    return described() + figures(found, measure.clean_alarms(con), measure.rates(con))


def described() -> str:
    """The first part of the page: the rules and where each one is applied."""
    head = _HEAD.format(version=rules.VERSION, count=len(rules.codes()))
    parts = [sentence(head), sentence(_SEES), *_quantities()]
    parts += ["## Les règles\n\n" + "".join(map(_rule, rules.catalogue())), *_elsewhere()]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def figures(found: Campaign, alarms: tuple[int, int, Mapping[str, int]], rates: Sequence[Rate]) -> str:
    """The second part of the page: what was measured on the campaign, on clean rows and on injected faults."""
    return "\n".join(["", _campaign(found), _clean(*alarms), _faults(rates)])


def _quantities() -> Iterator[str]:
    yield "## Grandeurs\n\n" + sentence(
        "Les conditions parlent des colonnes de la ligne et de ces grandeurs, vides si un terme manque.\n"
    )
    yield _table(("Nom", "SQL"), [(f"`{name}`", _code(sql)) for name, sql in GRANDEURS.items()])
    seen = [
        (f"`{name}`", SIGHTS[sight], f"`{table}`")
        for table, sights in COLUMNS.items()
        for sight, columns in sights.items()
        for name in columns
    ]
    yield sentence(
        "Colonnes qu'ajoutent les autres lignes (`_prec` : l'année précédente ; `_repere` : la médiane des autres "
        "années entières, si elles s'accordent) :\n"
    )
    yield _table(("Colonne", "Vient de", "Table"), seen)


def _rule(rule: Rule) -> str:
    silenced = ", ".join(FAMILIES[rule.famille].silences) if rule.niveau == "erreur" else ""
    lines = [
        f"- {sentence('Condition : ')}{_code(rule.condition)}",
        sentence(f"- Message : {_shown(rule.message, rule)}"),
        sentence(f"- Que faire : {_shown(rule.correction, rule)}"),
        sentence(f"- Base : {rule.source}"),
        f"- Passe : {_cells(rule.passe)}",
        f"- Échoue : {_cells(rule.echoue)}",
    ]
    if rule.voit:
        lines.insert(0, f"- Voit aussi {', '.join(SIGHTS[sight] for sight in rule.voit)}")
    if silenced:
        lines.append(f"- Fait taire les familles : {silenced}")
    names = ", ".join(f"`{name}`" for name in rule.tables)
    level = f"{rule.niveau.capitalize()} ({LEVELS[rule.niveau]}), famille {rule.famille}, table {names}."
    return f"### `{rule.code}`\n\n{level}\n\n" + "\n".join(lines) + "\n\n"


def _shown(template: str, rule: Rule) -> str:
    return template.replace("{colonne}", " ou ".join(rule.champs)).replace("{", "‹").replace("}", "›")


def _cells(cells: Mapping[str, object]) -> str:
    return ", ".join(f"`{name} = {plain(value) or '(vide)'}`" for name, value in cells.items())


def _elsewhere() -> Iterator[str]:
    rows = [f"| `{code}` | `{given}` | {where} |" for code, (given, where) in ELSEWHERE.items()]
    yield sentence(_CELLS + "\n".join(rows))
    yield sentence(_PUBLISHED + "\n".join(f"| `{code}` | {where} |" for code, where in PUBLICATION.items()))


def _campaign(found: Campaign) -> str:
    rows = [(f"`{code}`", str(count), str(found.found.get(code, 0))) for code, count in sorted(found.injected.items())]
    injected, caught = sum(found.injected.values()), sum(found.found.values())
    alarms = ", ".join(f"`{code}` {count}" for code, count in sorted(found.alarms.items())) or "aucune"
    doubts = ", ".join(f"`{code}` {count}" for code, count in sorted(found.doubts.items()))
    said = (
        "## Mesures : la campagne d'exemple\n\n"
        f"Les dépôts de `greencloud sample`, contrôlés et réunis : {caught} fautes trouvées sur {injected} injectées, "
        "à leur ligne, à leur colonne et avec leur cause.\n"
        f"Sur les {french(found.rows)} autres lignes, {found.alarmed_rows} portent une fausse alerte, soit "
        f"{_percent(found.alarmed_rows, found.rows)} ({alarms}).\n"
        "Doutes que la campagne sème exprès dans des lignes justes, et que les règles disent avec raison : "
        f"{doubts}.\n\n"
    )
    return sentence(said + _table(("Faute", "Injectée", "Trouvée"), rows))


def _clean(rows: int, alarmed: int, codes: Mapping[str, int]) -> str:
    told = ", ".join(f"`{code}` {count}" for code, count in codes.items()) or "aucune"
    return sentence(
        f"## Mesures : {french(rows)} lignes justes\n\n"
        f"Tirées par les mêmes générateurs (graine {clean.SEED}), avec leurs autres années : {alarmed} portent une "
        f"erreur ou un avertissement, soit {_percent(alarmed, rows)} de fausses alertes : {told}.\n"
    )


def _faults(found: Sequence[Rate]) -> str:
    rows = [
        (
            rate.title,
            french(rate.rows),
            _percent(rate.refused, rate.rows),
            _percent(rate.first, rate.rows),
            _percent(rate.named, rate.rows),
            ", ".join(f"`{code}` {count}" for code, count in list(rate.codes.items())[:4]),
        )
        for rate in found
    ]
    units = [rate for rate in found if rate.unit]
    total, named = sum(rate.rows for rate in units), sum(rate.named for rate in units)
    titles = ("Faute injectée", "Lignes", "Refusées", "Code de la cause", "Cause nommée", "Codes les plus fréquents")
    said = (
        "## Mesures : chaque faute dans toutes les lignes qui peuvent la porter\n\n"
        "« Code de la cause » : la règle de cette cause s'est déclenchée. « Cause nommée » : elle, ou un message qui "
        "donne\ncette cause parmi celles qui expliquent la valeur, car une ligne seule ne tranche pas toujours.\n\n"
        f"Fautes d'unité (toutes sauf les deux dernières) : cause nommée dans {_percent(named, total)} de "
        f"{french(total)} cas.\n\n"
    )
    return sentence(said + _table(titles, rows))


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %".replace(".", ",") if whole else "—"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def _code(sql: str) -> str:
    return "`` " + " ".join(sql.split()).replace("|", "\\|") + " ``"
