"""The regions of the maps by their code: a short name, where the full one does not fit."""

from collections.abc import Mapping

# Short names after ISO 3166-2:FR (Corse apart).
SHORT: Mapping[str, str] = {
    "84": "ARA",
    "27": "BFC",
    "53": "BRE",
    "24": "CVL",
    "94": "COR",
    "44": "GES",
    "32": "HDF",
    "11": "IDF",
    "28": "NOR",
    "75": "NAQ",
    "76": "OCC",
    "52": "PDL",
    "93": "PAC",
    "01": "GUA",
    "02": "MTQ",
    "03": "GUY",
    "04": "REU",
    "06": "MAY",
}
