/* The published savings under other assumptions: each is linear in what a slider moves, so that nothing is estimated. */
"use strict";

(() => {
  const MISSING = { secret: "secret", absent: gcn.ABSENT };
  const LEVELS = ["bas", "central", "haut"];
  const heads = ({ seuil }) => ["Hébergement actuel", `Sites ${seuil}`, "Énergie", "Dépense évitée", "Émissions évitées"];
  const FIELDS = ["groupe", "nb_sites_economie", "economie_kwh", "economie_eur", "economie_tco2e"];

  function scaled(value, units) {
    const [factor, unit, digits] = units.find(([least]) => Math.abs(value) >= least) ?? units.at(-1);
    return `${gcn.nombre(value / (factor || 1), digits)}\u00a0${unit}`;
  }
  const energy = (kwh) => scaled(kwh, [[1e9, "TWh", 2], [1e6, "GWh", 1], [1e3, "MWh", 1], [0, "kWh", 0]]);
  const money = (euros) => scaled(euros, [[1e6, "M€", 1], [1e3, "k€", 1], [0, "€", 0]]);

  /* A saving at the PUE aimed at: the published one of a level, or the point of the line between the low and the high. */
  function aimed(levels, scenario, pue) {
    const targets = scenario.pue;
    if (!targets) return levels.central;
    const level = LEVELS.find((name) => Math.abs(targets[name] - pue) < 1e-9);
    if (level) return levels[level];
    const slope = (levels.haut - levels.bas) / (targets.bas - targets.haut);
    return levels.bas + slope * (targets.bas - pue);
  }

  /* What a line would save, in kWh, euros and tonnes; `secret` or `absent` stand for what is not published. */
  function savings(line, scenario, { part, prix, pue }) {
    if (line.etat !== "valeur") return [line.etat, line.etat, line.etat];
    const known = (levels) => aimed(levels, scenario, pue) * (part / 100 / scenario.part);
    const kwh = known(line.kwh);
    return [kwh, (kwh * prix) / 1000, line.etat_tco2e === "valeur" ? known(line.tco2e) : line.etat_tco2e];
  }

  function texts(line, scenario, choices) {
    const forms = [energy, money, gcn.formes.tonnes];
    return savings(line, scenario, choices).map((value, place) => MISSING[value] ?? forms[place](value));
  }

  const sitesOf = (line) => line.sites ?? (line.etat === "secret" ? "secret" : "absent");

  function table(scenario, choices, name) {
    const head = heads(scenario).map((text, place) => gcn.element("th", { scope: "col", ...(place > 0 && { class: "nombre" }) }, text));
    const rows = scenario.lignes.map((line) => {
      const sites = MISSING[sitesOf(line)] ?? gcn.nombre(line.sites);
      const cells = [sites, ...texts(line, scenario, choices)].map((text) => gcn.element("td", { class: "nombre" }, text));
      return gcn.element("tr", {}, gcn.element("th", { scope: "row" }, line.groupe), ...cells);
    });
    const title = gcn.phrase(`${scenario.nom} : avec ces hypothèses, par type d’hébergement actuel`);
    return gcn.element("div", { class: "defilant", role: "region", tabindex: "0", "aria-labelledby": `${name}-titre` },
      gcn.element("table", {},
        gcn.element("caption", { id: `${name}-titre` }, gcn.element("span", {}, title)),
        gcn.element("thead", {}, gcn.element("tr", {}, ...head)),
        gcn.element("tbody", {}, ...rows)));
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
      const values = {
        part: `${gcn.nombre(choices.part)}\u00a0%`,
        prix: `${gcn.nombre(choices.prix)}\u00a0€/MWh hors TVA`,
        pue: gcn.nombre(choices.pue, 2),
      };
      for (const [role, text] of Object.entries(values)) {
        this.said(role).textContent = text;
        this.controls[role].setAttribute("aria-valuetext", text);
      }
      this.form.querySelector('[data-pour="pue"]').hidden = !scenario.pue;
      this.said("regle").textContent = `Les sites comptés restent les mêmes, où que soient les curseurs\u202f: ceux ${scenario.seuil}.`
        + (scenario.pue ? " Un curseur plus bas n’y ajoute pas ceux qui sont entre les deux." : "");
      this.said("hypotheses").textContent = gcn.phrase(`Hypothèses publiées. ${scenario.hypotheses}.`);
      this.said("tableau").replaceChildren(table(scenario, choices, `${this.name}-tableau`));
      this.said("resultat").replaceChildren(...this.result(scenario, choices));
    }

    /* Told aloud once a slider is let go, not at each of its steps. */
    announce() {
      this.said("annonce").textContent = this.said("resultat").innerText;
    }

    result(scenario, choices) {
      const [whole] = scenario.lignes;
      if (whole.etat !== "valeur") return [gcn.element("p", {}, "Le total de ce scénario n’est pas publié.")];
      const [kwh, euros, tco2e] = texts(whole, scenario, choices);
      const avoided = ` ; émissions évitées : ${tco2e} (${gcn.nombre(whole.avec_facteur)} sites sur ${gcn.nombre(whole.sites)}).`;
      const sentence = `${scenario.nom} : ${kwh} par an, soit ${euros}` + (whole.etat_tco2e === "valeur" ? avoided : ".");
      const standing = { part: 100 * scenario.part, prix: this.published.prix, pue: scenario.pue?.central };
      const [published] = texts(whole, scenario, standing);
      const source = this.isPublished(choices)
        ? "C’est l’estimation centrale publiée."
        : `Recalculé dans cette page ; l’estimation centrale publiée est de ${published} par an.`;
      return [gcn.element("p", {}, gcn.phrase(sentence)), gcn.element("p", { class: "note" }, gcn.phrase(source))];
    }

    /* The table that is shown, each row with the assumptions it comes from. */
    save() {
      const { scenario, choices } = this;
      const { annee, synthetique } = this.form.dataset;
      const assumed = [annee, scenario.cle, choices.part, choices.prix, scenario.pue ? choices.pue : null];
      const rows = scenario.lignes.map((line) => {
        const found = [sitesOf(line), ...savings(line, scenario, choices)];
        return [...assumed, line.groupe, ...found.map((value) => (value === "absent" ? null : value)), synthetique];
      });
      const heads = ["annee", "scenario", "part_ecart_comblee_pct", "prix_eur_par_mwh", "pue_vise", ...FIELDS, "synthetique"];
      gcn.enregistrer(`${this.name}-${scenario.cle}.csv`, [heads, ...rows]);
    }

    read(said) {
      for (const role of ["scenario", "part", "prix", "pue"]) {
        const value = said[this.controls[role].dataset.adresse];
        if (value) this.controls[role].value = value;
        if (role === "scenario") this.settle();
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
  const remember = (simulator) => {
    simulator.announce();
    gcn.adresse.ecrire(Object.assign({}, ...simulators.map(({ told }) => told)));
  };
  const asked = gcn.adresse.lire();
  for (const simulator of simulators) {
    const { form } = simulator;
    simulator.read(asked);
    simulator.show();
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      simulator.settle();
      simulator.show();
      remember(simulator);
    });
    form.addEventListener("input", ({ target }) => {
      if (target === simulator.controls.scenario) simulator.settle();
      simulator.show();
    });
    form.addEventListener("change", () => remember(simulator));
    form.querySelector("[data-enregistrer]").addEventListener("click", () => simulator.save());
  }
})();
