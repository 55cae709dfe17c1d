"""Believable, plainly fictitious deposits to try the whole chain: 300 sites, 2019 to 2025, about 2 % of rows wrong.

Two of the sites have meters, with their load curves of 2025.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields
from pathlib import Path

from greencloud import tables
from greencloud.deposits import EXPECTED_ERRORS, Deposit, write_card
from greencloud.sample import flavours, meters
from greencloud.sample.campaign import YEARS, Campaign, run
from greencloud.sample.draw import Draw
from greencloud.sample.files import Expected, Sheet, encode
from greencloud.sample.meters import Curve
from greencloud.sample.sites import fictitious_siret

__all__ = ["EXPECTED_ERRORS", "generate"]

_SENDER = fictitious_siret(998)[:9]
_NOTICE = """# Données synthétiques

Ces fichiers sont inventés : organismes, centres et relevés sont fictifs, tirés au sort avec une graine fixe par
`greencloud sample`. Les SIREN commencent par 999, chaque ligne porte « Donnée synthétique » en commentaire, chaque
carte `"synthetique": true`. Un fichier qui perd sa carte reste synthétique : tous ses centres commencent par 999.
Environ 2 % des déclarations sont fautives à dessein : `.erreurs-attendues.csv` les liste.
Les courbes de charge de 2025 ont aussi les défauts des vraies : créneaux perdus, en double ou en chevauchement, valeurs
illisibles. Leurs compteurs sont ceux de `compteurs.csv`, du même émetteur.
"""


def generate(out_dir: Path, *, sites: int = 300, seed: int = 2017) -> list[Path]:
    """Write the deposits of `sites` fictitious centres, each with its card, and return their paths.

    The same numbers give the same bytes on any machine. `.erreurs-attendues.csv` (fichier, ligne, champ, code; line 1
    is the header) lists every error that the check must find; `foreign-key` shows once all deposits are together.
    Raises ValueError when `sites` is not at least 1.
    """
    if sites < 1:
        raise ValueError("Le nombre de centres doit être au moins 1.")
    out_dir.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    expected: list[Expected] = []
    made = run(Draw(seed), sites)
    for sheet in filter(lambda sheet: sheet.rows, _sheets(made)):
        content, errors = encode(sheet)
        paths.append(_deposit(out_dir, sheet.name, sheet.table, sheet.received, content))
        expected += errors
    paths += _load_curves(out_dir, made.curves)
    (out_dir / EXPECTED_ERRORS).write_bytes(_as_csv(expected))
    (out_dir / "LISEZMOI.md").write_bytes(_NOTICE.encode())
    return paths


def _sheets(made: Campaign) -> Iterator[Sheet]:
    """The files in the order of their reception: each spring the year before, then one file of corrections."""
    for year in YEARS:
        declared = made.declared[year]
        keys = [(declaration.site.id_centre, declaration.year) for declaration in declared]
        yield Sheet(
            f"declarations-{year}.csv",
            "declarations",
            f"{year + 1}-05-10T09:00:00.000000Z",
            flavours.DECLARATIONS[year],
            [declaration.values for declaration in declared],
            {place: made.mistakes[key] for place, key in enumerate(keys) if key in made.mistakes},
        )
        received = f"{year + 1}-05-11T09:00:00.000000Z"
        yield Sheet(f"consommations-{year}.csv", "consommations", received, flavours.READINGS[year], made.read[year])
    received = "2026-06-15T09:00:00.000000Z"
    yield Sheet("centres.csv", "centres", received, flavours.STANDARD, made.register)
    received = "2026-06-16T09:00:00.000000Z"
    yield Sheet("compteurs.csv", tables.METERS, received, flavours.STANDARD, meters.register(made.curves))
    received = "2026-06-20T09:00:00.000000Z"
    yield Sheet("declarations-corrections.csv", "declarations", received, flavours.LIBREOFFICE, made.corrections)


def _load_curves(out_dir: Path, curves: Sequence[Curve]) -> list[Path]:
    """The files of the grid operator and of the building, none without a meter."""
    received = "2026-06-17T09:00:00.000000Z"
    made = {"courbes-de-charge-2025.csv": meters.operator, "releves-onduleurs-2025.csv": meters.own} if curves else {}
    return [_deposit(out_dir, name, tables.READINGS, received, write(curves)) for name, write in made.items()]


def _deposit(out_dir: Path, name: str, table: str, received: str, content: bytes) -> Path:
    path = out_dir / name
    path.write_bytes(content)
    write_card(
        Deposit(
            path=path,
            sha256=hashlib.sha256(content).hexdigest(),
            octets=len(content),
            nom_origine=name,
            recu_le=received,
            emetteur=_SENDER,
            table=table,
            version_schema=tables.table(table).version,
            synthetique=True,
        )
    )
    return path


def _as_csv(expected: Sequence[Expected]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in fields(Expected)])
    writer.writerows(astuple(error) for error in expected)
    return stream.getvalue().encode()
