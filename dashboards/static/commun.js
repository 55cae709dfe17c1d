/* What the scripts of the pages share: numbers as the French write them, searches, elements, files to take away. */
"use strict";

(() => {
  const ABSENT = "—";
  const pen = document.createElement("canvas").getContext("2d");

  function nombre(value, decimals = 0) {
    const [whole, part] = Math.abs(value).toFixed(decimals).split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
    return `${value < 0 ? "−" : ""}${grouped}${part ? `,${part}` : ""}`;
  }

  const formes = {
    ratio: (value) => nombre(value, 2),
    entier: (value) => nombre(value),
    mwh: (value) => nombre(value / 1000, 1),
    pourcent: (value) => `${nombre(100 * value, 1)}\u00a0%`,
    tonnes: (value) => `${nombre(value, Math.abs(value) >= 100 ? 0 : 1)}\u00a0tCO₂e`,
    kw: (value) => `${nombre(value, 4).replace(/,?0+$/, "")}\u00a0kW`,
  };

  /* A sentence typed with plain spaces, with those of French punctuation. */
  const phrase = (text) => text.replace(/ (?=[:;!?»])/g, "\u202f").replace(/« /g, "«\u202f");

  /* A text as a search compares it: without case nor accents. */
  const simple = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  /* The words of a search, and whether a site answers to all of them. */
  const mots = (text) => simple(text).split(/\s+/).filter(Boolean);

  function repond(site, words) {
    if (words.length === 0) return true;
    site.cherche ??= simple([site.nom_site, site.organisme, site.id_centre].filter(Boolean).join(" "));
    return words.every((word) => site.cherche.includes(word));
  }

  function element(tag, attributes = {}, ...content) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...content);
    return made;
  }

  function bouton(text, action, attributes = {}) {
    const made = element("button", { type: "button", ...attributes }, text);
    made.addEventListener("click", action);
    return made;
  }

  /* How wide a text is drawn, in px. */
  function largeur(text, font) {
    pen.font = font;
    return pen.measureText(text).width;
  }

  /* As `texte_publie` of the published files: a text that a spreadsheet would run as a formula is made inert. */
  function inert(text) {
    const formula = /^[=+@\t\r\n]/.test(text)
      || (text.startsWith("-") && !/^-[0-9][0-9.,\u00a0\u202f ]*([eE][-+]?[0-9]+)?$/.test(text));
    return formula ? `'${text}` : text;
  }

  /* Rows as CSV: numbers as they are published, nothing for what is missing. Without a byte-order mark, as the published
     files: whoever reads the ones reads the others. */
  function csv(rows) {
    const field = (value) => {
      const text = typeof value === "string" ? inert(value) : String(value ?? "");
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return rows.map((row) => `${row.map(field).join(",")}\n`).join("");
  }

  /* Saves rows as CSV, or a Blob as it is. */
  function enregistrer(name, content) {
    const blob = content instanceof Blob ? content : new Blob([csv(content)], { type: "text/csv" });
    const link = element("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  const provided = { ABSENT, nombre, formes, phrase, mots, repond, element, bouton, largeur, enregistrer };
  window.gcn = Object.assign(window.gcn ?? {}, provided);
})();
