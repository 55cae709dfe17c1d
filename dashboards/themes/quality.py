"""Who declared, what was refused and why, and how far the figures cover each category: published totals only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dashboards import figures, french
from dashboards.cells import DIFFUSION, Chart, Column, DataTable, Head, Part, cell, published_table, sentence
from dashboards.data import Edition, Row
from dashboards.themes import COVERED, NATURES, Nature, Page, ranges, stems
from dashboards.themes.basis import AGGREGATES, COMPARED, SUMMED, basis, declarants, declared
from dashboards.themes.sites import EXCLUSIONS
from greencloud import rules
from greencloud.checking.groups import READINGS
from greencloud.checking.groups import title as code_title

REJECTS = "rejets"
SAVINGS = "economies"
SECRECY = "secret_statistique"
_DECLARED = ranges.Mark("circle-open", figures.BLUE)
_COVERED = ranges.Mark("circle", figures.BLUE)

# A cause in plain words, with the codes of the refusals that it gathers; the rest falls to the last two.
CAUSES: Mapping[str, frozenset[str]] = {
    "Une grandeur dans une autre unité (MWh, kW, litres)": frozenset(
        {
            *("energies_en_kw", "energies_en_mwh", "it_en_kw", "it_en_mwh", "total_en_kw", "total_en_mwh"),
            *("puissance_en_mw", "eau_en_litres", "changement_unite_probable", "virgule_perdue", "unite_dans_cellule"),
        }
    ),
    "Un mois pour une année, ou des dates fausses": frozenset(
        {
            *("it_mensuel", "total_mensuel", "periode_invalide", "annee_non_close", "year-interval-value"),
            "date_hors_plage",
        }
    ),
    "Un site en double, inconnu ou mal identifié": frozenset(
        {
            *("primary-key", "unique-error", "foreign-key", "doublon_site", "siret_invalide", "siret", "siren"),
            *("identifiant_abime", "commune_inconnue"),
        }
    ),
    "Un zéro, ou rien, là où il faut un chiffre": frozenset(
        {"zero_pour_absence", "one-of-required", "energies_absentes", "missing-cell"}
    ),
    "Du réel et du synthétique mêlés": frozenset({"nature_melangee", "centre_deja_reel"}),
    "Des relevés de compteurs mis de côté": frozenset(READINGS) - {"nature_melangee"},
}
CONTRADICTION = "Des valeurs qui se contredisent"
WRITING = "Une cellule, une ligne ou une colonne mal écrite"

_DIMENSIONS = (
    ("categorie_organisme", "organisme", "Catégorie d’organisme"),
    ("type_hebergement", "hebergement", "Type d’hébergement"),
    ("classe_taille", "taille", "Classe de taille"),
    ("region", "region", "Région"),
)
_DRAWN = 2  # dimensions that have a chart; the others, longer, are in a table alone
_STEPS = (
    ("nb_sites_attendus", "attendus"),
    ("nb_sites_declarants", "dont une valeur au moins est acceptée"),
    ("nb_sites_pue", "comptés dans les sommes : deux énergies, une année entière"),
    ("nb_sites_distribution", COMPARED),
)
_LETTERS: Mapping[str, str] = {
    "A": "se compare sans réserve",
    "B": "se compare avec une réserve",
    "C": "est d’une année entière, mais ne se compare pas",
    "D": "n’est pas d’une année entière",
    "E": "est publié sans les énergies qui le vérifieraient",
}


def page(edition: Edition) -> Page:
    """The page `qualite.html`."""
    return Page(
        "qualite.html",
        "qualite.html.j2",
        "Qualité et couverture",
        "qualite.html",
        {"parts": [_part(edition, nature) for nature in NATURES]},
    )


def cause(code: str) -> str:
    """The cause of a refusal, in plain words."""
    found = next((words for words, codes in CAUSES.items() if code in codes), None)
    return found or (CONTRADICTION if code in {rule.code for rule in rules.catalogue()} else WRITING)


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    years = [row for row in edition.groups("ensemble", synthetic=nature.synthetic) if row["nb_sites_declarants"] != 0]
    rejects = edition.rows(REJECTS, synthetic=nature.synthetic)
    if not years:
        return {**_refused(edition, rejects, nature), "total": None}
    total = max(years, key=lambda row: int(row["annee"]))
    return {
        **_refused(edition, rejects, nature),
        "total": total,
        "answer": _answer(total),
        "measured": _measured(total),
        "steps": _steps(total, nature),
        "groups": [
            _group(edition, total, nature, *dimension, drawn=place < _DRAWN)
            for place, dimension in enumerate(_DIMENSIONS)
        ],
        "letters": _letters(edition, total, nature),
        "compared": _compared(edition, total, nature),
        "years": _years(years, nature),
    }


def _refused(edition: Edition, rejects: Sequence[Row], nature: Nature) -> dict[str, Any]:
    return {"nature": nature, "rejects": _rejects(rejects, nature), "withheld": _withheld(edition, nature)}


def _answer(total: Row) -> tuple[Part, ...]:
    value = {column: cell(total, AGGREGATES, column) for column in total}
    said = f"En {{annee}}, {{declarants}} {declared(total)} sur {{attendus}} attendus"
    if value["nb_sites_pue"].known and value["couverture_sites"].known:
        said += " ; comptés dans les sommes : {sommes} ; couverture : {couverture}"
    return sentence(
        f"{said}.",
        annee=value["annee"],
        declarants=declarants(total),
        attendus=value["nb_sites_attendus"],
        sommes=value["nb_sites_pue"],
        couverture=value["couverture_sites"],
    )


def _measured(total: Row) -> tuple[Part, ...]:
    """How much of the computing energy was read on a meter; nothing when it is hidden or unknown."""
    share = cell(total, AGGREGATES, "part_it_mesuree")
    if not share.known:
        return ()
    return sentence("{part} de l’énergie informatique de ces sites a été relevée à un compteur.", part=share)


# ---- who declared ----


def _steps(total: Row, nature: Nature) -> Chart:
    heads = tuple(Head(words[:1].upper() + words[1:], column) for column, words in _STEPS)
    said = [(cell(total, AGGREGATES, column), words) for column, words in _STEPS]
    return Chart(
        id=f"qualite-etapes-{nature.anchor}",
        title=f"Du site attendu au site comparé, {total['annee']}",
        alternative=(
            f"Quatre lignes, année {total['annee']} : "
            + " ; ".join(f"{part.text} {words}" for part, words in said)
            + f". Données {nature.adjective}."
        ),
        figure=stems.chart(
            [
                stems.Stem(f"<b>{part.text}</b> {words}", float(part.raw) if part.known else None)
                for part, words in said
            ],
            synthetic=nature.synthetic,
        ),
        table=published_table(
            f"table-etapes-{nature.anchor}",
            f"Du site attendu au site comparé, données {nature.adjective}",
            AGGREGATES,
            [total],
            (Head("Année", "annee"), *heads),
        ),
        csv=f"{AGGREGATES}.csv",
        **basis(total, "nb_sites_attendus"),
        width=420,
    )


def _group(
    edition: Edition, total: Row, nature: Nature, dimension: str, name: str, title: str, *, drawn: bool
) -> dict[str, Any]:
    """The rows of a dimension as a table, and as a chart when they are few: share that declared, coverage."""
    rows = edition.groups(dimension, synthetic=nature.synthetic, year=total["annee"])
    rows = sorted((row for row in rows if row["nb_sites_attendus"]), key=_share, reverse=True)
    table = _group_table(rows, nature, name, title)
    return {"title": title, "table": table, "chart": _group_chart(rows, total, nature, name, title) if drawn else None}


def _share(row: Row) -> float:
    """The share of the expected sites that declared: given for every group, hidden or not."""
    return float(row["nb_sites_declarants"]) / float(row["nb_sites_attendus"])


def _group_chart(rows: Sequence[Row], total: Row, nature: Nature, name: str, title: str) -> Chart:
    return Chart(
        id=f"qualite-{name}-{nature.anchor}",
        title=title,
        alternative=(
            f"Diagramme à points, année {total['annee']}, part des sites attendus qui ont déclaré et couverture. "
            + " ; ".join(f"{row['libelle']} : {_said(row)}" for row in rows)
            + f". Données {nature.adjective}."
        ),
        figure=ranges.chart(
            [_line(row) for row in rows],
            (_DECLARED, _COVERED),
            synthetic=nature.synthetic,
            limits=(0, 103),
            ticksuffix="\u00a0%",
        ),
        csv=f"{AGGREGATES}.csv",
        **basis(total, "nb_sites_attendus"),
        values=f"table-qualite-{name}-{nature.anchor}",
        width=420,
    )


def _line(row: Row) -> ranges.Line:
    covered = row["couverture_sites"]
    values = (100 * _share(row), None if covered is None else 100 * covered)
    return ranges.Line(figures.plain_text(row["libelle"]), _said(row), values)


def _said(row: Row) -> str:
    sites, asked = french.count(row["nb_sites_declarants"], "déclarant"), french.integer(row["nb_sites_attendus"])
    return f"{sites} sur {asked}, couverture {cell(row, AGGREGATES, 'couverture_sites').text}"


def _group_table(rows: Sequence[Row], nature: Nature, name: str, title: str) -> DataTable:
    heads = (
        Head(title, "libelle"),
        Head("Attendus", "nb_sites_attendus"),
        Head("Déclarants", "nb_sites_declarants"),
        SUMMED,
        Head("Couverture", "couverture_sites"),
        Head("Couverture (puissance)", "couverture_puissance"),
        DIFFUSION,
    )
    year = rows[0]["annee"] if rows else ""
    caption = f"{title} : qui a déclaré en {year}, données {nature.adjective}. {COVERED}"
    return published_table(f"table-qualite-{name}-{nature.anchor}", caption, AGGREGATES, rows, heads)


def _years(years: Sequence[Row], nature: Nature) -> DataTable:
    heads = (
        Head("Année", "annee"),
        Head("Attendus", "nb_sites_attendus"),
        Head("Déclarants", "nb_sites_declarants"),
        SUMMED,
        Head("Comparables", "nb_sites_distribution"),
        Head("Estimés", "nb_sites_estimes"),
        Head("Part mesurée", "part_it_mesuree"),
        Head("Couverture", "couverture_sites"),
        DIFFUSION,
    )
    ordered = sorted(years, key=lambda row: -int(row["annee"]))
    caption = f"Qui a déclaré, année par année, données {nature.adjective}. {COVERED}"
    return published_table(f"table-qualite-annees-{nature.anchor}", caption, AGGREGATES, ordered, heads)


def _named(edition: Edition, total: Row, nature: Nature) -> list[Row]:
    """The sites published in their name in the year of the totals."""
    return [row for row in edition.sites if row["synthetique"] is nature.synthetic and row["annee"] == total["annee"]]


def _letters(edition: Edition, total: Row, nature: Nature) -> DataTable | None:
    """How many of the sites published in their name bear each letter of comparability, and how many are summed."""
    rows = _named(edition, total, nature)
    counts = Counter(row["lettre_comparabilite"] for row in rows if row["lettre_comparabilite"])
    summed = Counter(row["lettre_comparabilite"] for row in rows if row["inclus_dans_agregats"])
    if not counts:
        return None
    return DataTable(
        f"table-lettres-{nature.anchor}",
        f"Ce que vaut le PUE de chaque site publié à son nom, {total['annee']}, données {nature.adjective}",
        (Column("Lettre"), Column("Son PUE…"), Column("Sites", True), Column("Dont comptés dans les sommes", True)),
        tuple(
            (letter, words, french.integer(counts[letter]), french.integer(summed[letter]))
            for letter, words in _LETTERS.items()
        ),
    )


def _compared(edition: Edition, total: Row, nature: Nature) -> tuple[Part, ...]:
    """How the three counts of sites that compare fit together: those of the median, of the letters, of the savings."""
    summed = cell(total, AGGREGATES, "nb_sites_distribution")
    if not summed.known:
        return ()
    bearing = [row for row in _named(edition, total, nature) if row["lettre_comparabilite"] in ("A", "B")]
    reasons = Counter(
        EXCLUSIONS.get(row["motif_exclusion"], row["motif_exclusion"])
        for row in bearing
        if not row["inclus_dans_agregats"]
    )
    saving = max((row["nb_sites_comparables"] or 0 for row in _saving(edition, total)), default=0)
    unnamed = saving - int(total["nb_sites_distribution"])
    model = f"Sites {COMPARED}, ceux de la médiane : {{comptes}}."
    if reasons:
        each = ", ".join(f"{words} : {french.number(sites)}" for words, sites in sorted(reasons.items()))
        model += f" Autres sites de lettre A ou B, hors des sommes : {french.number(reasons.total())} ({each})."
    if unnamed > 0:
        model += (
            f" Sites dont le PUE se compare et qui ne comptent que dans les totaux : {french.number(unnamed)} ; avec "
            f"ceux de la médiane, ils sont les {french.number(saving)} des économies."
        )
    return sentence(model, comptes=summed)


def _saving(edition: Edition, total: Row) -> list[Row]:
    """The national rows of the savings in the year of the totals."""
    rows = edition.rows(SAVINGS, synthetic=total["synthetique"])
    return [row for row in rows if row["dimension"] == "ensemble" and row["annee"] == total["annee"]]


# ---- what was refused ----


def _rejects(rows: Sequence[Row], nature: Nature) -> dict[str, Any] | None:
    if not rows:
        return None
    causes = Counter(cause(row["code"]) for row in rows)
    ordered = sorted(causes.items(), key=lambda item: (-item[1], item[0]))
    first, most = ordered[0]
    return {
        "answer": french.typography(
            f"Cause la plus fréquente des {french.number(len(rows))} refus publiés : "
            f"{french.within(first)} ({french.number(most)})."
        ),
        "chart": _rejects_chart(rows, ordered, nature),
    }


def _rejects_chart(rows: Sequence[Row], causes: Sequence[tuple[str, int]], nature: Nature) -> Chart:
    """How many refusals each cause has: they are lines of files, not sites, and have no coverage."""
    return Chart(
        id=f"qualite-refus-{nature.anchor}",
        title="Refus publiés, par cause",
        alternative=(
            f"Une ligne par cause de refus, sur {len(rows)} refus publiés : "
            + " ; ".join(f"{words} : {french.number(count)}" for words, count in causes)
            + f". Données {nature.adjective}."
        ),
        figure=stems.chart(
            [
                stems.Stem(french.typography(f"{words} : <b>{french.number(count)}</b>"), float(count))
                for words, count in causes
            ],
            synthetic=nature.synthetic,
        ),
        table=_codes_table(Counter(row["code"] for row in rows), nature),
        csv=f"{REJECTS}.csv",
        count=french.integer(len(rows)),
        beside=("des refus et non des sites",),
    )


def _codes_table(codes: Mapping[str, int], nature: Nature) -> DataTable:
    ordered = sorted(codes.items(), key=lambda item: (cause(item[0]), -item[1], item[0]))
    return DataTable(
        f"table-refus-{nature.anchor}",
        f"Refus publiés, par cause et par code de contrôle, données {nature.adjective}",
        (Column("Cause"), Column("Code"), Column("Contrôle"), Column("Refus", True)),
        tuple((cause(code), code, control(code), french.integer(count)) for code, count in ordered),
    )


def control(code: str) -> str:
    """What found the fault, in a few words."""
    if code in {rule.code for rule in rules.catalogue()}:
        return "règle de vraisemblance"
    return code_title(code)


def _withheld(edition: Edition, nature: Nature) -> tuple[Part, ...]:
    """How many refusals are withheld, because their site counts only in totals; nothing when none is."""
    rows = [row for row in edition.rows(SECRECY, synthetic=nature.synthetic) if row["nom_table"] == REJECTS]
    hidden = [row for row in rows if row["motif"] in ("site_agrege", "site_exempte") and row["nb_lignes"]]
    if not hidden:
        return ()
    parts: list[Part] = ["Refus retirés de la table publiée, parce que leur site n’y paraît pas à son nom : "]
    for place, row in enumerate(hidden):
        parts += [", " if place else "", cell(row, SECRECY, "nb_lignes")]
    return tuple(french.typography(part) if isinstance(part, str) else part for part in (*parts, "."))
