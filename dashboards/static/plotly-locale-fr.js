/* French names of days and months, and French numbers, for the axes that Plotly writes itself. */
"use strict";

Plotly.register({
  moduleType: "locale",
  name: "fr",
  dictionary: {
    "Double-click to zoom back out": "Double-cliquez pour dézoomer",
    "Click to enter X axis title": "Titre de l'axe des abscisses",
    "Click to enter Y axis title": "Titre de l'axe des ordonnées",
  },
  format: {
    days: ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
    shortDays: ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
    months: [
      "janvier", "février", "mars", "avril", "mai", "juin",
      "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ],
    shortMonths: [
      "janv.", "févr.", "mars", "avr.", "mai", "juin",
      "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ],
    date: "%d/%m/%Y",
    time: "%H:%M:%S",
    decimal: ",",
    thousands: "\u202f",
    grouping: [3],
    currency: ["", "\u00a0€"],
    year: "%Y",
    month: "%B %Y",
    dayMonth: "%-d %B",
    dayMonthYear: "%-d %B %Y",
  },
});
