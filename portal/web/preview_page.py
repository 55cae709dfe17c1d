"""Before confirming: what would be published of each site, what changed since last year, what to look at again."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from dashboards import french
from dashboards.themes import peers
from greencloud import tables
from greencloud.checking.visible import visible
from greencloud.tables import Field
from portal import access, filings, models, preview
from portal.access import CheckedForm, SignedIn, Visitor
from portal.filings import Checked
from portal.filings.waiting import apart
from portal.models import Filing
from portal.preview import Change, Preview, Replaced, SitePreview
from portal.web import entry, home, wording
from portal.web.causes import Cause, File, causes
from portal.web.pages import page

router = APIRouter()

FIGURES: dict[str, Callable[[float], str]] = {
    "energie_totale_kwh": french.plain,
    "energie_it_kwh": french.plain,
    "pue_calcule": french.ratio,
    "pue_declare": french.ratio,
    "wue_l_par_kwh": french.ratio,
    "ref": french.ratio,
    "emissions_tco2e": partial(french.number, decimals=1),
}
"""The indicators that are shown, and how each is written."""
COMMENT, SHORT_COMMENT = 2_000, 300
"""Characters of all comments together, which is what the table keeps, and of that on one kind of warning."""
_TO_CONFIRM = (models.CHECKED, models.RECEIVED)
_LEVELS = {
    "pleine": "Comparable : le centre entre dans les classements de ses pairs.",
    "reservee": "Comparable avec réserve : le centre est montré avec ses pairs, la réserve à côté.",
    "non_comparable": "Non comparable : les chiffres sont publiés hors classement.",
}
_NOTHING = {
    "centres": "Aucun chiffre annuel pour ce centre : seul le registre change.",
    "declarations": "Aucun chiffre annuel ne serait publié : il manque les énergies de l’année.",
    "consommations": (
        "Aucun chiffre annuel encore : ces relevés ne couvrent pas chaque jour de l’année. Complétez-les, ou déclarez "
        "le total de l’année."
    ),
}
"""Why there is no figure to show, by what was handed in."""
_UNREGISTERED = "Aucun chiffre ne serait publié : ce centre n’est pas au registre. Ajoutez-le, puis confirmez les deux."
_DIMENSIONS = {
    "ensemble": "l’ensemble des centres",
    "type_hebergement": "son type d’hébergement",
    "categorie_organisme": "sa catégorie d’organisme",
    "region": "sa région",
    "classe_taille": "sa classe de taille",
    "departement": "son département",
    "zone_climatique": "sa zone climatique",
}


@dataclass(frozen=True)
class Figure:
    """A published indicator: its title, this year's text and last year's; `online` is empty when it is not online."""

    title: str
    now: str
    before: str
    online: str


@dataclass(frozen=True)
class Difference:
    """A field before and after, in words; `variation` is empty where there is none to tell."""

    titre: str
    avant: str
    apres: str
    variation: str
    pareil: bool


@dataclass(frozen=True)
class Sheet:
    """What would be published of a site for a year, in words."""

    id_centre: str
    nom: str
    annee: int | None
    publie: bool
    figures: Sequence[Figure]
    comparabilite: str
    recul: str
    classe: str
    raisons: str
    manquent: Sequence[str]
    vide: str
    place: str
    masques: Sequence[str]
    premiere: bool
    """Whether nothing was declared of the year before."""
    annee_avant: Sequence[Difference]
    remplace: Sequence[Difference]
    commentaire: str


@dataclass(frozen=True)
class Foreseen:
    """What is known before a deposit is confirmed: `errors` only show with all deposits together."""

    checked: Checked
    preview: Preview
    names: Mapping[str, str]
    warnings: Sequence[Cause]
    errors: Sequence[Cause]


@dataclass(frozen=True)
class Answers:
    """What was typed before confirming: `open` are the keys of the warnings of which nothing was said."""

    general: str = ""
    comment: str = ""
    right: Set[str] = frozenset()
    said: Mapping[str, str] = field(default_factory=dict)
    open: Set[str] = frozenset()
    problem: str = ""


@router.get("/depots/{filing_id}/apercu")
async def shown(request: Request, visitor: SignedIn, filing_id: str) -> Response:
    """What would be published if this deposit were confirmed."""
    return await apart(request, _shown, request, visitor, filing_id)


def _shown(request: Request, visitor: Visitor, filing_id: str) -> Response:
    with access.database(request).reading() as session:
        filing = access.filing(visitor, session, filing_id)
    return _page(request, visitor, filing, _foreseen(request, visitor, filing), Answers())


@router.post("/depots/{filing_id}/confirmer")
async def confirm(request: Request, visitor: SignedIn, form: CheckedForm, filing_id: str) -> Response:
    """Confirm the deposit; each kind of unusual value is first said to be right, or commented."""
    return await apart(request, _confirm, request, visitor, form, filing_id)


def _confirm(request: Request, visitor: Visitor, form: FormData, filing_id: str) -> Response:
    with access.database(request).reading() as session:
        filing = access.filing(visitor, session, filing_id, acting=True)
    if filing.etat not in _TO_CONFIRM:
        return RedirectResponse(f"/depots/{filing.id}", status_code=303)
    shown = _foreseen(request, visitor, filing)
    answered = _answers(form, shown.warnings)
    if answered.problem:
        return _page(request, visitor, filing, shown, answered)
    database, settings = access.database(request), access.settings(request)
    filings.confirm(database, settings, filing, visitor=visitor, comment=answered.comment or None)
    return RedirectResponse(f"/depots/{filing.id}/recu", status_code=303)


def _foreseen(request: Request, visitor: Visitor, filing: Filing) -> Foreseen:
    """What the check and the other deposits say of a deposit. Raises FilingError, GreencloudError, Conflict."""
    database, settings = access.database(request), access.settings(request)
    checked = filings.check(database, settings, filing)
    found = preview.preview(database, settings, filing, visitor)
    names = home.names(settings, filing.siren)
    file = File(filing.table_visee, checked, names)
    report = checked.report
    known = {(item["code"], item["row"], item["field"]) for item in (*report["errors"], *report["warnings"])}
    errors, warnings = (
        [one for one in map(_as_finding, told) if (one["code"], one["row"], one["field"]) not in known]
        for told in (found.errors, found.warnings)
    )
    return Foreseen(checked, found, names, causes([*report["warnings"], *warnings], file), causes(errors, file))


def _as_finding(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is only seen with all deposits together, in the form of a report."""
    names = {"row": "ligne", "field": "champ", "value": "valeur", "fix": "correction"}
    names |= {name: name for name in ("id_centre", "annee")}
    return {"code": told["code"], "message": told["message"], "proposal": None} | {
        name: told[french_name] for name, french_name in names.items()
    }


