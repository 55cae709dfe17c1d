"""Statistical secrecy of `agregats_annuels`: which cells may be shown.

Two rules, those of Annex IV of Delegated Regulation (EU) 2024/1364 completed by the project:

- primary: a cell that rests on fewer than three sites is hidden;
- complementary: the groups of a dimension add up to the `ensemble` of their year, so what is hidden together must
  hold at least two cells and three sites; otherwise the smallest cell still shown is hidden too.

What it protects: from the published aggregates alone, no value of a hidden cell, and no sum over fewer than three
sites, can be worked out by adding and subtracting.

What it does not protect. Bounds: a hidden value lies between zero and what is left of the total, and a site that knows
its own energy can subtract it from a group of three. Other tables: `indicateurs_annuels` publishes the sites that
declared openly, one by one, so the secrecy matters for the aggregates read alone and for sites that are only counted.
Coincidence: two groups of different dimensions that happen to hold the same sites betray each other, and so may two
successive editions of one year. Extremes: a minimum, a maximum or the median of three is the value of one site.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

THRESHOLD = 3
"""Smallest number of sites whose sum may be shown (2024/1364, Annex IV: at least three data centres)."""

SHOWN, EMPTY, PRIMARY, COMPLEMENTARY = "diffuse", "aucune_donnee", "secret_primaire", "secret_complementaire"

HIDDEN_COLUMNS: Sequence[str] = (
    "nb_sites_pue",
    "nb_sites_distribution",
    "nb_sites_estimes",
    "couverture_sites",
    "couverture_puissance",
    "energie_totale_kwh",
    "energie_it_kwh",
    "pue",
    "pue_minimum",
    "pue_decile_1",
    "pue_quartile_1",
    "pue_mediane",
    "pue_quartile_3",
    "pue_decile_9",
    "pue_maximum",
    "wue_l_par_kwh",
    "erf",
    "ref",
)
"""What a hidden cell no longer says; the numbers of expected and declaring sites are no secret."""


def decide(counts: Mapping[str, int]) -> dict[str, str]:
    """The `diffusion` of the cells of one dimension of one year; `counts`: group -> number of sites summed.

    An empty cell has nothing to hide, and hides nothing. One complementary cell is enough: it holds three sites itself.
    """
    diffusion = {group: _alone(count) for group, count in counts.items()}
    hidden = [counts[group] for group, decided in diffusion.items() if decided == PRIMARY]
    others = [(count, group) for group, count in counts.items() if count >= THRESHOLD]
    if hidden and others and (len(hidden) == 1 or sum(hidden) < THRESHOLD):
        diffusion[min(others)[1]] = COMPLEMENTARY
    return diffusion


def _alone(count: int) -> str:
    """What a cell of so many sites may show as long as no other cell needs it hidden."""
    if count == 0:
        return EMPTY
    return PRIMARY if count < THRESHOLD else SHOWN


def protect(cells: "pd.DataFrame") -> "pd.DataFrame":
    """A copy of `agregats_annuels` with `diffusion` decided and the hidden cells emptied; the order is kept."""
    result = cells.copy()
    for _, group in cells.groupby(["annee", "synthetique", "dimension"], sort=False):
        decided = decide(dict(zip(group["modalite"], group["nb_sites_pue"], strict=True)))
        result.loc[group.index, "diffusion"] = group["modalite"].map(decided)
    hidden = result["diffusion"].isin([PRIMARY, COMPLEMENTARY])
    for column in HIDDEN_COLUMNS:
        result[column] = result[column].mask(hidden)
    return result
