"""What a chart shows, in words: its ends and its extremes, from its data, for whoever does not see it."""

from collections.abc import Sequence

from dashboards import french
from dashboards.themes import Nature

Point = tuple[str, float | None, str]
"""A mark: what it is of (a year, a group), its value (None when it has none to show), how that is written."""

NOTHING = "aucune valeur à montrer"


def over_years(points: Sequence[Point]) -> str:
    """From the first year that has a value to the last, and the extremes when they lie between."""
    known = [(value, year, said) for year, value, said in points if value is not None]
    if len(known) < 2:
        return f"{known[0][2]} en {known[0][1]}" if known else NOTHING
    (_, start, first), (_, stop, last) = known[0], known[-1]
    text = f"de {first} en {start} à {last} en {stop}"
    for word, (_, year, said) in (("bas", min(known)), ("haut", max(known))):
        if said not in (first, last):
            text += f", au plus {word} {said} en {year}"
    return text


def between(points: Sequence[Point]) -> str:
    """From the group that has the least to the one that has the most, then those that show nothing, and why."""
    known = sorted((value, group, said) for group, value, said in points if value is not None)
    ends = [f"{said} pour « {group} »" for _, group, said in known[:1] + known[1:][-1:]]
    text = f"de {ends[0]} à {ends[1]}" if len(ends) > 1 else "".join(ends) or NOTHING
    for why, words in ((french.SECRET, "masqué par le secret"), (french.ABSENT, "sans donnée")):
        groups = [group for group, value, said in points if value is None and said == why]
        text += f" ; {words} : {', '.join(groups)}" if groups else ""
    return text


def end(nature: Nature, which: str = "qui suit") -> str:
    """What closes each of them: the nature of the data, and the table that says the rest."""
    return f"Données {nature.adjective}. Toutes les valeurs sont dans le tableau {which}."
