"""What csv-detective makes of CSV files: `python detect.py PACKAGES FILE…`, run as a process of its own.

PACKAGES is the folder where requirements.lock was installed. Prints one JSON object: file -> what was found in it.
"""

import importlib
import json
import sys
from typing import Any

_KEPT = ("encoding", "separator", "header_row_idx", "heading_columns", "total_lines")


def main(packages: str, *files: str) -> None:
    """Look at each file whole."""
    sys.path.insert(0, packages)
    routine = importlib.import_module("csv_detective").routine
    print(json.dumps({file: verdict(routine(file, num_rows=-1, save_results=False)) for file in files}))


def verdict(found: dict[str, Any]) -> dict[str, Any]:
    """How the file is read, and the type of each column."""
    columns = {name: column["python_type"] for name, column in found["columns"].items()}
    return {**{key: found[key] for key in _KEPT}, "columns": columns}


if __name__ == "__main__":
    main(*sys.argv[1:])
