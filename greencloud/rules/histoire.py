"""The cells of an example whose site has no other year."""

from collections.abc import Mapping

SANS_HISTOIRE: Mapping[str, object] = {
    f"{column}_{other}": None for column in ("energie_totale_kwh", "energie_it_kwh") for other in ("prec", "repere")
}
