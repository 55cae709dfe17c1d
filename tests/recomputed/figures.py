"""The published figures worked out a second time, in pandas, from the raw rows and the reference tables.

Written from the definitions of the schemas, without a look at the SQL: energy first, ratio second, sums over sums.
"""

from collections.abc import Set

import pandas as pd

from greencloud import tables
from tests.recomputed.deposits import Raw

METERED = ("mesure", "point_change")
QUALITIES = ["mesure", "point_change", "inconnue", "estime", "manquant"]
SIZES = {"T0": 0, "T1": 10, "T2": 50, "T3": 100, "T4": 500, "T5": 1000, "T6": 2000, "T7": 10_000}
DIMENSIONS = ("ensemble", "type_hebergement", "categorie_organisme", "region", "classe_taille")
_BOUNDARIES = {"dedie": "D", "mixte_compte": "M", "mixte_reparti": "P"}


def sites_and_years(raw: Raw) -> pd.DataFrame:
    """One row per site and year: energies, ratios, carbon, comparability, and whether the aggregates sum it."""
    declarations, register = raw.declared(), raw.register()
    rows = declarations.merge(_full_years(raw.read()), on=["id_centre", "annee"], how="outer")
    rows = _energies(rows).merge(_places(register), on="id_centre")
    rows = rows[rows["energie_totale_kwh"].notna() | rows["energie_it_kwh"].notna() | rows["declaree"]].copy()
    rows["kw"] = rows["puissance_it_installee_kw"].fillna(rows["kw_registre"])
    rows["hours"] = 24 * ((rows["fin"] - rows["debut"]).dt.days + 1)
    ratio = rows["energie_totale_kwh"] / rows["energie_it_kwh"]
    rows["pue"] = ratio.where((ratio > 1.0005) & (ratio <= 10))
    rows = _comparability(rows)
    rows["inclus"] = rows["pue"].notna() & (rows["periode"] == "A") & ~_counted_at_host(rows, register)
    return _carbon(_ratios(rows))


def _full_years(readings: pd.DataFrame) -> pd.DataFrame:
    """Sums of the readings that cover a calendar year day by day, for the total and for IT."""
    readings = readings.sort_values("date_debut")
    before = readings.groupby(["id_centre", "poste"])["date_fin"].transform(lambda ends: ends.cummax().shift())
    gap = (readings["date_debut"] - before).dt.days
    rows = readings.assign(annee=readings["date_debut"].dt.year, gap=gap)
    rows = rows[rows["date_fin"].dt.year == rows["annee"]]
    crossing = readings[readings["date_fin"].dt.year != readings["date_debut"].dt.year]
    broken = {
        (site, item, day.year)
        for site, item, *days in crossing[["id_centre", "poste", "date_debut", "date_fin"]].to_numpy().tolist()
        for day in days
    }
    found = []
    for (site, item, year), group in rows.groupby(["id_centre", "poste", "annee"]):
        first, last = group["date_debut"].min(), group["date_fin"].max()
        whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
        if (
            item in ("total", "it")
            and whole
            and (group["gap"].iloc[1:] == 1).all()
            and (site, item, year) not in broken
        ):
            worst = max(group["qualite_mesure"].fillna("inconnue"), key=QUALITIES.index)
            found.append((site, year, item, group["energie_kwh"].sum(), worst))
    sums = pd.DataFrame(found, columns=["id_centre", "annee", "poste", "kwh", "qualite"])
    generators = readings[(readings["poste"] == "groupes_secours") & (readings["energie_kwh"] > 0)]
    wide = sums.pivot(index=["id_centre", "annee"], columns="poste", values="kwh").reset_index()
    wide = wide.rename(columns={"total": "totale_relevee", "it": "it_relevee"})
    worst = sums.groupby(["id_centre", "annee"])["qualite"].agg(lambda names: max(names, key=QUALITIES.index))
    wide = wide.merge(worst.rename("qualite_relevee").reset_index(), on=["id_centre", "annee"], how="left")
    lit = set(zip(generators["id_centre"], generators["date_debut"].dt.year, strict=True))
    wide["secours_releve"] = [key in lit for key in zip(wide["id_centre"], wide["annee"], strict=True)]
    return wide


