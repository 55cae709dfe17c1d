"""The load curves of the sample in pandas, slot by slot: from the written lines to months and years of an item."""

import calendar
from pathlib import Path

import pandas as pd


def slots(folder: Path) -> pd.DataFrame:
    """The slots that can be kept, one a row: meter, local day of its start, start and end as instants, kWh."""
    return pd.concat([_operator(folder / "courbes-de-charge-2025.csv"), _own(folder / "releves-onduleurs-2025.csv")])


def _operator(path: Path) -> pd.DataFrame:
    """Watts over half an hour, stamped with the local end of the slot, in their order; a line given twice once."""
    lines = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    before = lines.shift()
    lines = lines[(lines != before).any(axis=1) & (lines["Valeur"] != "NA")]
    end = pd.to_datetime(lines["Horodate"])
    start = end - pd.Timedelta(minutes=30)
    kwh = lines["Valeur"].astype(int) / 2000
    return pd.DataFrame({"id_compteur": lines["Identifiant PRM"], "jour": start.dt.normalize(), "kwh": kwh})


def _own(path: Path) -> pd.DataFrame:
    """kWh between two instants; slots that overlap are left out, all of them."""
    lines = pd.read_csv(path, dtype=str)
    start, end = (pd.to_datetime(lines[name], utc=True) for name in ("debut", "fin"))
    same = lines["id_compteur"]
    overlaps = (end > start.shift(-1)) & (same == same.shift(-1))
    kept = ~(overlaps | overlaps.shift(fill_value=False))
    days = start.dt.tz_convert("Europe/Paris").dt.tz_localize(None).dt.normalize()
    kwh = lines["energie_kwh"].astype(float)
    return pd.DataFrame({"id_compteur": same, "jour": days, "kwh": kwh})[kept]


def expected_slots(day: pd.Timestamp) -> int:
    """Half-hours of a day of 2025 in metropolitan France."""
    return {(3, 30): 46, (10, 26): 50}.get((day.month, day.day), 48)


def months(slots: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """One row per site, month and item: every item of the sample has a single meter."""
    rows = slots.merge(register, on="id_compteur", validate="many_to_one")
    days = rows.groupby(["id_centre", "poste", "jour"]).agg(kwh=("kwh", "sum"), n=("kwh", "size")).reset_index()
    days["attendus"] = days["jour"].map(expected_slots)
    days["mois"] = days["jour"].dt.strftime("%Y-%m")
    days["week_end"] = days["kwh"].where(days["jour"].dt.day_of_week >= 5, 0)
    days["complet"] = days["n"] == days["attendus"]
    made = days.groupby(["id_centre", "mois", "poste"]).agg(
        energie_kwh=("kwh", "sum"),
        n=("n", "sum"),
        attendus=("attendus", "sum"),
        jours_complets=("complet", "sum"),
        week_end=("week_end", "sum"),
    )
    lengths = days.groupby(["id_centre", "mois", "poste"], as_index=False).size()
    months_of_2025 = lengths["mois"].str[5:].astype(int).map(lambda month: calendar.monthrange(2025, month)[1])
    assert (lengths["size"] == months_of_2025).all()  # no day of the sample is empty
    made["completude"] = made["n"] / made["attendus"]
    made["part_week_end"] = made["week_end"] / made["energie_kwh"]
    whole = made["energie_kwh"].where(made["completude"] == 1).unstack("poste")
    pue = (whole["total"] / whole["it"]).rename("pue").reset_index().assign(poste="total")
    return made.reset_index().merge(pue, how="left").set_index(["id_centre", "mois", "poste"])
