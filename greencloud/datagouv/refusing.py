"""What is there already and must not be written over: each refusal says whose it is, or what state it is in."""

from collections.abc import Mapping
from dataclasses import dataclass

from greencloud.datagouv.errors import Unfit
from greencloud.datagouv.matching import Json, resources
from greencloud.datagouv.planning import newer
from greencloud.datagouv.wanted import DATASET, PUBLICATION, RELEASE, Dataset


@dataclass(frozen=True)
class Owner:
    """Whose datasets are looked at, and whose a new one becomes: an `organization` or an account, the `owner`."""

    role: str
    identifier: str
    name: str

    @property
    def filter(self) -> dict[str, str]:
        """What picks its datasets among all those of the platform."""
        return {self.role: self.identifier}

    def __str__(self) -> str:
        kind = "l'organisation" if self.role == "organization" else "le compte personnel de"
        return f"{kind} « {self.name} »"


def mark(remote: Json) -> tuple[str, str]:
    """Whose publication a dataset says it is, and which of its datasets."""
    extras = remote.get("extras")
    extras = extras if isinstance(extras, Mapping) else {}
    return str(extras.get(PUBLICATION)), str(extras.get(DATASET))


def was_filled(remote: Json) -> bool:
    """Whether a dataset holds a file, or held an edition: a creation alone leaves neither."""
    return bool(resources(remote)) or RELEASE in (remote.get("extras") or {})


def refuse(dataset: Dataset, remote: Json, owner: Owner, *, back: bool) -> None:
    """Raises Unfit for a dataset that is somebody else's, another one of ours, deleted or archived.

    And, unless `back`, for one that holds an edition newer than ours.
    """
    if (remote.get(owner.role) or {}).get("id") != owner.identifier:
        raise Unfit(
            f"« {dataset.title} » appartient à un autre compte ou à une autre organisation de la plateforme. "
            "Donnez la bonne organisation avec --organisation."
        )
    if PUBLICATION in (remote.get("extras") or {}) and mark(remote) != dataset.mark:
        raise Unfit(
            f"Le fichier d'état donne pour « {dataset.title} » un jeu d'une autre publication "
            f"({' / '.join(mark(remote))}). Retirez ce jeu du fichier d'état : le bon sera retrouvé, ou créé."
        )
    if remote.get("deleted"):
        raise Unfit(
            f"« {dataset.title} » a été supprimé sur la plateforme. Restaurez-le là-bas, ou retirez-le du fichier "
            "d'état pour en publier un nouveau."
        )
    if remote.get("archived"):
        raise Unfit(
            f"« {dataset.title} » est archivé sur la plateforme : ce qui y serait publié ne se verrait pas. "
            "Sortez-le des archives sur sa page, puis relancez."
        )
    online = newer(dataset, remote)
    if online and not back:
        raise Unfit(
            f"« {dataset.title} » est en ligne dans l'édition {online}, plus récente que {dataset.release}. Pour la "
            "remplacer tout de même par l'ancienne, ajoutez --revenir."
        )