def _energies(rows: pd.DataFrame) -> pd.DataFrame:
    """Both energies from one source: the declaration of a full year, else the readings, else what there is."""
    rows = rows.rename(columns={"energie_totale_kwh": "totale_declaree", "energie_it_kwh": "it_declaree"})
    january = pd.to_datetime(rows["annee"].astype(str) + "-01-01")
    december = pd.to_datetime(rows["annee"].astype(str) + "-12-31")
    rows["debut"], rows["fin"] = rows["date_debut"].fillna(january), rows["date_fin"].fillna(december)
    rows["declaree"] = rows["perimetre"].notna() | rows["totale_declaree"].notna() | rows["pue_declare"].notna()
    part = rows["nature_valeur"].isin(["intermediaire", "partielle"])
    part |= (rows["debut"] != january) | (rows["fin"] != december)
    rows["periode"] = part.map({True: "I", False: "A"})
    whole = rows["totale_declaree"].notna() & rows["it_declaree"].notna() & (rows["periode"] == "A")
    both_read = rows["totale_relevee"].notna() & rows["it_relevee"].notna()
    any_declared = rows["totale_declaree"].notna() | rows["it_declaree"].notna()
    any_read = rows["totale_relevee"].notna() | rows["it_relevee"].notna()
    use_readings = ~whole & (both_read | (~any_declared & any_read))
    rows["meme_periode"] = (any_declared & ~use_readings) | ((rows["periode"] == "A") & rows["declaree"])
    rows["energie_totale_kwh"] = rows["totale_relevee"].where(use_readings, rows["totale_declaree"])
    rows["energie_it_kwh"] = rows["it_relevee"].where(use_readings, rows["it_declaree"])
    rows["qualite"] = rows["qualite_relevee"].where(use_readings, rows["qualite_mesure"])
    rows["periode"] = rows["periode"].mask(use_readings, "A")
    rows["debut"], rows["fin"] = rows["debut"].mask(use_readings, january), rows["fin"].mask(use_readings, december)
    return rows


def _places(register: pd.DataFrame) -> pd.DataFrame:
    departements = pd.read_csv(tables.reference_dir() / "departements.csv", dtype=str).set_index("code_departement")
    code = register["code_insee"]
    code = code.str[:3].where(code.str.startswith(("97", "98")), code.str[:2])
    return pd.DataFrame(
        {
            "kw_registre": register["puissance_it_installee_kw"],
            "type_hebergement": register["type_hebergement"],
            "categorie_organisme": register["categorie_organisme"],
            "region": code.map(departements["code_region"]),
        }
    ).reset_index()


def _comparability(rows: pd.DataFrame) -> pd.DataFrame:
    category = rows["categorie_mesure_it"].fillna("X")
    boundary = rows["perimetre"].map(_BOUNDARIES).fillna("X")
    method = rows["qualite"].map({"mesure": "M", "point_change": "M", "estime": "E"}).fillna("X")
    method = method.where(rows["energie_totale_kwh"].notna() & rows["energie_it_kwh"].notna(), "R")
    method = method.mask((method == "R") & rows["pue_declare"].isna(), "X")
    rows["classe"] = "C" + category + "-" + boundary + "-" + rows["periode"] + "-" + method
    doubts = (category == "X").astype(int) + boundary.isin(["P", "X"]) + (method == "E")
    full = rows["pue"].notna() & (rows["periode"] == "A") & method.isin(["M", "E"])
    rows["comparable"] = full & (doubts <= 1)
    rows["pleine"] = full & (doubts == 0)
    return rows


def _counted_at_host(rows: pd.DataFrame, register: pd.DataFrame) -> pd.Series:
    """Guests whose host gives both energies of the same full year (the sample has no chain of hosts and no ring)."""
    giving = rows[rows["pue"].notna() & (rows["periode"] == "A")]
    known = set(zip(giving["id_centre"], giving["annee"], strict=True))
    host = rows["id_centre"].map(register["heberge_chez"])
    return pd.Series([key in known for key in zip(host, rows["annee"], strict=True)], index=rows.index)


