"""The report on a deposit: what is wrong, in its row, with the fix; a cell is corrected here, or the file taken."""

import csv
import io
import re
from collections.abc import Sequence, Set
from pathlib import PurePath

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from greencloud.checking.visible import visible
from portal import access, filings, models
from portal.access import CheckedForm, SignedIn, Visitor
from portal.errors import Conflict, NotFound
from portal.filings import Checked
from portal.filings.waiting import CheckedFirst, apart
from portal.models import Filing
from portal.web import entry, history, home, registration, wording
from portal.web.causes import File, causes
from portal.web.pages import page

router = APIRouter()

CORRECTED_HERE = 100
"""Errors that the page lets correct; a file with more of them is better corrected where it was made."""
_SHOWN = 60  # lines of what a correction changes
_CELL = 60
_UNREAD = "\N{REPLACEMENT CHARACTER}"
_OPEN = (models.RECEIVED, models.CHECKED, models.UNREADABLE)
_INPUT = re.compile("c-([0-9]{1,9})-([0-9]{1,4})")
_LINE = re.compile("l-([0-9]{1,9})")
_REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/depots/{filing_id}")
def shown(request: Request, visitor: SignedIn, stopped: CheckedFirst, filing_id: str) -> Response:
    """The report at once: what was not checked yet is checked now."""
    if stopped:
        return _unchecked(request, visitor, filing_id, stopped)
    filing, checked = _checked(request, visitor, filing_id)
    with access.database(request).reading() as session:
        organisme = access.body(visitor, session, filing.siren)
        acts, chain = history.of(session, filing, visitor), history.chain(session, filing)
    lost = registration.lost(access.database(request), access.settings(request), filing)
    found = checked.report
    mine, open_ = filing.siren in visitor.sirens, filing.etat in _OPEN
    editable = mine and open_ and checked.readable and len(found["errors"]) <= CORRECTED_HERE
    names = home.names(access.settings(request), filing.siren)
    errors = causes(found["errors"], File(filing.table_visee, checked, names, editable))
    return page(
        request,
        "depot.html.j2",
        visitor=visitor,
        depot=filing,
        organisme=organisme,
        rapport=found,
        lisible=checked.readable,
        erreurs=errors,
        avertissements=causes(found["warnings"], File(filing.table_visee, checked, names)),
        corrigeable=any(fault.cells or fault.line for cause in errors for fault in cause.faults),
        proposees=sum(error["proposal"] is not None for error in found["errors"]),
        changements=_changes(filing.table_visee, checked),
        etrangers=checked.foreign,
        hors_registre=lost,
        remarques=wording.notes(filing.table_visee, found["notes"]),
        actes=acts,
        chaine=chain,
        tables=wording.TABLES,
        etats=wording.STATES,
        sens=wording.MEANINGS,
        peut_agir=mine,
        ouvert=open_,
        confirme=filing.etat == models.CONFIRMED,
    )


def _unchecked(request: Request, visitor: Visitor, filing_id: str, why: str) -> Response:
    """The page of a deposit whose check was stopped: why, what to do, and all that can still be done with it."""
    with access.database(request).reading() as session:
        filing = access.filing(visitor, session, filing_id)
        organisme = access.body(visitor, session, filing.siren)
        acts, chain = history.of(session, filing, visitor), history.chain(session, filing)
    return page(
        request,
        "depot_sans_controle.html.j2",
        visitor=visitor,
        depot=filing,
        organisme=organisme,
        raison=why,
        actes=acts,
        chaine=chain,
        tables=wording.TABLES,
        etats=wording.STATES,
        peut_agir=filing.siren in visitor.sirens,
        ouvert=filing.etat in _OPEN,
    )


@router.get("/depots/{filing_id}/rapport.html")
def whole(request: Request, visitor: SignedIn, filing_id: str) -> Response:
    """The whole report as one page that can be kept; its own policy allows its own style and nothing else."""
    _, checked = _checked(request, visitor, filing_id)
    headers = {"Content-Security-Policy": _REPORT_POLICY, "Cache-Control": "private, no-store"}
    return FileResponse(checked.page, media_type="text/html; charset=utf-8", headers=headers)


@router.get("/depots/{filing_id}/corrige.csv")
def corrected(request: Request, visitor: SignedIn, filing_id: str) -> Response:
    """The file as it should have been sent, to be read before it is handed in."""
    filing, checked = _checked(request, visitor, filing_id)
    if checked.corrected is None:
        raise NotFound
    headers = {"Cache-Control": "private, no-store"}
    name = _renamed(filing)
    return FileResponse(checked.corrected, media_type="text/csv; charset=utf-8", filename=name, headers=headers)


@router.post("/depots/{filing_id}/adopter")
def adopt(request: Request, visitor: SignedIn, form: CheckedForm, filing_id: str) -> Response:
    """Hand in the corrected file in the place of the received one."""
    filing, checked = _acting(request, visitor, filing_id)
    if checked.corrected is None:
        raise NotFound
    return _handed(request, visitor, filing, checked.corrected.read_bytes())


