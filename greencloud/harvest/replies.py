"""Letters to producers, as discussions about their datasets: written once for a file and a verdict, closed when mended.

The only memory is the platform: our own discussions are found again by the reference that ends each of our letters.
What others write counts for nothing, even with a reference of ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from greencloud.datagouv.client import Client, Json
from greencloud.datagouv.errors import BadAnswer, DatagouvError, Refused
from greencloud.harvest.discovery import Announced, objects
from greencloud.harvest.letters import TITLE, Letter, letter, references
from greencloud.harvest.outcomes import Outcome, State
from greencloud.harvest.receiving import check

_FORBIDDEN = 403


@dataclass(frozen=True)
class _Thread:
    """A discussion of ours about a resource, and the references of our letters in it, in order."""

    identifier: str
    closed: bool
    said: tuple[str, ...]


class Replies:
    """Writes in the name of the account whose token the client has."""

    def __init__(self, client: Client) -> None:
        """Raises DatagouvError when the token is not accepted."""
        self._client = client
        self._account = client.me().get("id")
        if not isinstance(self._account, str):
            raise BadAnswer("Lire le compte : la plateforme n'a pas dit lequel. Vérifiez le jeton et l'adresse.")
        self._discussions = list(client.discussions(user=self._account))

    def reply(self, outcome: Outcome) -> str:
        """Tell the producer what became of their file, if it is worth telling; what was done, in French."""
        if outcome.announced is None or outcome.deposit is None or outcome.state is State.TRIAL:
            return ""
        report = outcome.report or check(outcome.deposit)
        written = letter(outcome.announced, outcome.deposit, report, reverted=outcome.state is State.REVERTED)
        try:
            return self._write(outcome.announced, written)
        except DatagouvError as error:
            return f"Réponse au producteur non écrite. {error}"

    def _write(self, item: Announced, written: Letter) -> str:
        threads = list(self._threads(item))
        opened = next((thread for thread in threads if not thread.closed), None)
        if written.good:
            if opened is None or opened.said[-1] == written.reference:
                return ""
            return self._mended(opened, written)
        if any(written.reference in thread.said for thread in threads):
            return ""
        if opened is not None:
            self._client.answer_discussion(opened.identifier, written.text)
            return "Le producteur en est averti dans la discussion ouverte."
        self._client.open_discussion(item.jeu, TITLE, written.text)
        return "Le producteur en est averti par une discussion."

    def _mended(self, opened: _Thread, written: Letter) -> str:
        try:
            self._client.answer_discussion(opened.identifier, written.text, close=True)
        except Refused as refused:
            if refused.status != _FORBIDDEN:
                raise
            self._client.answer_discussion(opened.identifier, written.text)
            return "Le producteur est remercié ; la discussion n'a pas pu être close."
        return "Le producteur est remercié, la discussion est close."

    def _threads(self, item: Announced) -> Iterator[_Thread]:
        for discussion in self._discussions:
            said = [found for text in self._ours(discussion) for found in references(item, text)]
            if said:
                yield _Thread(str(discussion.get("id")), bool(discussion.get("closed")), tuple(said))

    def _ours(self, discussion: Json) -> Iterator[str]:
        for message in objects(discussion.get("discussion")):
            author = message.get("posted_by")
            if isinstance(author, Mapping) and author.get("id") == self._account:
                yield str(message.get("content") or "")
