/* The published savings under other assumptions: each is linear in what a slider moves, so that nothing is estimated. */
"use strict";

const MISSING = { secret: "secret", absent: "—" };
const LEVELS = ["bas", "central", "haut"];

const written = (value, digits) =>
  value.toLocaleString("fr-FR", { minimumFractionDigits: digits, maximumFractionDigits: digits });

function scaled(value, units) {
  const [factor, unit, digits] = units.find(([least]) => Math.abs(value) >= least) ?? units.at(-1);
  return `${written(value / (factor || 1), digits)}\u00a0${unit}`;
}
const energy = (kwh) => scaled(kwh, [[1e9, "TWh", 2], [1e6, "GWh", 1], [1e3, "MWh", 1], [0, "kWh", 0]]);
const money = (euros) => scaled(euros, [[1e6, "M€", 1], [1e3, "k€", 1], [0, "€", 0]]);
const carbon = (tonnes) => `${written(tonnes, Math.abs(tonnes) >= 100 ? 0 : 1)}\u00a0tCO₂e`;

/* A saving at the PUE aimed at: the published central one, or the point of the line between the low and the high. */
function aimed(levels, scenario, pue) {
  const targets = scenario.pue;
  if (!targets) return levels.central;
  const level = LEVELS.find((name) => Math.abs(targets[name] - pue) < 1e-9);
  if (level) return levels[level];
  const slope = (levels.haut - levels.bas) / (targets.bas - targets.haut);
  return levels.bas + slope * (targets.bas - pue);
}

function savings(line, scenario, { part, prix, pue }) {
  const known = (levels) => aimed(levels, scenario, pue) * (part / 100 / scenario.part);
  const kwh = known(line.kwh);
  return {
    kwh,
    euros: (kwh * prix) / 1000,
    tco2e: line.etat_tco2e === "valeur" ? known(line.tco2e) : null,
  };
}