def _answers(form: FormData, warnings: Sequence[Cause]) -> Answers:
    """What was said of each kind of warning; a problem for those of which nothing was."""
    right = {cause.key for cause in warnings if form.get(f"relu-{cause.key}") == "oui"}
    said = {cause.key: entry.text(form.get(f"commentaire-{cause.key}"))[:SHORT_COMMENT] for cause in warnings}
    open_ = {cause.key for cause in warnings if cause.key not in right and not said[cause.key]}
    general = str(form.get("commentaire") or "").strip()
    told = [f"{cause.title} : {said[cause.key]}" for cause in warnings if said[cause.key]]
    comment = "\n".join(filter(None, [general, *told]))
    problem = ""
    if open_:
        problem = "Une valeur inhabituelle attend votre réponse : cochez « C’est exact », ou expliquez-la."
    elif len(comment) > COMMENT:
        problem = f"Vos commentaires font {len(comment)} caractères en tout. Gardez-en {COMMENT} au plus."
    return Answers(general, comment, right, said, open_, problem)


def _page(request: Request, visitor: Visitor, filing: Filing, shown: Foreseen, answered: Answers) -> Response:
    with access.database(request).reading() as session:
        organisme = access.body(visitor, session, filing.siren)
    may = filing.siren in visitor.sirens and filing.etat in _TO_CONFIRM and not shown.checked.foreign
    return page(
        request,
        "apercu.html.j2",
        visitor=visitor,
        status=422 if answered.problem else 200,
        depot=filing,
        organisme=organisme,
        rapport=shown.checked.report,
        fiches=[_sheet(filing.table_visee, site) for site in shown.preview.sites],
        perdues=[_lost(shown.names, key) for key in shown.preview.lost],
        avertissements=shown.warnings,
        ensemble=shown.errors,
        etrangers=shown.checked.foreign,
        reponses=answered,
        longueur=SHORT_COMMENT,
        tables=wording.TABLES,
        etats=wording.STATES,
        confirmable=may and bool(shown.checked.report["stats"]["accepted"]),
    )


