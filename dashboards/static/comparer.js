/* Two to six sites side by side: the reader's choice, in the address, drawn from the data of a year. */
"use strict";

(() => {
  const PROPOSED = 8;
  const WIDEST = 640; // px of the drawing, less where the screen is narrower: its texts keep their size
  const LINE = 54; // px of a site in the drawing
  const [INK, MUTED, GRID, BLUE] = ["#17212b", "#4f5d6b", "#e3e8eb", "#0072B2"];
  const form = document.getElementById("choix");
  if (!form) return;
  const most = Number(form.dataset.auPlus);
  const year = form.querySelector('[data-adresse="annee"]');
  const chosenField = form.querySelector('[data-adresse="sites"]');
  const [search, proposals, state, chips, reserves, points] =
    ["choix-recherche", "propositions", "choix-etat", "choisis", "reserves", "points"].map((id) => document.getElementById(id));
  const names = new Map(); // identifier -> name of the chosen sites met so far
  let chosen = [];
  let shown = null; // the year, its table, and the sites that are compared
  let asked = 0; // what comes for an earlier choice is not shown

  const label = (site) => names.get(site.id_centre) ?? site.nom_site ?? site.id_centre;
  const named = (identifier) => names.get(identifier) ?? identifier;
  const unread = () => { state.textContent = `Les données de ${year.value} n’ont pas pu être lues.`; };

  /* The chosen sites that have data in a year and are of the nature of the first of them; then the others. */
  function sorted(table) {
    const found = chosen.map((one) => table.sites.find((site) => site.id_centre === one)).filter(Boolean);
    for (const site of found) {
      const twins = found.filter((other) => other.nom_site === site.nom_site).length > 1; // told apart by their body
      names.set(site.id_centre, [site.nom_site ?? site.id_centre, ...(twins ? [site.organisme] : [])].filter(Boolean).join(", "));
    }
    const sites = found.filter((site) => site.synthetique === found[0].synthetique);
    const apart = found.filter((site) => !sites.includes(site)).map(label);
    const without = chosen.filter((one) => !found.some((site) => site.id_centre === one));
    return { sites, apart, without };
  }

  /* The names of sites that the year chosen does not hold, looked for in the others; gives those that no year holds. */
  async function strangers(without) {
    const nameless = () => without.filter((one) => !names.has(one));
    for (const { value } of year.options) {
      if (nameless().length === 0) return [];
      const table = await gcn.demander(`sites-${value}`).catch(() => null);
      if (table === null) return []; // nothing is said of a site that a year not read may hold
      for (const site of table.sites.filter((one) => nameless().includes(one.id_centre))) names.set(site.id_centre, label(site));
    }
    return nameless();
  }

  /* ---- the choice ---- */

  function choose(identifiers) {
    chosen = [...new Set(identifiers)].slice(0, most);
    chosenField.value = chosen.join(",");
    search.value = "";
    update();
  }

  function tellChosen() {
    const left = ["Choisissez un premier site.", "Un site choisi : choisissez-en un deuxième."];
    state.textContent = gcn.phrase(left[chosen.length] ?? `${chosen.length} sites choisis, ${most} au plus.`);
  }

  /* All the chosen sites, so that each can be taken off; the focus goes to the one that takes the place of another. */
  function showChosen() {
    const place = [...chips.querySelectorAll("button")].indexOf(document.activeElement);
    chips.replaceChildren(...chosen.map((one) => gcn.element("li", {},
      gcn.bouton(`${named(one)}\u00a0✕`, () => choose(chosen.filter((other) => other !== one)), { "aria-label": `Retirer ${named(one)}` }))));
    const left = chips.querySelectorAll("button");
    if (place >= 0) (left[Math.min(place, left.length - 1)] ?? search).focus();
  }

  function offer(site) {
    const more = [label(site), site.organisme, site.nom_region, site.id_centre].filter(Boolean).join(", ");
    return gcn.element("li", {}, gcn.bouton(more, () => {
      search.focus(); // this button goes away
      choose([...chosen, site.id_centre]);
    }));
  }

  async function propose() {
    const when = year.value;
    const table = await gcn.demander(`sites-${when}`).catch(() => null);
    if (when !== year.value) return;
    const words = gcn.mots(search.value);
    proposals.replaceChildren();
    if (table === null) return unread();
    if (words.length === 0) return tellChosen();
    if (chosen.length >= most) {
      state.textContent = gcn.phrase(`${most} sites au plus : retirez-en un d’abord.`);
      return;
    }
    const [first] = sorted(table).sites;
    const found = table.sites.filter((site) => !chosen.includes(site.id_centre)
      && (!first || site.synthetique === first.synthetique) && gcn.repond(site, words));
    proposals.replaceChildren(...found.slice(0, PROPOSED).map(offer));
    const count = found.length > PROPOSED ? `, les ${PROPOSED} premiers proposés` : "";
    state.textContent = found.length === 0
      ? `Aucun site ne répond en ${when}.`
      : `${gcn.nombre(found.length)} ${found.length > 1 ? "sites répondent" : "site répond"} en ${when}${count}.`;
  }

  /* ---- what to beware of ---- */

  function told({ when, table, sites, apart, without, unknown }) {
    const said = [];
    const measured = (site) => site.categorie_mesure_it ?? "X";
    const places = new Set(sites.map(measured));
    if (places.size > 1) {
      const each = sites.map((site) => `${label(site)} : ${table.libelles.categorie_mesure_it[measured(site)] ?? "inconnu"}`);
      said.push(`Attention : ces sites ne mesurent pas l’énergie informatique au même point, leurs PUE ne se comparent pas directement (${each.join(" ; ")}). Mesuré plus près des équipements, un même site affiche un PUE plus élevé.`);
    } else if (places.has("X")) {
      said.push(sites.length > 1
        ? "Le point de mesure de ces sites est inconnu : rien ne dit que leurs PUE se comparent."
        : "Le point de mesure de ce site est inconnu : rien ne dit que son PUE se compare à un autre.");
    }
    const levels = { reservee: "PUE qui ne se compare qu’avec réserve", non_comparable: "PUE non comparable" };
    for (const [level, text] of Object.entries(levels)) {
      const those = sites.filter((site) => site.niveau_comparabilite === level).map(label);
      if (those.length > 0) said.push(`${text} : ${those.join(" ; ")}.`);
    }
    if (["type_hebergement", "classe_taille"].some((column) => new Set(sites.map((site) => site[column])).size > 1)) {
      said.push("Ces sites n’ont pas tous la même taille ou le même type d’hébergement : un écart de PUE peut venir de là.");
    }
    const elsewhere = without.filter((one) => !unknown.includes(one)).map(named);
    if (elsewhere.length > 0) said.push(`Sans données publiées en ${when} : ${elsewhere.join(" ; ")}. Une autre année en a peut-être.`);
    if (unknown.length > 0) said.push(`Aucun site publié ne porte ce numéro : ${unknown.join(" ; ")}.`);
    if (apart.length > 0) said.push(`Réels et synthétiques ne se comparent pas, laissés de côté : ${apart.join(" ; ")}.`);
    return said.map((text) => gcn.element("p", { class: "avertis" }, gcn.phrase(text)));
  }

  /* ---- the table ---- */

  const rows = () => [...document.querySelectorAll("#table-comparaison tbody tr")];

  function fill({ when, table, sites }) {
    const key = (site) => ({ "data-cle": `id_centre=${site.id_centre};annee=${when}` });
    const head = document.querySelector("#table-comparaison thead tr");
    const heads = sites.map((site) => gcn.element("th", { scope: "col", ...key(site) }, gcn.nom(site)));
    head.replaceChildren(head.cells[0], ...heads);
    for (const row of rows()) {
      const { colonne, forme } = row.cells[0].dataset;
      const cells = sites.map((site) => gcn.element("td", key(site), gcn.valeur(table, site, colonne, forme)));
      row.replaceChildren(row.cells[0], ...cells);
      row.hidden = sites.every((site) => site[colonne] === null);
    }
    for (const place of document.querySelectorAll("[data-annee]")) place.textContent = when;
    document.querySelector("[data-sites]").textContent = sites.length;
  }

  /* ---- the drawing ---- */

  function mark(name, attributes, text) {
    const made = document.createElementNS(points.namespaceURI, name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const pueOf = (site) => site.pue_calcule ?? site.pue_declare;
  const family = () => getComputedStyle(document.body).fontFamily;

  function cut(text, width) {
    if (gcn.largeur(text, `13px ${family()}`) <= width) return text;
    let end = text.length;
    while (end > 1 && gcn.largeur(`${text.slice(0, end)}…`, `13px ${family()}`) > width) end -= 1;
    return `${text.slice(0, end)}…`;
  }

  function draw({ sites }) {
    const values = sites.flatMap((site) => [pueOf(site), site.pue_quartile_3_pairs]).filter((value) => value !== null);
    const highest = Math.max(2, ...values) + 0.1;
    const width = Math.min(WIDEST, points.parentElement.clientWidth || WIDEST);
    const across = (value) => 12 + ((value - 1) / (highest - 1)) * (width - 60);
    const height = 34 + LINE * sites.length;
    const parts = [];
    const step = highest > 4 ? Math.ceil(highest / 8) : 0.5;
    for (let tick = 1; tick <= highest; tick += step) {
      parts.push(mark("line", { x1: across(tick), x2: across(tick), y1: 8, y2: height - 24, stroke: GRID }));
      parts.push(mark("text", { x: across(tick), y: height - 8, "text-anchor": "middle", "font-size": 12, fill: MUTED }, gcn.nombre(tick, 1)));
    }
    sites.forEach((site, place) => parts.push(...line(site, 8 + LINE * place, across, width)));
    if (sites.some((site) => site.synthetique)) {
      parts.push(mark("text", { x: width / 2, y: height / 2, "text-anchor": "middle", "font-size": 22, fill: "rgba(79,93,107,0.30)" }, "DONNÉES SYNTHÉTIQUES"));
    }
    points.setAttribute("viewBox", `0 0 ${width} ${height}`);
    points.setAttribute("font-family", family());
    points.setAttribute("aria-label", gcn.phrase(`Diagramme à points. ${sites.map(spoken).join(" ")}`));
    points.replaceChildren(...parts);
  }

  /* A full diamond compares without reserve, an empty one does not; a declared PUE is a square. */
  function shape(site, x, y) {
    const full = site.niveau_comparabilite === "pleine";
    const look = { fill: full && site.pue_calcule !== null ? BLUE : "#ffffff", stroke: BLUE, "stroke-width": 2 };
    if (site.pue_calcule === null) return mark("rect", { x: x - 6.5, y: y - 6.5, width: 13, height: 13, ...look });
    return mark("polygon", { points: `${x},${y - 8} ${x + 8},${y} ${x},${y + 8} ${x - 8},${y}`, ...look });
  }

  function line(site, top, across, width) {
    const middle = top + 34;
    const value = pueOf(site);
    const parts = [mark("text", { x: 12, y: top + 14, "font-size": 13, fill: INK }, cut(label(site), width - 16))];
    if (site.pue_quartile_1_pairs !== null) {
      const [low, median, high] = ["quartile_1", "mediane", "quartile_3"].map((name) => across(site[`pue_${name}_pairs`]));
      parts.push(mark("rect", { x: low, y: middle - 9, width: high - low, height: 18, fill: "rgba(79,93,107,0.16)", stroke: MUTED }));
      parts.push(mark("line", { x1: median, x2: median, y1: middle - 9, y2: middle + 9, stroke: MUTED, "stroke-width": 3 }));
    }
    if (value === null) {
      parts.push(mark("text", { x: 12, y: middle + 5, "font-size": 13, fill: MUTED }, "PUE inconnu"));
      return parts;
    }
    const x = across(value);
    const [before, after] = [across(site.pue_quartile_1_pairs ?? value), across(site.pue_quartile_3_pairs ?? value)];
    const text = `${gcn.nombre(value, 2)}${site.pue_calcule === null ? " déclaré" : ""}`;
    const right = Math.max(x + 13, after + 6); // beside the band, so that its median stays in sight
    const fits = right + gcn.largeur(text, `bold 13px ${family()}`) <= width;
    const where = fits ? { x: right } : { x: Math.min(x - 13, before - 6), "text-anchor": "end" };
    const look = { "font-size": 13, "font-weight": "bold", fill: INK, stroke: "#ffffff", "stroke-width": 4, "paint-order": "stroke" };
    parts.push(shape(site, x, middle), mark("text", { ...where, y: middle + 5, ...look }, text));
    return parts;
  }

  function spoken(site) {
    const value = pueOf(site);
    if (value === null) return `${label(site)} : PUE inconnu.`;
    const [low, median, high] = ["quartile_1", "mediane", "quartile_3"].map((name) => site[`pue_${name}_pairs`]);
    const peers = median === null ? "" : `, pairs de ${gcn.nombre(low, 2)} à ${gcn.nombre(high, 2)}, médiane ${gcn.nombre(median, 2)}`;
    return `${label(site)} : PUE ${site.pue_calcule === null ? "déclaré " : ""}${gcn.nombre(value, 2)}${peers}.`;
  }

  /* ---- all of it ---- */

  function show(comparison) {
    const { sites } = comparison;
    shown = sites.length > 0 ? comparison : null;
    showChosen();
    tellChosen();
    reserves.replaceChildren(...told(comparison));
    document.getElementById("comparaison").hidden = shown === null;
    if (shown === null) return;
    document.getElementById("fictifs").hidden = !sites[0].synthetique;
    fill(shown);
    draw(shown);
  }

  async function update() {
    const mine = (asked += 1);
    const when = year.value;
    gcn.adresse.ecrire({ sites: chosen.join(","), annee: when === year.options[0].value ? "" : when });
    proposals.replaceChildren();
    showChosen();
    const table = await gcn.demander(`sites-${when}`).catch(() => null);
    if (mine !== asked) return;
    if (table !== null) {
      const comparison = sorted(table);
      const unknown = await strangers(comparison.without);
      return mine === asked ? show({ when, table, unknown, ...comparison }) : undefined;
    }
    shown = null;
    document.getElementById("comparaison").hidden = true;
    reserves.replaceChildren();
    unread();
  }

  /* What is shown, one site a row as in the published file. */
  function save() {
    const { when, sites } = shown;
    const columns = rows().filter((row) => !row.hidden).map((row) => row.cells[0].dataset.colonne);
    const lines = sites.map((site) => [when, ...["id_centre", "nom_site", ...columns, "synthetique"].map((column) => site[column])]);
    gcn.enregistrer(`comparaison-${when}.csv`, [["annee", "id_centre", "nom_site", ...columns, "synthetique"], ...lines]);
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  year.addEventListener("change", update);
  search.addEventListener("input", propose);
  addEventListener("resize", () => { if (shown) draw(shown); });
  document.getElementById("enregistrer").addEventListener("click", save);
  const said = gcn.adresse.lire();
  if (said.annee) year.value = said.annee;
  if (said.sites) choose(said.sites.split(","));
})();
