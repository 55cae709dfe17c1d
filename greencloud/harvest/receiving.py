"""One resource: compared with what we hold, downloaded if it differs, looked at, deposited with its origin."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from greencloud import checking, deposits, reading, rules, tables
from greencloud.checking import Checked, Report
from greencloud.checking.messages import plural
from greencloud.checking.visible import visible
from greencloud.datagouv.client import DEMO, Client
from greencloud.datagouv.errors import BadAnswer, DatagouvError, TooLarge
from greencloud.datagouv.files import Downloaded
from greencloud.deposits import Deposit, DepositError, Origin
from greencloud.errors import cause
from greencloud.harvest.discovery import Announced, sha1_of
from greencloud.harvest.held import Held
from greencloud.harvest.mandates import Mandates, refusal
from greencloud.harvest.outcomes import Outcome, State

_WEB_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Receiver:
    """Receives the resources of a platform into `raw_dir`; files above `limit` bytes are left aside."""

    client: Client
    raw_dir: Path
    limit: int
    mandates: Mandates

    @property
    def platform(self) -> str:
        """The root of the platform, as the cards name it."""
        return self.client.base

    def receive(self, item: Announced, held: Held) -> Outcome:
        """Deposit the file of a resource if it is new, and add it to what is held. Failures are outcomes too."""
        if item.sha1 is not None and item.octets is not None:
            same = held.same_bytes(item.octets, item.sha1)
            if same is not None:
                return self._already(item, same, held)
            if item.octets > self.limit:
                return _outcome(State.TOO_LARGE, item, _too_large(self.limit))
        try:
            with TemporaryDirectory(prefix="greencloud-") as folder:
                got = self.client.download(item.url, Path(folder, item.nom), self.limit)
                return self._received(item, got, held)
        except TooLarge:
            return _outcome(State.TOO_LARGE, item, _too_large(self.limit))
        except DatagouvError as error:
            return _outcome(State.UNAVAILABLE, item, str(error))
        except OSError as error:
            told = f"Il n'a pas pu être écrit ni lu ici ({cause(error)}). Vérifiez la place libre."
            return _outcome(State.UNAVAILABLE, item, told)
        except DepositError as error:
            return _outcome(State.REFUSED, item, str(error))

    def _received(self, item: Announced, got: Downloaded, held: Held) -> Outcome:
        self._refuse_another_file(item, got)
        same = held.same_bytes(got.octets, got.sha1)
        if same is not None:
            return self._already(item, same, held)
        if got.content_type.partition(";")[0].strip().lower() in _WEB_PAGES:
            return _outcome(State.REFUSED, item, _WEB_PAGE)
        table = _table(got.path, item)
        report, why = self._examined(item, got.path, table, item.nom)
        if why:
            return _outcome(State.FOREIGN, item, f"{why} Rien n'a été déposé.", report=report)
        before = held.last(item.plateforme, item.ressource)
        stored = deposits.store(
            got.path,
            table=table,
            emetteur=item.siren,
            raw_dir=self.raw_dir,
            synthetique=item.trial,
            origine=Origin(item.plateforme, item.jeu, item.ressource, item.producteur, item.url),
        )
        held.add(stored)
        return _judged(item, stored, report, before)

    def _refuse_another_file(self, item: Announced, got: Downloaded) -> None:
        """Raise BadAnswer unless a hosted file is the one that the platform says, now or since it was listed."""
        if item.sha1 in (None, got.sha1):
            return
        now = self.client.resource(item.ressource).get("resource")
        if not isinstance(now, dict) or sha1_of(now) != got.sha1:
            raise BadAnswer(
                "Le fichier reçu n'est pas celui que la plateforme annonce (sommes sha1 différentes). "
                "Il n'a pas été gardé : relancez la moisson."
            )

    def _already(self, item: Announced, same: Deposit, held: Held) -> Outcome:
        """What to say of bytes that have been deposited: as they are, by another way, or before those held since."""
        if same.origine is not None and same.origine.plateforme == DEMO and not item.trial:
            return _outcome(State.TRIAL, item, _tried(same), same)
        last = held.last(item.plateforme, item.ressource)
        if last is not None and last.sha256 == same.sha256:
            report, why = self._examined(item, same.path, same.table, same.nom_origine)
            return _foreign_deposit(item, same, why) if why else _unchanged(item, same, report)
        if last is not None and same.recu_le < last.recu_le:
            return _outcome(State.REVERTED, item, _reverted(same, last), same)
        return _outcome(State.KNOWN, item, f"Ces mêmes octets sont ceux du dépôt {same.short}, compté une fois.", same)

    def _examined(self, item: Announced, path: Path, table: str, name: str) -> tuple[Report, str]:
        """The verdict on a file, and why its producer may not have it counted, if so."""
        found = _checked(path, table, name)
        with found.connection:
            return found.report, refusal(item, found, self.mandates)


def check(deposit: Deposit) -> Report:
    """The verdict on a deposit, as the publication will see it."""
    found = _checked(deposit.path, deposit.table, deposit.nom_origine)
    with found.connection:
        return found.report


def _checked(path: Path, table: str, name: str) -> Checked:
    return checking.check_file(path, tables.table(table), name=name, rules=rules.for_table(table))


def _foreign_deposit(item: Announced, same: Deposit, why: str) -> Outcome:
    """A mandate or a certificate may be withdrawn; a deposit is never removed by the program."""
    kept = f"Il a été déposé le {same.recu_le[:10]} et compte encore : retirez {same.short} et sa carte, ou rétablissez"
    return _outcome(State.FOREIGN, item, f"{why} {kept} le mandat.")


def _unchanged(item: Announced, same: Deposit, report: Report) -> Outcome:
    """A broken file stays broken until its producer replaces it, and is told each time."""
    if report.accepted:
        return _outcome(State.UNCHANGED, item, "", same, report)
    return _outcome(
        State.REFUSED, item, f"{_why(report)} Il n'a pas changé depuis le {same.recu_le[:10]}.", same, report
    )


def _judged(item: Announced, stored: Deposit, report: Report, before: Deposit | None) -> Outcome:
    told = _other_table(item, stored)
    if report.accepted:
        state = State.REPLACED if before else State.NEW
        accepted = plural(report.accepted, "ligne acceptée", "lignes acceptées")
        rejected = plural(report.rejected, "rejetée", "rejetées") if report.rejected else "aucune rejetée"
        return _outcome(state, item, f"{told}{accepted}, {rejected}.", stored, report)
    kept = " Les lignes du fichier précédent restent en usage." if before else ""
    sentence = f"{told}{_why(report)}{kept} Il est gardé ({stored.short})."
    return _outcome(State.REFUSED, item, sentence, stored, report)


def _why(report: Report) -> str:
    first = next(iter(report.errors), None)
    return f"{visible(first.message)} {visible(first.fix)}" if first else "Le fichier n'a aucune ligne."


def _table(path: Path, item: Announced) -> str:
    """The table whose header the file has, else the one that its producer declares."""
    try:
        header = deposits.read(path).header
    except reading.Unreadable:
        return item.table
    return deposits.detect_table(header) or item.table


def _other_table(item: Announced, stored: Deposit) -> str:
    if stored.table == item.table:
        return ""
    return (
        f"Le schéma déclaré est celui de « {item.table} », mais l'en-tête est celui de « {stored.table} » : "
        "le fichier a été lu ainsi. Demandez au producteur de corriger le schéma déclaré. "
    )


def _outcome(
    state: State, item: Announced, sentence: str, deposit: Deposit | None = None, report: Report | None = None
) -> Outcome:
    return Outcome(state, item.told, sentence, item, deposit, report)


def _reverted(same: Deposit, last: Deposit) -> str:
    return (
        f"Le producteur a remis un fichier reçu le {same.recu_le[:10]} ; celui du {last.recu_le[:10]} ({last.short}) "
        "l'a remplacé depuis, et ses lignes acceptées restent en usage. Pour que l'ancien compte à nouveau, demandez "
        "au producteur d'y changer quelque chose, par exemple un commentaire."
    )


def _tried(same: Deposit) -> str:
    return (
        f"Ces octets ont été moissonnés sur la plateforme de démonstration ({same.short}) et comptent comme fabriqués. "
        "Retirez ce dépôt et sa carte, puis relancez la moisson."
    )


def _too_large(limit: int) -> str:
    return (
        f"Le fichier dépasse {limit / 1e6:g} Mo, la limite : il n'a pas été téléchargé. "
        "Demandez au producteur de le découper, par exemple par année."
    )


_WEB_PAGE = (
    "Le lien mène à une page web et non à un fichier : rien n'a été gardé. "
    "Demandez au producteur l'adresse du fichier lui-même."
)
