/* Offers each figure as an image, and its values as shown, to whoever writes a report. */
"use strict";

const SCALE = 2; // pixels of a PNG for one of the drawing

function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function quoted(text) {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function shown(cell) {
  const value = cell.querySelector("data");
  return value ? value.value : cell.textContent.trim();
}

/* A table as CSV: its labels, and the exact values behind the rows that are shown. */
function csv(table) {
  const rows = [...table.tHead.rows, ...table.tBodies[0].rows].filter((row) => !row.hidden);
  return rows.map((row) => `${[...row.cells].map((cell) => quoted(shown(cell))).join(",")}\n`).join("");
}

function image(svg, name) {
  const { width, height } = svg.viewBox.baseVal;
  const picture = new Image();
  picture.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = width * SCALE;
    canvas.height = height * SCALE;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((content) => save(name, content), "image/png");
  };
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing(svg))}`;
}

function drawing(svg) {
  const { width, height } = svg.viewBox.baseVal;
  const copy = svg.cloneNode(true);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return new XMLSerializer().serializeToString(copy);
}

function button(label, about, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "lien";
  made.textContent = label;
  made.setAttribute("aria-label", `${label} : ${about}`);
  made.addEventListener("click", action);
  return made;
}

for (const place of document.querySelectorAll(".telecharger")) {
  const name = place.dataset.pour;
  const figure = place.closest("figure");
  const title = figure.querySelector("figcaption").textContent;
  const svg = figure.querySelector(".fixe svg"); // kept at hand: Plotly takes its place
  const table = figure.querySelector("table") ?? document.getElementById(place.dataset.table);
  const offers = [
    button("Image SVG", title, () => save(`${name}.svg`, new Blob([drawing(svg)], { type: "image/svg+xml" }))),
    button("Image PNG", title, () => image(svg, `${name}.png`)),
  ];
  if (table) offers.push(button("Valeurs CSV", title, () => save(`${name}.csv`, new Blob([csv(table)], { type: "text/csv" }))));
  place.append(...offers);
  place.hidden = false;
}
