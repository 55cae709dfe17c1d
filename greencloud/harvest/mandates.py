"""Who may speak for a site: the organisation that has its SIREN, or one that the operator of the harvest mandates.

Anybody may open an account, give any SIRET and declare our schemas; a row replaces the one received before for the same
site. So a SIRET counts only where the platform vouches for the organisation (its badge `certified`, which only its
administrators give: udata 17.18), and every centre that a file names, even in a refused row, is looked at.
"""

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from greencloud import deposits, reading
from greencloud.checking import Checked
from greencloud.checking.messages import plural
from greencloud.errors import GreencloudError
from greencloud.harvest.discovery import Announced

Mandates = Mapping[str, Collection[str]]
"""Identifier of an organisation on the platform -> the SIREN numbers that it may speak for."""

COLUMNS = ("organisation", "siren")
_ORGANIZATION = re.compile(r"[0-9a-f]{24}")
_CENTRE = re.compile(r"([0-9]{9})[0-9]{5}-[0-9]{2}")
_TOLD = 3  # of the centres or mandates that a sentence names


class MandateError(GreencloudError):
    """A table of mandates that cannot be read: the whole harvest waits, rather than leave files aside by mistake."""


def read_mandates(path: Path) -> Mandates:
    """The pairs of a CSV with the columns `organisation` and `siren`; others, such as a note, are free.

    Raises MandateError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MandateError(
            f"Le fichier des mandats « {path.name} » ne peut pas être lu. Vérifiez son chemin, vos droits, et qu'il "
            "est enregistré en CSV UTF-8."
        ) from error
    lines = text.splitlines()
    rows = csv.DictReader(lines, delimiter=";" if lines and ";" in lines[0] else ",", strict=True)
    try:
        return _pairs(rows, path.name)
    except csv.Error as error:
        raise MandateError(
            f"Le fichier des mandats « {path.name} » a un guillemet mal placé, ligne {rows.line_num} ou avant. Ôtez-le."
        ) from error


def _pairs(rows: "csv.DictReader[str]", name: str) -> Mandates:
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        raise MandateError(
            f"Le fichier des mandats « {name} » n'a pas les colonnes {' et '.join(COLUMNS)}. Mettez-les à sa première "
            "ligne."
        )
    found: dict[str, set[str]] = {}
    for row in rows:
        organization, siren = ((row[column] or "").strip() for column in COLUMNS)
        if not (_ORGANIZATION.fullmatch(organization) and (deposits.is_siren(siren) or _invented(siren))):
            raise MandateError(
                f"Le fichier des mandats « {name} », ligne {rows.line_num} : il faut l'identifiant de "
                "l'organisation sur la plateforme (24 signes parmi 0-9 et a-f) et un SIREN (9 chiffres). Corrigez-la."
            )
        found.setdefault(organization, set()).add(siren)
    return found


def refusal(item: Announced, checked: Checked, mandates: Mandates) -> str:
    """Why a checked file may not count: whom its producer may not speak for, and what to do. Empty if it may."""
    allowed = {*([item.siren] if item.siren else ()), *mandates.get(item.organisation or "", ())}
    centres = sorted({centre for centre in _named(checked) if centre[:9] not in allowed})
    if allowed and not centres:
        return ""
    what = f"Son producteur n'a pas qualité pour parler {_told(centres)}"
    if item.organisation is None:
        return f"{what} : c'est un particulier. Demandez-lui de publier au nom de l'organisme qui exploite ces centres."
    why = f"son SIREN est {item.siren}" if item.siren else "la plateforme ne lui certifie pas de SIRET"
    certify = "" if item.siren else " S'ils sont à lui, qu'il y indique son SIRET et se fasse certifier."
    pairs = sorted({f"« {item.organisation},{centre[:9]} »" for centre in centres}) or [
        f"« {item.organisation},SIREN »"
    ]
    return f"{what} : {why}.{certify} S'il en a mandat, ajoutez {_listed(pairs)} au fichier de l'option --mandats."


def _told(centres: Sequence[str]) -> str:
    if not centres:
        return "d'un centre, et son fichier n'en nomme aucun"
    return f"de {plural(len(centres), 'centre', 'centres')} de ce fichier ({_listed(centres)})"


def _listed(items: Sequence[str]) -> str:
    return ", ".join([*items[:_TOLD], *(["…"] if len(items) > _TOLD else [])])


def _named(checked: Checked) -> Iterator[str]:
    """Every centre of the accepted rows, also as the former number of another, and of the refused ones."""
    if checked.text is None:
        return
    columns = [name for name in ("id_centre", "ancien_id_centre") if name in checked.table.column_names]
    checked.accept()
    for name in columns:
        found = checked.connection.execute(f"SELECT DISTINCT {name} FROM acceptees WHERE {name} IS NOT NULL")
        yield from (centre for (centre,) in found.fetchall())
    if checked.report.rejected:
        places = [checked.labels.positions[name] for name in columns if name in checked.labels.positions]
        cells = {cell.strip() for record in checked.text.records() for cell in _at(record, places)}
        yield from (cell for cell in cells if (match := _CENTRE.fullmatch(cell)) and deposits.is_siren(match[1]))


def _at(record: reading.Record, places: Collection[int]) -> Iterator[str]:
    yield from (record.cells[place] for place in places if place < len(record.cells))


def _invented(siren: str) -> bool:
    return re.fullmatch(rf"{deposits.FICTITIOUS}[0-9]{{6}}", siren) is not None