def _sheet(table: str, site: SitePreview) -> Sheet:
    row = site.row or {}
    reasons, missing = wording.comparability(row)
    first = table == "declarations" and all(change.before is None for change in site.changes)
    return Sheet(
        site.site,
        site.name,
        site.year,
        site.published,
        _figures(site),
        _LEVELS.get(str(row.get("niveau_comparabilite")), ""),
        _fall(site),
        site.comparability or "",
        reasons,
        missing,
        _NOTHING[table] if site.register else _UNREGISTERED,
        place(row),
        _hidden(site),
        first,
        [_change(change) for change in site.changes] if table == "declarations" and not first else [],
        [_replaced(one) for one in site.replaced],
        visible(str(row.get("commentaire") or "")) if site.published else "",
    )


def _lost(names: Mapping[str, str], key: Mapping[str, str]) -> str:
    """A row that goes with the deposit that is replaced: its site, and what else tells it from others."""
    site, *rest = key.values()
    return ", ".join([names.get(site, site), *(wording.CHOICES.get(part, part) for part in rest)])


def _fall(site: SitePreview) -> str:
    """Where the site compared better: in what is online for this year, or the year before."""
    order = list(_LEVELS)
    level = (site.row or {}).get("niveau_comparabilite")
    for since, row in (("dans l’édition en ligne", site.online), (f"en {(site.year or 0) - 1}", site.before)):
        other = (row or {}).get("niveau_comparabilite")
        if level in order and other in order and order.index(level) > order.index(other):
            title = _LEVELS[other].partition(":")[0].strip().lower()
            return f"Il était {title} {since} (classe {(row or {}).get('classe_comparabilite')})."
    return ""


def _figures(site: SitePreview) -> list[Figure]:
    row, before, online = site.row or {}, site.before or {}, site.online or {}
    schema = tables.table("indicateurs_annuels")
    known = [name for name in FIGURES if row.get(name) is not None or before.get(name) is not None]
    if all(row.get(name) is None for name in known):
        return []
    return [
        Figure(
            schema.field(name).title,
            said(row.get(name), FIGURES[name]),
            said(before.get(name), FIGURES[name]),
            said(online.get(name), FIGURES[name]) if site.online else "",
        )
        for name in known
    ]


def said(value: Any, written: Callable[[float], str] = french.plain) -> str:
    """A value as a French reader expects it; a dash when there is none."""
    if value is None or value == "":
        return french.ABSENT
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, (int, float)):
        return written(value)
    return wording.CHOICES.get(str(value), visible(str(value)))


def place(row: Mapping[str, Any]) -> str:
    """Where the site would stand among its peers."""
    count, rank = row.get("nb_pairs"), row.get("rang_pairs")
    if not row.get("groupe_pairs") or not count:
        return "Sans rang : seuls les chiffres pleinement comparables sont classés, parmi trois centres au moins."
    group = peers.words(lambda _, kind: wording.CHOICES.get(kind, kind), row["groupe_pairs"])
    if rank is None:
        return f"Groupe de pairs ({count} centres, sans rang) : {group}."
    order = "1er" if rank == 1 else f"{rank}e"
    return f"{order} sur {count} dans son groupe de pairs, du PUE le plus bas au plus haut. Ce groupe : {group}."


def _hidden(site: SitePreview) -> list[str]:
    """What the public would not see, and why."""
    told = []
    if site.row and not site.published:
        told.append("Aucune ligne à son nom : ce centre ne compte que dans les totaux, selon son mode de publication.")
    masked = sorted({_DIMENSIONS.get(item.dimension, item.dimension) for item in site.hidden})
    if masked:
        told.append(f"Le secret statistique masque les totaux qui le feraient deviner : {', '.join(masked)}.")
    return told


def _change(change: Change) -> Difference:
    return Difference(change.title, said(change.before), said(change.after), _grown(change.growth), change.same)


def _replaced(change: Replaced) -> Difference:
    """A value of the register, of a year or of a reading: the history tells it as a text."""
    known = [table for name in tables.INPUTS if change.field in (table := tables.table(name)).column_names]
    field = known[0].field(change.field) if known else None
    title = field.title if field else change.field
    key = dict(part.split("=", 1) for part in change.key.split(";") if "=" in part)
    if "date_debut" in key:
        title = f"{title}, relevé du {french.date(key['date_debut'])}"
    before, after = (_typed(value, field) for value in (change.before, change.after))
    return Difference(
        title, said(before), said(after), _grown(preview.growth(before, after)), change.before == change.after
    )


def _grown(growth: float | None) -> str:
    return "" if growth is None else french.change(100 * growth)


def _typed(value: str | None, field: Field | None) -> str | float | None:
    return float(value) if value and field is not None and field.type in ("number", "integer") else value
