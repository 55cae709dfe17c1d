"""What was refused, producer by producer: one page, one CSV and one JSON each, made from the published `rejets` only.

What secrecy withheld from `rejets` is therefore withheld here too.
"""

import csv
import html
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from greencloud.datagouv.edition import Edition
from greencloud.deposits import fingerprint

TABLE = "rejets"
_UNKNOWN = "producteur-non-precise"
_SHOWN = ("nom_fichier", "ligne", "champ", "valeur", "message", "correction")
_HEADINGS = ("Fichier", "Ligne", "Champ", "Valeur", "Ce qui ne va pas", "Comment corriger")
_STYLE = (
    "body{font:1rem/1.5 sans-serif;margin:2rem;max-width:75rem}"
    "td,th{border:1px solid #666;padding:.3rem;text-align:left;overflow-wrap:anywhere}"
)

_Row = Mapping[str, str]


def by_producer(edition: Edition) -> dict[str, str]:
    """Name of a file -> its text, for every producer of whom a line was refused: `<SIREN>.html`, `.csv`, `.json`."""
    made: dict[str, str] = {}
    for producer, rows in sorted(_grouped(edition).items()):
        made[f"{producer}.html"] = _page(producer, edition.identifier, rows)
        made[f"{producer}.csv"] = _csv(rows)
        made[f"{producer}.json"] = (
            json.dumps({"producteur": producer, "rejets": rows}, ensure_ascii=False, indent=2) + "\n"
        )
    return made


def _grouped(edition: Edition) -> dict[str, list[_Row]]:
    deposits = edition.composition.get("ingredients", {}).get("depots", ())
    producers = {fingerprint(card): card.get("emetteur") or _UNKNOWN for card in deposits}
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in _rows(edition):
        found[producers.get(row["depot_sha256"], _UNKNOWN)].append(row)
    return found


def _rows(edition: Edition) -> Iterator[_Row]:
    for item in edition.csv_of(TABLE):
        with (edition.folder / item["path"]).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _csv(rows: Sequence[_Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _page(producer: str, edition: str, rows: Sequence[_Row]) -> str:
    title = f"Lignes refusées de {producer if producer == _UNKNOWN else f'l’organisme de SIREN {producer}'}"
    heading = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in _HEADINGS)
    lines = ["".join(f"<td>{html.escape(row.get(name) or '')}</td>" for name in _SHOWN) for row in rows]
    return (
        f'<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><title>{html.escape(title)}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body><main><h1>{html.escape(title)}</h1>\n"
        f"<p>Édition {html.escape(edition)}. Chaque ligne dit ce qui a été refusé, pourquoi, et comment le corriger ; "
        "les autres lignes des mêmes fichiers sont acceptées.</p>\n"
        f"<table><caption>{len(rows)} refus</caption>\n<thead><tr>{heading}</tr></thead>\n<tbody>\n"
        + "\n".join(f"<tr>{line}</tr>" for line in lines)
        + "\n</tbody></table></main></body></html>\n"
    )
