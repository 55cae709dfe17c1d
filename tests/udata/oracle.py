"""What the official client of data.gouv.fr reads of a dataset: a program of its own, run by `running.ask_oracle`.

    oracle.py BASE DATASET FOLDER

prints the dataset as JSON, each resource with the sha1 of the bytes that the client downloads into FOLDER. The client
only reads: written with, its retries make doubles.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from datagouv import Client  # type: ignore[import-not-found]

DATASET = ("title", "description", "tags", "license", "frequency", "temporal_coverage", "spatial", "extras", "quality")
RESOURCE = ("id", "title", "description", "type", "format", "schema", "filesize", "checksum")


def main() -> None:
    base, identifier, folder = sys.argv[1:]
    client = Client(verbose=False)
    client.base_url = base
    dataset = client.dataset(identifier)
    resources = [_resource(item, Path(folder)) for item in dataset.resources]
    print(json.dumps({**{name: getattr(dataset, name) for name in DATASET}, "resources": resources}))


def _resource(resource: Any, folder: Path) -> dict[str, Any]:
    target = folder / str(resource.id)
    resource.download(target)
    sha1 = hashlib.sha1(target.read_bytes(), usedforsecurity=False).hexdigest()
    return {**{name: getattr(resource, name) for name in RESOURCE}, "downloaded": sha1}


if __name__ == "__main__":
    main()
