"""Peer groups in words: a reader is not asked to know what `T3` or `C1` mean."""

from collections.abc import Callable, Mapping

_WIDENED = ("tous ", "toutes ")  # a part of a group's name that leaves nobody out

# What the codes of a group mean, hosting kinds excepted: the edition labels them.
WORDS: Mapping[str, str] = {
    "bureautique": "bureautique",
    "calcul_intensif": "calcul intensif",
    "hopital": "hôpital",
    "enseignement_recherche": "enseignement et recherche",
    "mutualise": "usage mutualisé",
    "autre": "autre usage",
    "H1": "climat du nord et de l’est",
    "H2": "climat de l’ouest",
    "H3": "climat méditerranéen",
    "outre_mer": "outre-mer",
    "1": "mesure en sortie d’onduleur",
    "2": "mesure en sortie d’unité de distribution",
    "3": "mesure à l’entrée des équipements",
    "X": "point de mesure inconnu",
}
# Where each class of size but the last ends.
_ENDS: Mapping[str, str] = {
    "T0": "10 kW",
    "T1": "50 kW",
    "T2": "100 kW",
    "T3": "500 kW",
    "T4": "1 MW",
    "T5": "2 MW",
    "T6": "10 MW",
}


def words(label: Callable[[str, str], str], group: str) -> str:
    """A group `size, use, climate, category, hosting` as a reader is told of it, its hosting kind first.

    `label` gives the French of a kind (`"type_hebergement"`, its code).
    """
    size, use, climate, category, kind = group.split(", ")
    hosting = kind if kind.startswith(_WIDENED) else label("type_hebergement", kind)
    parts = (
        hosting[:1].lower() + hosting[1:],
        sizes(size),
        *(WORDS.get(part, part) for part in (use, climate, category.removeprefix("C"))),
    )
    return ", ".join(parts)


def sizes(name: str) -> str:
    """A class of size, or a span of them such as `T1 à T3`, by its installed IT power."""
    low, _, high = name.partition(" à ")
    before = dict(zip([*_ENDS, "T7"][1:], _ENDS.values(), strict=True))
    start, end = before.get(low), _ENDS.get(high or low)
    if low == "TX" or name.startswith(_WIDENED) or (start is None and end is None):
        return "puissance inconnue" if low == "TX" else name
    if start is None:
        return f"moins de {end}"
    return f"{start} et plus" if end is None else f"de {start} à {end}"