function texts(line, scenario, choices) {
  if (line.etat !== "valeur") return [MISSING[line.etat], MISSING[line.etat], MISSING[line.etat]];
  const { kwh, euros, tco2e } = savings(line, scenario, choices);
  return [energy(kwh), money(euros), tco2e === null ? MISSING[line.etat_tco2e] ?? MISSING.absent : carbon(tco2e)];
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function table(scenario, choices, name) {
  const frame = element("div", null, { class: "defilant", role: "region", tabindex: "0", "aria-labelledby": `${name}-titre` });
  const made = element("table", null);
  const caption = made.createCaption();
  caption.id = `${name}-titre`;
  caption.append(element("span", `${scenario.nom} : avec ces hypothèses, par type d’hébergement actuel`));
  const head = made.createTHead().insertRow();
  for (const label of ["Hébergement actuel", "Sites qui économiseraient", "Énergie", "Dépense évitée", "Émissions évitées"])
    head.append(element("th", label, { scope: "col", ...(label === "Hébergement actuel" ? {} : { class: "nombre" }) }));
  const body = made.createTBody();
  for (const line of scenario.lignes) {
    const row = body.insertRow();
    row.append(element("th", line.groupe, { scope: "row" }));
    const sites = line.sites === null ? MISSING[line.etat] ?? MISSING.absent : written(line.sites, 0);
    for (const text of [sites, ...texts(line, scenario, choices)]) row.append(element("td", text, { class: "nombre" }));
  }
  frame.append(made);
  return frame;
}

class Simulator {
  constructor(form) {
    this.form = form;
    this.name = form.dataset.simulateur;
    this.published = JSON.parse(document.querySelector(`script[data-simulation="${this.name}"]`).textContent);
    this.controls = {};
    for (const control of form.querySelectorAll("[data-role]")) this.controls[control.dataset.role] = control;
  }

  get scenario() {
    return this.published.scenarios.find(({ cle }) => cle === this.controls.scenario.value);
  }

  /* The published assumptions of the scenario: where its sliders start. */
  settle() {
    const { part, pue } = this.scenario;
    this.controls.part.value = 100 * part;
    this.controls.prix.value = this.published.prix;
    if (!pue) return;
    this.controls.pue.min = pue.haut;
    this.controls.pue.max = pue.bas;
    this.controls.pue.value = pue.central;
  }

  get choices() {
    return Object.fromEntries(["part", "prix", "pue"].map((role) => [role, Number(this.controls[role].value)]));
  }

  isPublished({ part, prix, pue }) {
    const { scenario } = this;
    return part === 100 * scenario.part && prix === this.published.prix && (!scenario.pue || pue === scenario.pue.central);
  }

  said(role) {
    return this.form.querySelector(`[data-dit="${role}"]`);
  }

  show() {
    const { scenario, choices } = this;
    this.form.querySelector('[data-pour="pue"]').hidden = !scenario.pue;
    this.said("part").textContent = `${written(choices.part, 0)}\u00a0%`;
    this.said("prix").textContent = `${written(choices.prix, 0)}\u00a0€/MWh hors TVA`;
    this.said("pue").textContent = written(choices.pue, 2);
    this.said("hypotheses").textContent = `Hypothèses publiées. ${scenario.hypotheses}.`;
    this.said("tableau").replaceChildren(table(scenario, choices, `${this.name}-tableau`));
    this.said("resultat").replaceChildren(...this.result(scenario, choices));
  }

  result(scenario, choices) {
    const [whole] = scenario.lignes;
    if (whole.etat !== "valeur") return [element("p", "Le total de ce scénario n’est pas publié.")];
    const [kwh, euros, tco2e] = texts(whole, scenario, choices);
    const sentence = `${scenario.nom} : ${kwh} par an, ${euros}` + (whole.etat_tco2e === "valeur" ? ` et ${tco2e}.` : ".");
    const standing = { part: 100 * scenario.part, prix: this.published.prix, pue: scenario.pue?.central };
    const [published] = texts(whole, scenario, standing);
    const source = this.isPublished(choices)
      ? "C’est l’estimation centrale publiée."
      : `Recalculé dans cette page ; l’estimation centrale publiée est de ${published} par an.`;
    return [element("p", sentence), element("p", source, { class: "note" })];
  }

  read(said) {
    for (const role of ["scenario", "part", "prix", "pue"]) {
      const value = said[this.controls[role].dataset.adresse];
      if (role === "scenario" && value) this.controls.scenario.value = value;
      if (role === "scenario") this.settle();
      else if (value && Number.isFinite(Number(value))) this.controls[role].value = value;
    }
  }

  /* What the address must say: nothing of what is published. */
  get told() {
    const { choices } = this;
    const first = this.published.scenarios[0].cle;
    const told = this.scenario.cle === first ? {} : { [this.controls.scenario.dataset.adresse]: this.scenario.cle };
    if (this.isPublished(choices)) return told;
    for (const role of ["part", "prix", ...(this.scenario.pue ? ["pue"] : [])])
      told[this.controls[role].dataset.adresse] = String(choices[role]);
    return told;
  }
}

const simulators = [...document.querySelectorAll("[data-simulateur]")].map((form) => new Simulator(form));
const remember = () => gcn.adresse.ecrire(Object.assign({}, ...simulators.map((simulator) => simulator.told)));
const asked = gcn.adresse.lire();
for (const simulator of simulators) {
  simulator.read(asked);
  simulator.show();
  simulator.form.hidden = false;
  simulator.form.addEventListener("submit", (event) => event.preventDefault());
  simulator.form.addEventListener("reset", (event) => {
    event.preventDefault();
    simulator.settle();
    simulator.show();
    remember();
  });
  simulator.form.addEventListener("input", ({ target }) => {
    if (target === simulator.controls.scenario) simulator.settle();
    simulator.show();
    remember();
  });
}
