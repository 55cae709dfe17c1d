"""The names of the files that the worker leaves, and how much they hold: all that the portal knows of it."""

ANSWER = "reponse.json"
"""What a job answered."""
REPORT, SITES, CELLS = "report.json", "sites.json", "cellules.json"
PAGE, REJECTS = "report.html", "rejets.csv"
CORRECTED, CHANGES = "corrected.csv", "corrected.changements.csv"
ROWS = "lignes.csv"
FORESEEN = "apercu.json"
TOO_MUCH = 3
"""The exit code of a child whose file asked for more memory or room than a child may take."""
MOST_FINDINGS = 2_000
"""Errors, and warnings, that the report of the portal lists; `rejets.csv` holds all errors."""
MOST_ROWS = 500
"""Received rows that are kept for the page of the report."""
WIDEST = 2_000
"""Characters of a cell that a page lets correct: of a wider one, one more is kept, which tells that it is wider."""
