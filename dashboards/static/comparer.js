/* Two to six sites side by side: the reader's choice, in the address, drawn from the data of a year. */
"use strict";

(() => {
  const PROPOSED = 8;
  const WIDEST = 640; // px of the drawing, less where the screen is narrower: its texts keep their size
  const LINE = 54; // px of a site in the drawing
  const form = document.getElementById("choix");
  if (!form) return;
  const most = Number(form.dataset.auPlus);
  const year = form.querySelector('[data-adresse="annee"]');
  const chosenField = form.querySelector('[data-adresse="sites"]');
  const search = document.getElementById("choix-recherche");
  const proposals = document.getElementById("propositions");
  const state = document.getElementById("choix-etat");
  let chosen = [];
  let drawn = [];

  const label = (site) => site.nom_site ?? site.id_centre;

  /* ---- the choice ---- */

  function button(text, about, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    if (about) made.setAttribute("aria-label", about);
    made.addEventListener("click", action);
    return made;
  }

  function item(...content) {
    const made = document.createElement("li");
    made.append(...content);
    return made;
  }

  function choose(identifiers) {
    chosen = [...new Set(identifiers)].slice(0, most);
    chosenField.value = chosen.join(",");
    search.value = "";
    update();
  }

  function propose(table) {
    const words = gcn.simple(search.value).split(/\s+/).filter(Boolean);
    if (words.length === 0) return proposals.replaceChildren();
    const nature = table.sites.find((site) => site.id_centre === chosen[0])?.synthetique;
    const found = table.sites.filter((site) => {
      if (chosen.includes(site.id_centre) || (nature !== undefined && site.synthetique !== nature)) return false;
      site.cherche ??= gcn.simple([site.nom_site, site.organisme, site.id_centre].filter(Boolean).join(" "));
      return words.every((word) => site.cherche.includes(word));
    });
    const offers = chosen.length >= most ? [] : found.slice(0, PROPOSED).map((site) => {
      const more = [site.organisme, site.nom_region, site.id_centre].filter(Boolean).join(", ");
      return item(button(`${label(site)}, ${more}`, "", () => choose([...chosen, site.id_centre])));
    });
    proposals.replaceChildren(...offers);
    state.textContent = chosen.length >= most
      ? `${most} sites au plus : retirez-en un d’abord.`
      : found.length === 0 ? "Aucun site ne répond." : `${gcn.nombre(found.length)} ${found.length > 1 ? "sites répondent" : "site répond"}.`;
  }

  function showChosen(sites) {
    const names = sites.map((site) =>
      item(button(`${label(site)} ✕`, `Retirer ${label(site)}`, () => choose(chosen.filter((one) => one !== site.id_centre)))));
    document.getElementById("choisis").replaceChildren(...names);
    const left = { 0: "Choisissez un premier site.", 1: "Choisissez-en un deuxième." };
    state.textContent = left[sites.length] ?? `${sites.length} sites choisis, ${most} au plus.`;
  }

  /* ---- what to beware of ---- */

  function told(table, sites, unknown) {
    const words = (column, code) => (code === null ? "inconnu" : table.libelles[column]?.[code] ?? code);
    const said = [];
    const places = new Set(sites.map((site) => site.categorie_mesure_it ?? "X"));
    if (places.size > 1) {
      const each = sites.map((site) => `${label(site)} : ${words("categorie_mesure_it", site.categorie_mesure_it ?? "X")}`);
      said.push(`Attention : ces sites ne mesurent pas l’énergie informatique au même point, leurs PUE ne se comparent pas directement (${each.join(" ; ")}). Mesuré plus près des équipements, un même site affiche un PUE plus élevé.`);
    } else if (places.has("X")) {
      said.push("Le point de mesure de ces sites est inconnu : rien ne dit que leurs PUE se comparent.");
    }
    const apart = sites.filter((site) => site.niveau_comparabilite === "non_comparable").map(label);
    if (apart.length > 0) said.push(`PUE non comparable : ${apart.join(", ")}.`);
    if (new Set(sites.map((site) => site.type_hebergement)).size > 1 || new Set(sites.map((site) => site.classe_taille)).size > 1) {
      said.push("Ces sites n’ont pas tous la même taille ou le même type d’hébergement : un écart de PUE peut venir de là.");
    }
    if (unknown.length > 0) said.push(`Sans données publiées en ${year.value}, ou d’une autre nature (réelle, synthétique) que le premier choisi : ${unknown.join(", ")}.`);
    return said.map((text) => {
      const line = document.createElement("p");
      line.className = "avertis";
      line.textContent = text.replace(/ (?=[:;!?])/g, "\u202f");
      return line;
    });
  }

  /* ---- the table ---- */

  function fill(table, sites) {
    const place = document.getElementById("table-comparaison");
    const heads = sites.map((site) => {
      const head = document.createElement("th");
      head.scope = "col";
      head.dataset.cle = key(site);
      head.append(gcn.nom(site));
      return head;
    });
    place.tHead.rows[0].replaceChildren(place.tHead.rows[0].cells[0], ...heads);
    for (const row of place.tBodies[0].rows) {
      const { colonne, forme } = row.cells[0].dataset;
      const cells = sites.map((site) => {
        const cell = document.createElement("td");
        cell.dataset.cle = key(site);
        cell.append(gcn.valeur(table, site, colonne, forme));
        return cell;
      });
      row.replaceChildren(row.cells[0], ...cells);
      row.hidden = sites.every((site) => site[colonne] === null);
    }
    place.querySelector("[data-annee]").textContent = year.value;
  }

  const key = (site) => `id_centre=${site.id_centre};annee=${year.value}`;

  /* ---- the drawing ---- */

  function mark(name, attributes, text) {
    const made = document.createElementNS(document.getElementById("points").namespaceURI, name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function pueOf(site) {
    return site.pue_calcule ?? site.pue_declare;
  }

  function draw(sites) {
    const svg = document.getElementById("points");
    drawn = sites;
    const values = sites.flatMap((site) => [pueOf(site), site.pue_quartile_3_pairs]).filter((value) => value !== null);
    const highest = Math.max(2, ...values) + 0.1;
    const width = Math.min(WIDEST, svg.parentElement.clientWidth || WIDEST);
    const across = (value) => 12 + ((value - 1) / (highest - 1)) * (width - 60);
    const height = 34 + LINE * sites.length;
    const parts = [];
    const step = highest > 4 ? 1 : 0.5;
    for (let tick = 1; tick <= highest; tick += step) {
      parts.push(mark("line", { x1: across(tick), x2: across(tick), y1: 8, y2: height - 24, stroke: "#e3e8eb" }));
      parts.push(mark("text", { x: across(tick), y: height - 8, "text-anchor": "middle", "font-size": 12, fill: "#4f5d6b" }, gcn.nombre(tick, 1)));
    }
    sites.forEach((site, place) => parts.push(...line(site, 8 + LINE * place, across)));
    if (sites.some((site) => site.synthetique)) {
      parts.push(mark("text", { x: width / 2, y: height / 2, "text-anchor": "middle", "font-size": 22, fill: "rgba(79,93,107,0.30)" }, "DONNÉES SYNTHÉTIQUES"));
    }
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("font-family", getComputedStyle(document.body).fontFamily);
    svg.setAttribute("aria-label", `Diagramme à points. ${sites.map(spoken).join(" ")}`);
    svg.replaceChildren(...parts);
  }

  function line(site, top, across) {
    const middle = top + 34;
    const value = pueOf(site);
    const parts = [mark("text", { x: 12, y: top + 14, "font-size": 13, fill: "#17212b" }, label(site))];
    if (site.pue_quartile_1_pairs !== null) {
      const [low, median, high] = ["quartile_1", "mediane", "quartile_3"].map((name) => across(site[`pue_${name}_pairs`]));
      parts.push(mark("rect", { x: low, y: middle - 9, width: high - low, height: 18, fill: "rgba(79,93,107,0.16)" }));
      parts.push(mark("line", { x1: median, x2: median, y1: middle - 9, y2: middle + 9, stroke: "#4f5d6b", "stroke-width": 2 }));
    }
    if (value === null) {
      parts.push(mark("text", { x: 12, y: middle + 5, "font-size": 13, fill: "#4f5d6b" }, "PUE inconnu"));
    } else {
      const x = across(value);
      const fill = site.pue_calcule === null ? "#ffffff" : "#0072B2";
      parts.push(mark("polygon", { points: `${x},${middle - 8} ${x + 8},${middle} ${x},${middle + 8} ${x - 8},${middle}`, fill, stroke: "#0072B2", "stroke-width": 2 }));
      parts.push(mark("text", { x: x + 13, y: middle + 5, "font-size": 13, "font-weight": "bold", fill: "#17212b", stroke: "#ffffff", "stroke-width": 4, "paint-order": "stroke" }, `${gcn.nombre(value, 2)}${site.pue_calcule === null ? " déclaré" : ""}`));
    }
    return parts;
  }

  function spoken(site) {
    const value = pueOf(site);
    if (value === null) return `${label(site)} : PUE inconnu.`;
    const median = site.pue_mediane_pairs === null ? "" : `, médiane de ses pairs ${gcn.nombre(site.pue_mediane_pairs, 2)}`;
    return `${label(site)} : PUE ${site.pue_calcule === null ? "déclaré " : ""}${gcn.nombre(value, 2)}${median}.`;
  }

  /* ---- all of it ---- */

  function choices() {
    return { sites: chosen.join(","), annee: year.value === year.options[0].value ? "" : year.value };
  }

  async function comparison() {
    const table = await gcn.demander(`sites-${year.value}`);
    const found = chosen.map((one) => table.sites.find((site) => site.id_centre === one));
    const nature = found.find(Boolean)?.synthetique;
    const sites = found.filter((site) => site && site.synthetique === nature);
    return { table, sites, unknown: chosen.filter((one) => !sites.some((site) => site.id_centre === one)) };
  }

  async function update() {
    gcn.adresse.ecrire(choices());
    proposals.replaceChildren();
    let compared;
    try {
      compared = await comparison();
    } catch {
      state.textContent = "Les données de cette année n’ont pas pu être lues.";
      return;
    }
    const { table, sites, unknown } = compared;
    showChosen(sites);
    const reserves = document.getElementById("reserves");
    reserves.replaceChildren(...(sites.length + unknown.length > 0 ? told(table, sites, unknown) : []));
    document.getElementById("comparaison").hidden = sites.length + unknown.length === 0;
    document.getElementById("fictifs").hidden = !sites.some((site) => site.synthetique);
    fill(table, sites);
    draw(sites);
  }

  async function save() {
    const { sites } = await comparison();
    const rows = [...document.querySelectorAll("#table-comparaison tbody tr")].filter((row) => !row.hidden);
    const lines = rows.map((row) => [row.cells[0].dataset.colonne, ...sites.map((site) => site[row.cells[0].dataset.colonne])]);
    gcn.enregistrer(`comparaison-${year.value}.csv`, [["indicateur", ...sites.map((site) => site.id_centre)], ...lines]);
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  year.addEventListener("change", update);
  search.addEventListener("input", async () => propose(await gcn.demander(`sites-${year.value}`)));
  addEventListener("resize", () => { if (drawn.length > 0) draw(drawn); });
  document.getElementById("enregistrer").addEventListener("click", save);
  const asked = gcn.adresse.lire();
  if (asked.annee) year.value = asked.annee;
  if (asked.sites) choose(asked.sites.split(","));
})();
