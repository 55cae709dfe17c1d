/* Offers each figure as an image that says where it comes from, and its values, to whoever writes a report. */
"use strict";

(() => {
  const SCALE = 2; // pixels of a PNG for one of the drawing
  const GAP = 12; // px around what is written beside the drawing
  const [INK, MUTED] = ["#17212b", "#4f5d6b"];
  const SVG = "http://www.w3.org/2000/svg";

  /* ---- the values ---- */

  /* The published value behind a cell, « secret » where it is hidden, nothing where it is missing. */
  function behind(cell) {
    const value = cell.querySelector("data");
    const text = cell.textContent.trim();
    if (value?.className === "secret") return text;
    if (value?.className === "absent" || text === gcn.ABSENT) return null;
    const raw = value ? value.value : text;
    const french = /^[−+]?\d{1,3}(\u202f?\d{3})*(,\d+)?$/; // a number that was worked out, not published
    if (!value && cell.matches("td.nombre, .nombres td") && french.test(raw)) {
      return Number(raw.replaceAll("\u202f", "").replace("−", "-").replace(",", "."));
    }
    return raw;
  }

  /* A table as rows: its labels, and the values of the rows that are shown. */
  function values(table) {
    const rows = [...table.tHead.rows, ...table.tBodies[0].rows].filter((row) => !row.hidden);
    return rows.map((row) => [...row.cells].map(behind));
  }

  /* ---- the image ---- */

  function mark(name, attributes, text = "") {
    const made = document.createElementNS(SVG, name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.textContent = text;
    return made;
  }

  /* A text on as many lines as it needs. */
  function lines(text, width, font) {
    return text.split(/[ \n]+/).reduce((found, word) => {
      const longer = found.length > 0 ? `${found.at(-1)} ${word}` : word;
      if (found.length > 0 && gcn.largeur(longer, font) <= width) return [...found.slice(0, -1), longer];
      return [...found, word];
    }, []);
  }

  /* The keys of a figure: in it, before it under the same heading, or at the top for the whole page. */
  function keys(figure) {
    let [found, everywhere] = [null, null];
    for (const one of document.querySelectorAll("main h2, main h3, main .cles, main figure")) {
      if (one === figure) break;
      if (one.matches("h2, h3")) found = everywhere;
      if (one.matches(".cles")) found = one;
      if (one.matches("main > .cles")) everywhere = one;
    }
    return [...(figure.querySelector(".cles") ?? found)?.children ?? []];
  }

  /* The shape of a key of the page, as its style draws it. */
  function sign(key, x, middle) {
    const { backgroundColor, borderTopColor, borderTopStyle, borderTopWidth, borderRadius, transform, width } = getComputedStyle(key);
    const border = parseFloat(borderTopWidth) > 0 ? { stroke: borderTopColor, "stroke-width": borderTopWidth } : {};
    const dotted = borderTopStyle === "dotted" ? { "stroke-dasharray": "2 2" } : {};
    const look = { fill: backgroundColor === "rgba(0, 0, 0, 0)" ? "#ffffff" : backgroundColor, ...border, ...dotted };
    const letter = key.textContent.trim();
    if (letter) return mark("text", { x: x + 2, y: middle + 4, "font-size": 13, fill: INK }, letter);
    if (borderRadius === "50%") return mark("circle", { cx: x + 6, cy: middle, r: 5.5, ...look });
    const turned = transform === "none" ? {} : { transform: `rotate(45 ${x + 6} ${middle})` };
    const wide = transform === "none" ? Math.min(24, parseFloat(width)) : 10;
    return mark("rect", { x: x + 1, y: middle - 5, width: wide, height: 10, ...look, ...turned });
  }

  /* What is written above and under a drawing: its title, its keys, its source. */
  function written(figure, width, family) {
    const parts = [];
    let y = GAP;
    const text = (said, size, x, look) => {
      for (const one of lines(said, width - x - GAP, `${look["font-weight"] ?? ""} ${size}px ${family}`)) {
        y += size + 4;
        parts.push(mark("text", { x, y, "font-size": size, "font-family": family, ...look }, one));
      }
    };
    const above = () => {
      text(figure.querySelector("figcaption").textContent.trim(), 15, GAP, { fill: INK, "font-weight": "bold" });
      y += GAP / 2;
      for (const key of keys(figure)) {
        const label = key.cloneNode(true);
        label.querySelector(".cle")?.remove();
        parts.push(...[...key.querySelectorAll(".cle")].map((one) => sign(one, GAP, y + 12)));
        text(label.textContent.trim(), 12, GAP + 32, { fill: INK });
      }
      y += GAP;
      return y;
    };
    const under = (bottom) => {
      y = bottom;
      const origin = figure.querySelector(".origine").cloneNode(true);
      origin.querySelector(".telecharger")?.remove();
      text(`Green Cloud Nation. ${origin.textContent.trim()}`, 12, GAP, { fill: MUTED });
      return y + GAP;
    };
    return { parts, above, under };
  }

  /* The drawing with its title, keys and source, as SVG. */
  function drawing(figure, svg) {
    const { width, height } = svg.viewBox.baseVal;
    const family = getComputedStyle(figure).fontFamily;
    const { parts, above, under } = written(figure, width, family);
    const top = above();
    const whole = under(top + height);
    const inside = svg.cloneNode(true);
    for (const [name, value] of Object.entries({ x: 0, y: top, width, height })) inside.setAttribute(name, value);
    const made = mark("svg", { viewBox: `0 0 ${width} ${whole}`, width, height: whole });
    made.append(mark("rect", { width, height: whole, fill: "#ffffff" }), ...parts, inside);
    return { text: new XMLSerializer().serializeToString(made), width, height: whole };
  }

  function image({ text, width, height }, name) {
    const picture = new Image();
    picture.onload = () => {
      const canvas = gcn.element("canvas", { width: width * SCALE, height: height * SCALE });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((content) => gcn.enregistrer(name, content), "image/png");
    };
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  }

  /* ---- what is offered ---- */

  function offers(place) {
    const name = place.dataset.pour;
    const figure = place.closest("figure");
    const title = figure.querySelector("figcaption").textContent.trim();
    const svg = figure.querySelector(".fixe svg"); // kept at hand: Plotly takes its place
    const table = figure.querySelector("table") ?? document.getElementById(place.dataset.table);
    const button = (label, action) =>
      gcn.bouton(label, action, { class: "lien", "aria-label": gcn.phrase(`${label} : ${title}`) });
    const saved = () => new Blob([drawing(figure, svg).text], { type: "image/svg+xml" });
    return [
      button("Image SVG", () => gcn.enregistrer(`${name}.svg`, saved())),
      button("Image PNG", () => image(drawing(figure, svg), `${name}.png`)),
      ...(table ? [button("Valeurs CSV", () => gcn.enregistrer(`${name}.csv`, values(table)))] : []),
    ];
  }

  for (const place of document.querySelectorAll(".telecharger")) {
    place.append(...offers(place));
    place.hidden = false;
  }
})();