def _ratios(rows: pd.DataFrame) -> pd.DataFrame:
    total, it = rows["energie_totale_kwh"], rows["energie_it_kwh"]
    year = rows["periode"] == "A"
    rows["wue"] = (1000 * rows["eau_totale_m3"] / it).where(rows["meme_periode"])
    erf = (rows["chaleur_valorisee_kwh"] / total).where(rows["meme_periode"])
    ref = (rows["energie_renouvelable_kwh"] / total).where(rows["meme_periode"])
    rows["erf"], rows["ref"] = erf.where(erf <= 1), ref.where(ref <= 1)
    load = it / (rows["kw"] * rows["hours"])
    rows["facteur_charge"] = load.where(load <= 1)
    rows["kwh_it_par_serveur"] = (it / rows["nb_serveurs_physiques"]).where(year & (rows["nb_serveurs_physiques"] > 0))
    virtual = rows["nb_machines_virtuelles"]
    rows["kwh_it_par_machine_virtuelle"] = (it / virtual).where(year & (virtual > 0))
    rows["kwh_par_m2"] = (total / rows["surface_totale_m2"]).where(year & (rows["surface_totale_m2"] > 0))
    return rows


def _carbon(rows: pd.DataFrame) -> pd.DataFrame:
    """Mainland sites on grid electricity alone, a full year: kWh x the newest ADEME factor of the year / 1,000."""
    factors = pd.read_csv(tables.reference_dir() / "facteurs_emission.csv")
    ours = (factors["source"] == "ADEME Base Empreinte") & (factors["perimetre"] == "acv_consommation")
    factors = factors[ours & (factors["territoire"] == "FR-continentale")].sort_values("millesime")
    by_year = factors.drop_duplicates("annee", keep="last").set_index("annee")["valeur_kgco2e_par_kwh"]
    grid = rows["region"].notna() & ~rows["region"].isin(["01", "02", "03", "04", "06", "94"])
    alone = ~(rows["energie_groupes_secours_kwh"] > 0) & ~(rows["energie_renouvelable_site_kwh"] > 0)
    alone &= ~rows["secours_releve"].fillna(False).astype(bool)
    factor = rows["annee"].map(by_year).where(grid & alone & (rows["periode"] == "A"))
    rows["emissions"] = rows["energie_totale_kwh"] * factor / 1000
    rows["cue"] = rows["pue"] * factor
    return rows


def members(rows: pd.DataFrame) -> pd.DataFrame:
    """The summed rows, once in each group: columns dimension and modalite beside those of the site."""
    summed = rows[rows["inclus"]].copy()
    size = pd.cut(summed["kw"], [*SIZES.values(), float("inf")], right=False, labels=list(SIZES)).astype(object)
    groups = {
        "ensemble": pd.Series("ensemble", index=summed.index),
        "type_hebergement": summed["type_hebergement"].fillna("inconnu"),
        "categorie_organisme": summed["categorie_organisme"].fillna("inconnu"),
        "region": summed["region"].fillna("inconnu"),
        "classe_taille": size.fillna("TX"),
    }
    return pd.concat([summed.assign(dimension=name, modalite=groups[name]) for name in DIMENSIONS])


def aggregates(summed: pd.DataFrame) -> pd.DataFrame:
    """The cells that sum at least one site: weighted ratios, distribution, share measured, carbon."""
    cells = {key: _cell(group) for key, group in summed.groupby(["annee", "dimension", "modalite"])}
    return pd.DataFrame.from_dict(cells, orient="index")


