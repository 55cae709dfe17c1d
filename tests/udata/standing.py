"""A publication that stands on the server, and what the server holds of it."""

from dataclasses import dataclass
from pathlib import Path

from tests.udata.publisher import Publisher
from tests.udata.truth import Json, Truth


@dataclass(frozen=True)
class Published:
    """A publication that stands, and what the server holds of it."""

    publisher: Publisher
    edition: Path
    truth: Truth

    @property
    def datasets(self) -> list[Json]:
        return self.truth.datasets(self.publisher.organization)

    @property
    def main(self) -> Json:
        return self.datasets[0]

    @property
    def resources(self) -> dict[str, Json]:
        """Key of our file (its dataset before it) -> resource."""
        return {
            f"{dataset['extras']['gcn:jeu']}/{item['extras']['gcn:ressource']}": item
            for dataset in self.datasets
            for item in dataset["resources"]
            if "gcn:ressource" in item["extras"]
        }
