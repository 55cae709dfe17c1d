"""What a file of readings is told, in French: one finding for a meter and a motive, and one note on what was kept.

A meter is named by its place in the file (« compteur n° 2 »); its number stands in the `value` of the finding only,
whose `field` is then `compteur`, so that whoever publishes a finding can leave it out. For the same reason a line that
could not be cut into cells is not shown: any of its words may be that number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from greencloud.checking.messages import plural, quoted
from greencloud.checking.report import Finding, Note
from greencloud.readings.energy import MJ_PER_KWH
from greencloud.readings.motives import HARMLESS, ILL_LINE
from greencloud.rules.writing import french

METER = "compteur"
"""The `field` of a finding whose `value` is the number of a meter."""

KEPT = "releves_gardes"
"""The code of the note that tells what was kept."""

SHOWN_LINES = 4
"""Lines that are told of a motive, where each may be at odds with another."""
_LONG_NUMBER = re.compile(r"\d(?:[ \u00a0\u202f']?\d){7,}")  # what may be the number of a meter
_SAID = {
    ILL_LINE: (
        "la ligne ne se découpe pas en autant de cellules que les intitulés",
        "Vérifiez ses séparateurs, ses guillemets et ses signes illisibles, ou enlevez-la si ce n'est pas un relevé.",
    ),
    "valeur_absente": (
        "la valeur est absente",
        "Redemandez ces relevés au gestionnaire du réseau ou du bâtiment ; rien ne sera mis à leur place.",
    ),
    "valeur_illisible": (
        "la valeur n'est pas un nombre",
        "Écrivez un nombre, sans unité ni texte, ou laissez la cellule vide.",
    ),
    "horodate_illisible": (
        "la date et l'heure ne peuvent être lues",
        "Écrivez-les par exemple 2025-01-31T13:30:00+01:00, ou dites leur format_date dans le fichier de lecture.",
    ),
    "unite_inconnue": (
        "l'unité n'est pas connue",
        "Indiquez W, kW, MW, Wh, kWh ou MWh, dans le fichier ou au registre des compteurs.",
    ),
    "grandeur_ignoree": (
        "la grandeur n'est pas une énergie active",
        "Rien n'est à corriger : seule l'énergie active est comptée.",
    ),
    "pas_illisible": (
        "la durée du créneau ne peut être lue",
        "Écrivez la durée du créneau comme PT10M, PT30M ou PT60M.",
    ),
    "dernier_jour": (
        "le mois est daté de son dernier jour, et rien ne dit si ce jour y est compris",
        "Si la valeur est celle de tout ce mois, écrivez « horodate » : fin et « fin_incluse » : true dans le fichier "
        "de lecture ; si elle s'arrête la veille au soir, « fin_incluse » : false.",
    ),
    "estime_illisible": (
        "la colonne « estime » ne dit ni oui ni non",
        "Écrivez oui ou non (true ou false, vrai ou faux, 1 ou 0), ou laissez la cellule vide pour une valeur lue.",
    ),
    "index_recule": (
        "l'index est plus bas que le précédent",
        "Corrigez l'index s'il est faux. Si le compteur est repassé par zéro, donnez son nombre de chiffres et les "
        "index les plus proches de ce moment ; s'il a été remplacé, signalez sa dépose et sa pose.",
    ),
    "index_douteux": (
        "l'un des deux index est contredit par ses voisins",
        "Corrigez l'index trop haut ou trop bas, puis déposez à nouveau le fichier.",
    ),
    "index_seul": (
        "l'index est seul, alors qu'une consommation est la différence de deux",
        "Déposez cet index avec le précédent ou le suivant du même compteur, dans un seul fichier.",
    ),
    "evenement_inconnu": (
        "l'événement de l'un des deux index n'est pas connu",
        "Écrivez « depose » au dernier index d'un compteur, « pose » au premier du suivant, sinon rien.",
    ),
    "pas_inconnu": (
        "la durée du créneau n'est pas connue",
        "Donnez le début et la fin de chaque créneau, dans cet ordre, ou la durée commune dans le fichier de lecture.",
    ),
    "compteur_absent": (
        "le compteur n'est pas nommé",
        "Donnez le numéro du compteur sur chaque ligne, ou une fois dans le fichier de lecture.",
    ),
    "production": (
        "la ligne est une production et non une consommation",
        "Rien n'est à corriger : la production est comptée à part des consommations.",
    ),
    "annee_invraisemblable": (
        "l'année n'est pas entre 2000 et 2100",
        "Corrigez la date, ou l'ordre du jour et du mois.",
    ),
    "valeur_excessive": (
        "la valeur dépasse ce qu'un compteur peut mesurer (100 GW, ou 2,5 TWh)",
        "Vérifiez l'unité et la virgule.",
    ),
    "negatif": (
        "la consommation est négative",
        "Corrigez le signe ; une production se déclare comme telle.",
    ),
    "heure_inexistante": (
        "l'heure n'existe pas, car l'horloge a avancé ce jour-là",
        "Exportez les relevés avec leur décalage (par exemple +01:00), ou vérifiez le fuseau du compteur.",
    ),
    "doublon_identique": (
        "le même créneau est déjà donné avec la même valeur",
        "Rien n'est à corriger : le créneau est compté une fois.",
    ),
    "doublon_different": (
        "le même créneau est donné avec une autre valeur",
        "Gardez la ligne juste et retirez l'autre.",
    ),
    "chevauchement": (
        "le créneau en recouvre un autre du même compteur",
        "Vérifiez si l'horodate est le début ou la fin du créneau, et retirez ce qui est donné deux fois ; le jour où "
        "l'heure change, exportez les relevés avec leur décalage (par exemple +01:00).",
    ),
}


@dataclass(frozen=True)
class Aside:
    """What is set aside of one meter for one motive; `written`: what the first of its lines held, where that tells.

    `rows`: its first lines, where they are at odds with each other.
    """

    motive: str
    meter: str | None
    place: int | None
    row: int
    lines: int
    energy: int | None
    written: str | None
    rows: Sequence[int] = ()


def cause(motive: str) -> str:
    """Why a line is set aside, as the end of a sentence."""
    return _SAID[motive][0]


def finding(aside: Aside) -> Finding:
    """One sentence: line, meter, cause, count and energy; then what to do."""
    why, fix = _SAID[aside.motive]
    where = _where(aside.row, aside.place)
    written = None if aside.motive == ILL_LINE else aside.written
    shown = f" ({quoted(_LONG_NUMBER.sub('…', written))})" if written else _others(aside)
    count = " ; cette ligne est mise" if aside.lines == 1 else f" ; {plural(aside.lines, 'ligne')} de ce cas sont mises"
    energy = "" if aside.energy is None else f", soit {_kwh(aside.energy)}"
    message = f"{where} : {why}{shown}{count} de côté{energy}."
    field = None if aside.meter is None else METER
    return Finding(aside.motive, aside.row, field, aside.meter, message, fix)


def _others(aside: Aside) -> str:
    """The lines after the first, as far as they are known."""
    rows = list(map(str, aside.rows[1:]))
    if not rows:
        return ""
    left = aside.lines - 1 - len(rows)
    return f" ({'ligne' if len(rows) == 1 else 'lignes'} {', '.join(rows)}{'…' if left > 0 else ''} aussi)"


def harmless(aside: Aside) -> bool:
    """Whether it is a warning: nothing is wrong, or nothing is lost."""
    return aside.motive in HARMLESS


def _where(row: int, place: int | None) -> str:
    return f"Ligne {row}" + (f", compteur n° {place} du fichier" if place else "")


def excessive(meter: str | None, place: int | None, row: int) -> Finding:
    """A file of which a meter holds more energy than can be added up: none of its lines is kept."""
    return Finding(
        "energie_excessive",
        row,
        None if meter is None else METER,
        meter,
        f"{_where(row, place)} : la somme des relevés dépasse 2,5 TWh ; rien n'est gardé du fichier.",
        "Vérifiez l'unité des valeurs, dans le fichier ou au registre des compteurs.",
    )


def damaged(meter: str, place: int) -> Finding:
    """A number of a meter that a spreadsheet has made a number with an exponent: that of no meter, or of several."""
    return Finding(
        "identifiant_abime",
        None,
        METER,
        meter,
        f"Compteur n° {place} du fichier : le tableur a changé le numéro du compteur en nombre, et ses derniers "
        "chiffres sont perdus ; le registre des compteurs ne peut pas l'avoir.",
        "Mettez la colonne au format « Texte » dans le tableur, reprenez-y les numéros de l'export d'origine, puis "
        "déposez à nouveau le fichier.",
    )


def unknown_convention(word: str) -> Finding:
    """A word of the register or of a mapping that cannot be applied."""
    return Finding(
        "convention_inconnue",
        None,
        None,
        word,
        f"Le fichier ne peut être lu avec ce que le registre ou le fichier de lecture en dit : {quoted(word)} n'est ni "
        "une unité, ni « debut » ou « fin », ni un fuseau français.",
        "Indiquez une unité (W, kW, MW, Wh, kWh, MWh), « debut » ou « fin », et un fuseau comme Europe/Paris ou UTC.",
    )


def contradicted(column: str, register: str, mapping: str) -> Finding:
    """A file of which the register of meters and the mapping say two things: a factor of a thousand, or an hour."""
    return Finding(
        "convention_contredite",
        None,
        None,
        register,
        f"Le registre des compteurs et le fichier de lecture se contredisent : dans « {column} », le premier dit "
        f"{quoted(register)}, l'autre {quoted(mapping)} ; rien n'est gardé du fichier.",
        "Corrigez celui des deux qui se trompe, ou videz cette colonne du registre.",
    )


def unreadable() -> Finding:
    """A file that stopped the reading."""
    return Finding(
        "source-error",
        None,
        None,
        None,
        "Le fichier ne peut être lu jusqu'au bout : sa forme change en chemin, ou il est abîmé.",
        "Exportez à nouveau les relevés, puis contrôlez le fichier.",
    )


def kept(meters: int, days: int, periods: int, first: date | None, last: date | None, energy: int) -> list[Note]:
    """What was kept, for whoever wants to compare it with a bill."""
    if first is None or last is None:
        return []
    parts = [plural(days, "jour")] if days else []
    parts += [plural(periods, "période")] if periods else []
    return [
        Note(
            KEPT,
            f"{plural(meters, 'compteur')}, du {first:%d/%m/%Y} au {last:%d/%m/%Y} : {' et '.join(parts)} de relevés, "
            f"{_kwh(energy)}.",
        )
    ]


def holes(meters: int, partial: int, absent: int, first: date, last: date) -> Note:
    """Days of which slots are missing: nobody else says so of a file in which every line is right."""
    parts = [plural(partial, "jour incomplet", "jours incomplets")] if partial else []
    parts += [plural(absent, "jour sans relevé", "jours sans relevé")] if absent else []
    when = f"le {first:%d/%m/%Y}" if first == last else f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"
    of_meters = f" ({meters} compteurs)" if meters > 1 else ""
    return Note(
        "jours_incomplets",
        f"Il manque des créneaux : {' et '.join(parts)}, {when}{of_meters}. Rien ne sera mis à leur place ; pour les "
        "compléter, déposez tous les créneaux de ces jours.",
    )


def ordered(found: Sequence[Finding]) -> list[Finding]:
    """By line, those of the whole file first."""
    return sorted(found, key=lambda item: (item.row or 0, item.code))


def _kwh(millijoules: int) -> str:
    """In kWh, to three decimals; what is less is told as such."""
    value = round(Fraction(millijoules, MJ_PER_KWH), 3)
    if value == 0 and millijoules:
        return "moins de 0,001 kWh"
    return f"{french(float(value))} kWh"