def _cell(group: pd.DataFrame) -> pd.Series:
    spread = group.loc[group["comparable"], "pue"]
    few, enough = len(spread) >= 3, len(spread) >= 8
    carbon = group[group["emissions"].notna()]
    counted = len(carbon) >= 3
    values = {
        "nb_sites_pue": len(group),
        "nb_sites_distribution": len(spread),
        "energie_totale_kwh": group["energie_totale_kwh"].sum(),
        "energie_it_kwh": group["energie_it_kwh"].sum(),
        "pue": group["energie_totale_kwh"].sum() / group["energie_it_kwh"].sum(),
        "pue_minimum": spread.min() if few else None,
        "pue_mediane": spread.median() if few else None,
        "pue_maximum": spread.max() if few else None,
        **{
            name: spread.quantile(share) if enough else None
            for name, share in {
                "pue_decile_1": 0.1,
                "pue_quartile_1": 0.25,
                "pue_quartile_3": 0.75,
                "pue_decile_9": 0.9,
            }.items()
        },
        "wue_l_par_kwh": _weighted(group, "wue", "eau_totale_m3", "energie_it_kwh", 1000),
        "erf": _weighted(group, "erf", "chaleur_valorisee_kwh", "energie_totale_kwh"),
        "ref": _weighted(group, "ref", "energie_renouvelable_kwh", "energie_totale_kwh"),
        "part_it_mesuree": group.loc[group["qualite"].isin(METERED), "energie_it_kwh"].sum()
        / group["energie_it_kwh"].sum(),
        "nb_sites_wue": group["wue"].count(),
        "nb_sites_erf": group["erf"].count(),
        "nb_sites_ref": group["ref"].count(),
        "nb_sites_carbone": len(carbon),
        "emissions_tco2e": carbon["emissions"].sum() if counted else None,
        "cue_kgco2e_par_kwh": 1000 * carbon["emissions"].sum() / carbon["energie_it_kwh"].sum() if counted else None,
    }
    return pd.Series(values, dtype=float)


def _weighted(group: pd.DataFrame, ratio: str, above: str, below: str, factor: float = 1) -> float | None:
    """A sum over a sum, over the sites that have this ratio; three of them at least."""
    giving = group[group[ratio].notna()]
    return factor * giving[above].sum() / giving[below].sum() if len(giving) >= 3 else None


def evolutions(summed: pd.DataFrame, named: Set[str]) -> pd.DataFrame:
    """Consecutive years at constant perimeter: the sites of both, in the same group, with the same class.

    Only the sites published in their name (`named`) are summed; all are counted.
    """
    before = summed.assign(annee=summed["annee"] + 1)
    place = ["annee", "dimension", "modalite"]
    pairs = summed.merge(before, on=[*place, "id_centre"], suffixes=("", "_avant"))
    constant = pairs[pairs["classe"] == pairs["classe_avant"]]
    same = constant[constant["id_centre"].isin(named)].groupby(place)
    columns = {
        "energie_totale_constante_precedente_kwh": "energie_totale_kwh_avant",
        "energie_totale_constante_kwh": "energie_totale_kwh",
        "energie_it_constante_precedente_kwh": "energie_it_kwh_avant",
        "energie_it_constante_kwh": "energie_it_kwh",
    }
    found = pd.DataFrame({name: same[column].sum() for name, column in columns.items()})
    found["nb_sites_constants_nominatifs"] = same.size()
    found["nb_sites_constants"] = constant.groupby(place).size()
    total, it = found["energie_totale_constante_kwh"], found["energie_it_constante_kwh"]
    total_before = found["energie_totale_constante_precedente_kwh"]
    it_before = found["energie_it_constante_precedente_kwh"]
    found["croissance_totale_constante_pct"] = 100 * (total / total_before - 1)
    found["croissance_it_constante_pct"] = 100 * (it / it_before - 1)
    found["pue_constant_precedent"], found["pue_constant"] = total_before / it_before, total / it
    found["part_constante"] = total / summed.groupby(place)["energie_totale_kwh"].sum()
    found["nb_sites"] = summed.groupby(place).size()
    found["nb_sites_precedents"] = before.groupby(place).size()
    found["nb_sites_modifies"] = pairs.groupby(place).size() - found["nb_sites_constants"]
    found["nb_sites_entres"] = found["nb_sites"] - pairs.groupby(place).size()
    found["nb_sites_sortis"] = found["nb_sites_precedents"] - pairs.groupby(place).size()
    return found
