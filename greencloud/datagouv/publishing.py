"""A publication: look, plan, apply, verify.

Nothing is repeated on trust. When the answer to a creation is lost, the platform is read again and the plan made anew;
what was done then is no more in it. The same holds for a publication that was killed and is started again.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from greencloud.datagouv import files, planning, refusing, shapes
from greencloud.datagouv.client import Client
from greencloud.datagouv.comparing import MARKS, missing_marks, size
from greencloud.datagouv.errors import Ambiguous, BadAnswer, TooLarge, Unfit, Unverified
from greencloud.datagouv.matching import Json, match, sha1
from greencloud.datagouv.planning import Action, Situation, Step
from greencloud.datagouv.refusing import Owner
from greencloud.datagouv.state import State
from greencloud.datagouv.wanted import PAGE, Dataset, File, settled

_LISTED = "id,deleted,extras"
_ROUNDS = 6
"""Create, send, send what names the addresses of the others, put in order and mark: four plans, and two to spare."""


class Publication:
    """The wanted datasets and a platform."""

    def __init__(
        self,
        client: Client,
        datasets: tuple[Dataset, ...],
        owner: Owner,
        state: State,
        work: Path,
        *,
        back: bool = False,
    ) -> None:
        """`work`: a folder for what is read back. `back`: an edition may follow a newer one."""
        self._client, self._datasets, self.owner, self._state, self._work = client, datasets, owner, state, work
        self._back = back
        self._schemas = frozenset(str(item.get("name")) for item in client.vocabulary("schemas"))
        self._addresses: dict[str, dict[str, str]] = {}
        self._sent: dict[tuple[str, str], File] = {}
        self._last_upload = float("-inf")

    # ---- plan ----

    def plan(self) -> list[Step]:
        """Read the platform, and the steps that are left: none when everything is there. Changes nothing.

        Raises Unfit for a dataset that is not ours to write or there twice; see `refusing.refuse`.
        """
        return [step for dataset, now in self._situations() for step in planning.steps(dataset, now)]

    def pages(self) -> Iterator[tuple[str, str, float]]:
        """Title of each dataset that is there, its page, and its quality, from 0 to 1, as the platform counts it."""
        for dataset, now in self._situations():
            if now.remote is not None:
                score = (now.remote.get("quality") or {}).get("score")
                yield dataset.title, self._page(now.remote), float(score) if isinstance(score, int | float) else 0.0

    # ---- apply ----

    def apply(self, told: Callable[[Step], None]) -> None:
        """Do what the plan says until nothing is left; `told` hears of each step once it is done.

        Raises any DatagouvError: what was done stays, and the next run goes on from there.
        """
        doubts: Counter[str] = Counter()
        before: list[Step] = []
        for _ in range(_ROUNDS * self._client.pace.tries):
            todo = self.plan()
            self._state.save()
            if not todo or todo == before:
                return  # done, or the platform does not take it: the verification says what
            before = todo if self._round(todo, told, doubts) else []

    def _round(self, todo: Iterable[Step], told: Callable[[Step], None], doubts: Counter[str]) -> bool:
        """Do the steps of a plan that can be done now; False when an answer was lost: the rest would be a guess."""
        for step in todo:
            if step.later:
                continue
            try:
                self._do(step)
            except Ambiguous as doubt:
                what = f"{step.action.value} {step.subject}"
                doubts[what] += 1
                if doubts[what] >= self._client.pace.tries:
                    raise
                self._client.pace.wait(what, doubts[what], str(doubt), doubt.after_s)
                return False
            told(step)
        return True

    def _do(self, step: Step) -> None:
        body = step.body or {}
        match step.action:
            case Action.CREATE:
                owner = self.owner.filter if self.owner.role == "organization" else {}
                made = shapes.identified(self._client.create_dataset({**body, **owner}), step.action.value)
                self._state.keep(step.dataset.mark, str(made["id"]), {})
                self._state.save()
            case Action.UPDATE:
                self._client.put_dataset(step.dataset_id, body)
            case Action.MARK:
                self._client.merge_extras(step.dataset_id, body)
            case Action.ORDER:
                self._client.order_resources(step.dataset_id, step.order)
            case Action.REMOVE:
                self._client.delete_resource(step.dataset_id, step.resource_id)
            case Action.DROP:
                self._client.delete_dataset(step.dataset_id)
            case Action.SEND | Action.REPLACE | Action.DESCRIBE:
                self._file(step)

    def _file(self, step: Step) -> None:
        """Send a file if it is due, then describe it: a replacement resets its title (udata#2684)."""
        file, identifier = step.file, step.resource_id
        if file is None or file.path is None:
            raise AssertionError  # such a step is `later`
        resource: Json = {}
        if step.action is not Action.DESCRIBE:
            resource = self._upload(step, file, file.path)
            identifier = str(resource["id"])
            self._addresses[step.dataset.key][file.key] = str(resource["latest"])
        now = Situation({}, {}, self._addresses[step.dataset.key], self._schemas)
        body, marks = planning.description(file, now), planning.marks(step.dataset, file)
        if step.action is Action.SEND:
            body["extras"] = marks  # nobody has put anything else there yet
        self._client.put_resource(step.dataset_id, identifier, body)
        lost = step.action is Action.REPLACE and missing_marks(resource, marks)
        if lost or any(change.label == MARKS for change in step.changes):
            self._client.merge_resource_extras(step.dataset_id, identifier, marks)

    def _upload(self, step: Step, file: File, path: Path) -> Json:
        pause = self._last_upload + self._client.pace.upload_s - time.monotonic()
        if pause > 0:
            self._client.pace.sleep(pause)
        try:
            resource = self._client.upload(step.dataset_id, path, file.name, step.resource_id or None)
        finally:
            self._last_upload = time.monotonic()
        if sha1(resource) != file.sha1 or resource.get("filesize") != file.octets:
            if step.action is Action.SEND:  # nothing says that it is ours: nobody would ever remove it
                self._client.delete_resource(step.dataset_id, str(resource["id"]))
            if files.sha1(path) != file.sha1:
                raise Unfit(f"{file.name} a changé sur le disque pendant l'envoi. Relancez la même commande.")
            raise BadAnswer(
                f"{file.name} : la plateforme n'a pas reçu le fichier tel qu'il a été envoyé ({size(file.octets)}). "
                "Relancez la même commande : il sera renvoyé."
            )
        self._sent[step.dataset.key, file.key] = file
        return resource

    # ---- verify ----

    def verify(self) -> None:
        """Read everything again and compare; what was sent is fetched again from its stable address.

        Raises Unverified with one French sentence for each thing that is not as it should be.
        """
        faults = [sentence for step in self.plan() for sentence in _faults(step)]
        faults += [fault for dataset in self._datasets for fault in self._fetched(dataset)]
        if faults:
            raise Unverified(faults)

    def _fetched(self, dataset: Dataset) -> Iterator[str]:
        """What was sent, at its stable address; a file without one is missing, which the plan says."""
        for key, address in self._addresses[dataset.key].items():
            if (file := self._sent.get((dataset.key, key))) is None:
                continue
            try:
                same = self._client.download(address, self._work / "relu", file.octets).sha1 == file.sha1
            except TooLarge:
                same = False
            if not same:
                yield f"{dataset.title} : {file.name}, repris à son adresse stable, n'est pas le fichier envoyé."

    # ---- looking ----

    def _situations(self) -> Iterator[tuple[Dataset, Situation]]:
        listed = [item for item in self._client.datasets(_LISTED, **self.owner.filter) if not item.get("deleted")]
        found = [self._find(dataset, listed) for dataset in self._datasets]
        self._addresses = {dataset.key: {} for dataset in self._datasets}
        for dataset, (remote, _) in zip(self._datasets, found, strict=True):
            if remote is not None:
                self._recognise(dataset, remote)
        for dataset, (remote, doubles) in zip(settled(self._datasets, self._addresses), found, strict=True):
            ids, addresses = self._state.resource_ids(dataset.mark), self._addresses[dataset.key]
            yield dataset, Situation(remote, ids, addresses, self._schemas, doubles)

    def _recognise(self, dataset: Dataset, remote: Json) -> None:
        """Note the addresses and the ids of a dataset's files, and the address of its page."""
        matched = match(dataset, remote, self._state.resource_ids(dataset.mark))
        addresses = {key: str(resource["latest"]) for key, resource in matched.ours.items()}
        self._addresses[dataset.key] = {PAGE: self._page(remote), **addresses}
        ids = {key: str(resource["id"]) for key, resource in matched.ours.items()}
        self._state.keep(dataset.mark, str(remote["id"]), ids)

    def _find(self, dataset: Dataset, listed: Sequence[Json]) -> tuple[Json | None, tuple[str, ...]]:
        """The dataset by its id, else by its mark among those of its owner, None without any; and its empty doubles.

        A creation that reaches the platform after we looked makes a double: nothing can prevent it.
        """
        known = self._state.dataset_id(dataset.mark)
        marked = [item["id"] for item in listed if refusing.mark(item) == dataset.mark]
        found = [self._client.dataset(identifier) for identifier in dict.fromkeys([known, *marked]) if identifier]
        if not found:
            return None, ()
        remote = found[0] if known else next(filter(refusing.was_filled, found), found[0])
        doubles = [item for item in found if item is not remote]
        refusing.refuse(dataset, remote, self.owner, back=self._back)
        if any(map(refusing.was_filled, doubles)):
            raise Unfit(
                f"« {dataset.title} » est {len(found)} fois sur la plateforme ({', '.join(map(self._page, found))}). "
                "Supprimez-y les copies de trop, puis relancez."
            )
        return remote, tuple(item["id"] for item in doubles)

    def _page(self, remote: Json) -> str:
        return f"{self._client.base}/datasets/{remote.get('id')}/"


def _faults(step: Step) -> Iterator[str]:
    if not step.changes:
        yield f"{step.dataset.title} : il reste à {step.action.value} « {step.subject} » ({step.detail})."
    for change in step.changes:
        yield f"« {step.subject} » n'est pas tel que demandé sur la plateforme : {change}."