@router.post("/depots/{filing_id}/corriger")
async def correct(request: Request, visitor: SignedIn, form: CheckedForm, filing_id: str) -> Response:
    """Hand in the received rows again, with the cells that were typed and without the lines that were ticked."""
    return await apart(request, _correct, request, visitor, form, filing_id)


def _correct(request: Request, visitor: Visitor, form: FormData, filing_id: str) -> Response:
    filing, checked = _acting(request, visitor, filing_id)
    rows = list(filings.rows(access.settings(request), filing))
    for (number, place), text in _typed(form).items():
        _replace(rows, number - _head(checked), place, text, checked.cells.get(number))
    left_out = {number - _head(checked) for number in _left_out(form) if number in checked.cells}
    _refuse_unread(rows, left_out, checked)
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows(row for at, row in enumerate(rows) if at not in left_out)
    return _handed(request, visitor, filing, written.getvalue().encode())


def _checked(request: Request, visitor: Visitor, filing_id: str) -> tuple[Filing, Checked]:
    """A deposit of the visitor's, and what was found in it. Raises NotFound, filings.FilingError."""
    with access.database(request).reading() as session:
        filing = access.filing(visitor, session, filing_id)
    return filing, filings.check(access.database(request), access.settings(request), filing)


def _acting(request: Request, visitor: Visitor, filing_id: str) -> tuple[Filing, Checked]:
    """A deposit that the visitor may still replace. Raises NotFound, Conflict."""
    with access.database(request).reading() as session:
        filing = access.filing(visitor, session, filing_id, acting=True)
    if filing.etat not in _OPEN:
        state = wording.STATES[filing.etat].lower()
        raise Conflict(f"Ce dépôt est {state} : il ne se corrige plus. Déposez un nouveau fichier, il le remplacera.")
    return filing, filings.check(access.database(request), access.settings(request), filing)


def _handed(request: Request, visitor: Visitor, filing: Filing, content: bytes) -> Response:
    fresh = filings.receive(
        access.database(request),
        access.settings(request),
        io.BytesIO(content),
        name=_renamed(filing),
        table=filing.table_visee,
        siren=filing.siren,
        visitor=visitor,
        annee=filing.annee,
        supersedes=filing.id,
    )
    return RedirectResponse(f"/depots/{fresh.id}", status_code=303)


def _renamed(filing: Filing) -> str:
    stem = PurePath(filing.nom_fichier).stem[:100].removesuffix("-corrige")
    return f"{stem}-corrige.csv"


def _typed(form: FormData) -> dict[tuple[int, int], str]:
    """The cells that were typed, by record number and place."""
    found = ((_INPUT.fullmatch(name), value) for name, value in form.multi_items())
    return {(int(match[1]), int(match[2])): entry.text(value) for match, value in found if match}


def _left_out(form: FormData) -> set[int]:
    """The numbers of the records that are to be left out: a total, the second of two lines that say the same."""
    found = (_LINE.fullmatch(name) for name, value in form.multi_items() if value == "oui")
    return {int(match[1]) for match in found if match}


def _head(checked: Checked) -> int:
    return int(checked.report["file"]["header_row"] or 1)


def _replace(rows: list[list[str]], at: int, place: int, text: str, received: Sequence[str] | None) -> None:
    """Write a cell. Raises NotFound for one that was not on the page: only a faulty row is corrected here."""
    if received is None or not 0 < at < len(rows) or place >= len(rows[0]):
        raise NotFound
    row = rows[at]
    row += [""] * (place + 1 - len(row))
    row[place] = text


def _refuse_unread(rows: Sequence[Sequence[str]], left_out: Set[int], checked: Checked) -> None:
    """A byte that could not be read is no text to hand in as if it had been received. Raises Conflict."""
    lines = {error["row"] for error in checked.report["errors"] if error["code"] == "encoding-error"}
    for line in sorted(lines & checked.cells.keys()):
        at = line - _head(checked)
        if at not in left_out and any(_UNREAD in cell for cell in rows[at]):
            raise Conflict(
                f"La ligne {line} a encore un caractère illisible. Récrivez la cellule où il se trouve, ou laissez "
                "cette ligne de côté, puis contrôlez à nouveau."
            )


def _changes(table: str, checked: Checked) -> list[dict[str, str]]:
    """What the corrected file changes, the first of it; none when no such file can be made."""
    if checked.corrected is None or checked.changes is None:
        return []
    with checked.changes.open(encoding="utf-8-sig", newline="") as lines:
        read = zip(csv.DictReader(lines, delimiter=";"), range(_SHOWN), strict=False)  # as spreadsheets in French do
        return [
            {name: wording.told(table, visible(text or "", _CELL)) for name, text in row.items() if name}
            for row, _ in read
        ]
