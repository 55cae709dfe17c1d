"""The figures of a site as JSON-LD: a schema.org Dataset, with one part a year that holds the values."""

from collections.abc import Iterator
from typing import Any

from greencloud.checking.visible import visible
from greencloud.exports import files
from greencloud.exports.dossier import Dossier, SiteYear
from greencloud.exports.figures import figure
from greencloud.exports.indicators import ADMINISTRATIVE, HEADINGS, Indicator, of_page

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"


def text(dossier: Dossier) -> str:
    """The Dataset of a site; the file of its values is named relative to this one."""
    return files.json_text(_content(dossier))


def _yearly() -> Iterator[Indicator]:
    """The indicators of the public page that change with the year."""
    return (indicator for heading in HEADINGS if heading != ADMINISTRATIVE for indicator in of_page(heading))


def _content(dossier: Dossier) -> dict[str, Any]:
    centre, first, last = dossier.centre, dossier.years[0].year, dossier.years[-1].year
    title = f"Énergie et durabilité du centre de données {visible(dossier.name)}"
    operator = centre["exploitant"] or centre["organisme"]
    organisation = {"@type": "Organization", "name": operator} if operator else None
    return _filled(
        {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "name": f"{title} (données synthétiques)" if dossier.synthetic else title,
            "description": _description(dossier),
            "identifier": dossier.id_centre,
            "inLanguage": "fr",
            "isAccessibleForFree": True,
            "license": LICENCE,
            "creator": organisation,
            "dateModified": dossier.received,
            "temporalCoverage": f"{first}/{last}" if first < last else str(last),
            "spatialCoverage": _place(dossier),
            "variableMeasured": [_variable(indicator) for indicator in _yearly()],
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": "Valeurs, une ligne par année et par indicateur",
                    "encodingFormat": "text/csv",
                    "contentUrl": f"{dossier.id_centre}.csv",
                }
            ],
            "hasPart": [_part(dossier, year, title) for year in reversed(dossier.years)],
        }
    )


def _description(dossier: Dossier) -> str:
    invented = "Données synthétiques, fabriquées pour la démonstration. " if dossier.synthetic else ""
    return (
        f"{invented}Données administratives, de fonctionnement, d’énergie, de capacité et de trafic du centre de "
        f"données {visible(dossier.name)}, par année civile (code de l’énergie, article D. 236-3 ; règlement délégué "
        "(UE) 2024/1364)."
    )


def _place(dossier: Dossier) -> dict[str, Any] | None:
    code = dossier.centre["code_insee"]
    if not code:
        return None
    return {
        "@type": "Place",
        "name": dossier.commune or f"Commune {code}",
        "identifier": {"@type": "PropertyValue", "propertyID": "code INSEE de la commune", "value": code},
    }


def _variable(indicator: Indicator) -> dict[str, Any]:
    variable = {
        "@type": "PropertyValue",
        "name": indicator.label,
        "propertyID": indicator.column,
        "unitText": indicator.unit or None,
    }
    return _filled(variable)


def _part(dossier: Dossier, year: SiteYear, title: str) -> dict[str, Any]:
    """The known values of one year; a missing one is absent, never zero."""
    items = [figure(indicator, dossier, year) for indicator in _yearly()]
    return {
        "@type": "Dataset",
        "name": f"{title}, {year.year}",
        "description": f"Valeurs de l’année {year.year}. {_description(dossier)}",
        "temporalCoverage": str(year.year),
        "license": LICENCE,
        "variableMeasured": [
            {**_variable(item.indicator), "value": _value(item.value)} for item in items if item.known
        ],
    }


def _value(value: Any) -> Any:
    return value if isinstance(value, int | float) else files.plain(value)


def _filled(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not None}
