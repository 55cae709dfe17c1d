"""``data/raw``: the files as they were received, each with its card, never edited.

A deposit is named by the sha256 of its bytes; its original name, hostile or not, only stands in the card.
A file put into the folder by hand is adopted: its table is read off its header and a card is written beside it.
A file whose centres all have a fictitious SIRET is synthetic, whatever its depositor says of it, so that an example
that lost its card never becomes a real figure.
Several deposits and scans may run at once: a card is made whole, once, by the first that names it, and a deposit makes
its card before its bytes, so that no scan ever meets bytes whose depositor is not yet written down.
"""

import errno
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from greencloud import durable, reading, seals, tables
from greencloud.errors import GreencloudError
from greencloud.program import file_sha256
from greencloud.reading.labels import label_key

CARD_SUFFIX = ".depot.json"
SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".zip", ".gz"})
OTHER_SUFFIX = ".bin"
TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".xlsx", ".ods"})
NOTICE_SUFFIXES = frozenset({".md", ".txt", ""})
# The synthetic deposits come with the list of the errors put into them on purpose: a key to the exercise, which
# stands among them without being one, and whose warning at every scan would say nothing to anybody.
EXPECTED_ERRORS = ".erreurs-attendues.csv"
NAME_LENGTH = 200
CARD_BYTES = 65_536
_ORIGIN_LENGTH = NAME_LENGTH  # an address, an identifier, the name of an organisation
BLOCK_BYTES = 1 << 20
SHORT = 12
_REGISTER = "centres"
FICTITIOUS = "999"  # first digits of the SIRET numbers that the synthetic deposits are made with

Fingerprint = Callable[[Path], str]

_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIREN = re.compile(r"[0-9]{9}")
_CENTRE = re.compile(r"[0-9]{14}-[0-9]{2}")
# Unicode categories: controls, formats (writing direction), surrogates, line and paragraph breaks.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_CAUSES = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "disque en lecture seule",
    errno.ENOSPC: "disque plein",
    errno.EDQUOT: "quota de disque atteint",
    errno.ENOENT: "fichier disparu",
    errno.ENAMETOOLONG: "nom de fichier trop long",
}


class DepositError(GreencloudError):
    """A file that cannot be deposited; the text is a French sentence with the cause and the fix."""


@dataclass(frozen=True)
class Origin:
    """Where a harvested file was published: the platform, its dataset and resource, who published it, the stable link.

    `producteur` is the name of an organisation, None for a person.
    """

    plateforme: str
    jeu: str
    ressource: str
    producteur: str | None
    url: str


@dataclass(frozen=True)
class Deposit:
    """One received file. `recu_le` is UTC with microseconds.

    `emetteur` is a SIREN; None: placed by hand, or harvested from a producer that gives none. `origine`: None unless
    harvested. `seal`: None when it is published as it is; only `scan` gives one, and no card holds it.
    """

    path: Path
    sha256: str
    octets: int
    nom_origine: str
    recu_le: str
    emetteur: str | None
    table: str
    version_schema: str
    synthetique: bool
    origine: Origin | None = None
    seal: seals.Seal | None = field(default=None, compare=False)

    @property
    def empreinte(self) -> str:
        """The fingerprint under which it is published: keyed where there is a key, else the sha256."""
        return self.seal.empreinte if self.seal else self.sha256

    def named_in(self, names: Container[str]) -> "Deposit | None":
        """The deposit under the fingerprint that it has among `names`; None when it has none.

        An edition that was made before there was a key names it by its sha256.
        """
        if self.empreinte in names:
            return self
        return replace(self, seal=None) if self.sha256 in names else None

    @property
    def short(self) -> str:
        """The start of the fingerprint, long enough to find the deposit by."""
        return self.sha256[:SHORT]


@dataclass(frozen=True)
class Unfiled:
    """A file of the folder that is no deposit, and why: `message` and `fix` are French sentences."""

    path: Path
    message: str
    fix: str


def store(
    file: Path,
    *,
    table: str,
    emetteur: str | None,
    raw_dir: Path,
    recu_le: str | None = None,
    synthetique: bool = False,
    origine: Origin | None = None,
) -> Deposit:
    """Copy the exact bytes of `file` into `raw_dir`, with a card; the same bytes twice change nothing.

    `emetteur` may only be None for a harvested file, which has an `origine`.
    The card says synthetic when the depositor says so, and also when the file is fictitious (see `fictitious`).
    `recu_le` is now unless given (see `now`). Raises DepositError: file missing, empty or unreadable, unknown table,
    wrong SIREN or date, bytes already deposited for another table or whose card is unreadable, folder that cannot be
    written or leads out of `raw_dir`.
    """
    version = _version(table)
    sender = None if emetteur is None and origine is not None else _siren(emetteur or "")
    received = _received(recu_le)
    _refuse_odd_file(file)
    name = clean_name(file.name)
    try:
        _refuse_outside(raw_dir / "depots", raw_dir)
        with _copied(file, raw_dir / "depots") as (copy, sha256, octets):
            if octets == 0:
                raise DepositError(f"Le fichier « {name} » est vide. Déposez le fichier rempli.")
            path = raw_dir / "depots" / sha256[:2] / f"{sha256}{_suffix(name)}"
            _refuse_outside(path.parent, raw_dir)
            invented = synthetique or fictitious(copy)
            if not invented:
                seals.make(raw_dir)
            fresh = Deposit(path, sha256, octets, name, received, sender, table, version, invented, origine)
            return _file_away(copy, fresh)
    except OSError as error:
        raise DepositError(
            f"Le fichier « {name} » n'a pas pu être copié ({_cause(error)}). "
            "Vérifiez le droit de le lire, celui d'écrire dans le dossier des dépôts, et la place libre."
        ) from error


def scan(raw_dir: Path, sha256: Fingerprint = file_sha256) -> tuple[list[Deposit], list[Unfiled]]:
    """Every deposit below `raw_dir` in the order of supersession (recu_le, sha256), and what is none, and why.

    Files placed by hand are adopted (a card is written beside them). The same bytes twice count once, at their
    first reception. Notices (README, LISEZMOI) and hidden files are left aside, but a hidden table is said. `sha256`
    gives that of a file, perhaps from memory. Real deposits are sealed where there is a key; one is made as soon as a
    register holds a real site that is not published in its name. Raises DepositError without the folder, and SealError.
    """
    if not raw_dir.is_dir():
        raise DepositError(f"Le dossier des dépôts « {raw_dir.name} » n'existe pas. Créez-le ou corrigez son chemin.")
    seen = [_examine(path, raw_dir, sha256) for path in _walk(raw_dir)]
    seen += _adopt_all([found for found in seen if isinstance(found, Path)])
    unfiled = [found for found in seen if isinstance(found, Unfiled)]
    return _sealed(_first_receptions([found for found in seen if isinstance(found, Deposit)]), raw_dir), unfiled


def fingerprint(card: Mapping[str, Any]) -> str:
    """The fingerprint by which the card of an edition names its deposit: keyed, or the plain sha256."""
    return str(card["empreinte"] if "empreinte" in card else card["sha256"])


def write_card(deposit: Deposit) -> Path:
    """Write the card of a deposit beside it, over any other, whole or not at all; return its path. Raises OSError."""
    card = card_path(deposit.path)
    with _card_aside(deposit) as aside:
        aside.replace(card)
    return card


def now() -> str:
    """This instant as the cards write it: UTC, with microseconds."""
    return datetime.now(UTC).strftime(_TIME_FORMAT)


def card_path(path: Path) -> Path:
    """Where the card of a deposited file stands: its whole name and `.depot.json`."""
    return path.with_name(path.name + CARD_SUFFIX)


def clean_name(name: str) -> str:
    """The base name that a depositor gave, without invisible characters, at most 200 characters long."""
    return visible(re.split(r"[/\\]", name)[-1]) or "sans-nom"


def visible(text: str) -> str:
    """A text without controls, writing directions or line breaks, at most 200 characters long."""
    shown = "".join(letter for letter in text if unicodedata.category(letter) not in _INVISIBLE)
    return shown.strip()[:NAME_LENGTH].strip()


def detect_table(header: Sequence[str]) -> str | None:
    """The one input table whose required columns all stand in the header and that knows most of its columns."""
    labels = {label_key(label) for label in header}
    scores = {
        name: len(labels.intersection(tables.table(name).column_names))
        for name in tables.INPUTS
        if {field.name for field in tables.table(name).fields if field.required} <= labels
    }
    winners = [name for name, score in scores.items() if score == max(scores.values())]
    return winners[0] if len(winners) == 1 else None


def fictitious(path: Path) -> bool:
    """Whether a file names at least one centre and all those it names begin with 999, a range kept for examples.

    Only well-formed identifiers count: a row with another one is refused and reaches no figure. Reading stops at the
    first real centre. A file that cannot be read names none.
    """
    try:
        table = _read(path)
        found = False
        for centre in _centres(table):
            if not centre.startswith(FICTITIOUS):
                return False
            found = True
    except reading.Unreadable:
        return False
    return found


def _centres(table: reading.TextTable) -> Iterator[str]:
    """The well-formed identifiers in the column id_centre, none without that column."""
    labels = [label_key(label) for label in table.header]
    if "id_centre" not in labels:
        return
    place = labels.index("id_centre")
    for record in table.records():
        centre = record.cells[place].strip() if place < len(record.cells) else ""
        if _CENTRE.fullmatch(centre):
            yield centre


def _read(path: Path) -> reading.TextTable:
    known = {column: None for name in tables.INPUTS for column in tables.table(name).column_names}
    return reading.read_table(path, tuple(known))


# ---- what a depositor says of a file ----


def _version(table: str) -> str:
    if table not in tables.INPUTS:
        raise DepositError(
            f"La table « {table} » ne reçoit pas de dépôt. Choisissez parmi : {', '.join(tables.INPUTS)}."
        )
    return tables.table(table).version


def _siren(text: str) -> str:
    digits = re.sub(r"\s", "", text)
    if not is_siren(digits):
        raise DepositError(
            f"« {visible(text)} » n'est pas un numéro SIREN valide. "
            "Donnez les 9 chiffres du SIREN de l'organisme qui dépose (les 9 premiers de son SIRET)."
        )
    return digits


def is_siren(digits: str) -> bool:
    """Whether nine digits are a SIREN number: its key is right, or it is one of the known exceptions."""
    import frformat  # half a second that a mere import of this module should not cost

    return _SIREN.fullmatch(digits) is not None and bool(frformat.Siren().is_valid(digits))


def _received(text: str | None) -> str:
    if text is None:
        return now()
    if not _is_time(text):
        raise DepositError(
            f"La date de réception « {visible(text)} » n'est pas de la forme 2026-05-14T09:30:00.000000Z (heure UTC). "
            "Corrigez-la, ou ne la donnez pas : ce sera l'instant du dépôt."
        )
    return text


def _is_time(text: str) -> bool:
    try:
        datetime.strptime(text, _TIME_FORMAT)
    except ValueError:
        return False
    return _TIME.fullmatch(text) is not None


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if suffix in SUFFIXES else OTHER_SUFFIX


def _refuse_odd_file(file: Path) -> None:
    name = clean_name(file.name)
    if not file.exists():
        raise DepositError(f"Le fichier « {name} » est introuvable. Vérifiez son nom et son dossier.")
    if not file.is_file():
        raise DepositError(
            f"« {name} » n'est pas un fichier ordinaire. Donnez un fichier CSV ou un classeur, un à la fois."
        )


def _refuse_outside(folder: Path, raw_dir: Path) -> None:
    if folder.is_symlink() and not _leads_inside(folder, raw_dir):
        raise DepositError(
            f"« {clean_name(folder.name)} » est un lien qui mène hors du dossier des dépôts, ou nulle part : "
            "rien n'a été déposé. Remplacez le lien par un vrai dossier."
        )


def _cause(error: OSError) -> str:
    return _CAUSES.get(error.errno or 0, f"erreur système n° {error.errno}")


# ---- bytes ----


def _file_away(copy: Path, fresh: Deposit) -> Deposit:
    """Write the card, then move the copy to its place; bytes that have a card keep it and are only restored."""
    fresh.path.parent.mkdir(exist_ok=True)
    durable.sweep(fresh.path.parent)
    deposit = _known(fresh.path.parent, fresh.sha256) or _first_card(fresh)
    _reservation(fresh.path.parent, fresh.sha256).unlink(missing_ok=True)  # left by a crash after the card was made
    if deposit.table != fresh.table:
        raise DepositError(
            f"Ces mêmes octets sont déjà déposés pour la table « {deposit.table} » (le {deposit.recu_le[:10]}). "
            f"Vérifiez la table. Si ce premier dépôt est une erreur, retirez-le avant de déposer « {fresh.table} »."
        )
    path = deposit.path
    if path.is_symlink() or not path.is_file() or file_sha256(path) != deposit.sha256:
        copy.replace(path)
    durable.flush(path.parent)
    return deposit


def _first_card(fresh: Deposit) -> Deposit:
    """Write the card of bytes that have none, unless another deposit of them comes first: what the card says then.

    The reservation bears no suffix, so that « a.csv » and « a.txt » of the same bytes meet there. It is removed only
    once the card stands: whoever finds one, even left by a crash, may thus complete it and remove it.
    """
    folder, sha256 = fresh.path.parent, fresh.sha256
    reservation = _reservation(folder, sha256)
    with _card_aside(fresh) as aside:
        _name_once(aside, reservation)
    first = _read_card(reservation)
    if first is not None and _known(folder, sha256) is None:
        _name_once(reservation, card_path(folder / f"{sha256}{_suffix(first['nom_origine'])}"))
    reservation.unlink(missing_ok=True)
    known = _known(folder, sha256)
    if known is None:
        raise DepositError(
            "Ces octets ont déjà une carte, mais elle est illisible ou incomplète. "
            f"Restaurez « {clean_name(card_path(fresh.path).name)} » ou effacez-la, puis recommencez le dépôt."
        )
    return known


def _reservation(folder: Path, sha256: str) -> Path:
    return folder / f".{sha256}.reserve"


@contextmanager
def _card_aside(deposit: Deposit) -> Iterator[Path]:
    """The card of a deposit, whole, under a passing name in its folder."""
    content = asdict(deposit)
    del content["path"], content["seal"]
    if deposit.origine is None:
        del content["origine"]
    with durable.passing(deposit.path.parent) as aside:
        text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        aside.write_text(text, encoding="utf-8", newline="\n")
        durable.flush(aside)
        yield aside


def _name_once(source: Path, name: Path) -> None:
    """Give a whole file its name unless it is taken; the caller then reads what stands there, its own or another's."""
    with suppress(FileExistsError, FileNotFoundError):  # another was first, or has already completed the reservation
        os.link(source, name)


@contextmanager
def _copied(file: Path, folder: Path) -> Iterator[tuple[Path, str, int]]:
    """The file copied aside in `folder`, the sha256 and the size of the copy; the copy never outlives the block."""
    folder.mkdir(parents=True, exist_ok=True)
    durable.sweep(folder)
    with durable.passing(folder) as aside:
        digest = hashlib.sha256()
        with file.open("rb") as source, aside.open("wb") as target:
            for block in _blocks(source):
                digest.update(block)
                target.write(block)
        durable.flush(aside)
        yield aside, digest.hexdigest(), aside.stat().st_size


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    while block := source.read(BLOCK_BYTES):
        yield block


def _known(folder: Path, sha256: str) -> Deposit | None:
    """What the card of these bytes says, whatever the suffix they were deposited with."""
    cards = [(card, _read_card(card)) for card in folder.glob(f"{sha256}.*{CARD_SUFFIX}")]
    known = [Deposit(path=_described(card), **content) for card, content in cards if content is not None]
    return next(iter(_first_receptions([deposit for deposit in known if deposit.sha256 == sha256])), None)


def _described(card: Path) -> Path:
    return card.with_name(card.name.removesuffix(CARD_SUFFIX))


# ---- the folder ----


def _walk(folder: Path, hidden: bool = False) -> Iterator[Path | Unfiled]:
    """Everything below the folder but folders, in the order of the names, notices and hidden files left aside.

    A hidden table, or one in a hidden folder, is said: its sender believes that it counts.
    """
    try:
        paths = sorted(folder.iterdir())
        folders = {path for path in paths if path.is_dir() and not path.is_symlink()}
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for path in paths:
        concealed = hidden or path.name.startswith(".")
        if path in folders:
            yield from _walk(path, concealed)
        elif concealed:
            yield from _hidden_table(path)
        elif not _is_notice(path):
            yield path


def _is_notice(path: Path) -> bool:
    return path.name.upper().startswith(("README", "LISEZMOI")) and path.suffix.lower() in NOTICE_SUFFIXES


def _hidden_table(path: Path) -> Iterator[Unfiled]:
    if path.suffix.lower() in TABLE_SUFFIXES and path.name != EXPECTED_ERRORS:
        yield Unfiled(
            path,
            f"« {clean_name(path.name)} » est caché (son nom ou celui d'un dossier commence par un point) : "
            "il n'a pas été lu.",
            "Si c'est un dépôt, renommez-le sans ce point, ou sortez-le du dossier caché. Sinon, retirez-le.",
        )


def _examine(path: Path | Unfiled, raw_dir: Path, sha256: Fingerprint) -> Deposit | Unfiled | Path | None:
    """A deposit with its card; what is wrong with the path; the path itself if to be adopted; None for a card."""
    if isinstance(path, Unfiled):
        return path
    try:
        odd = _odd_path(path, raw_dir)
        if odd is not None:
            return odd
        if path.name.endswith(CARD_SUFFIX):
            return None if os.path.lexists(_described(path)) else _orphan(path)
        return _carded(path, sha256) if os.path.lexists(card_path(path)) else path
    except OSError as error:
        return _unreadable(path, error)


def _odd_path(path: Path, raw_dir: Path) -> Unfiled | None:
    name = clean_name(path.name)
    if path.is_symlink() and not _leads_inside(path, raw_dir):
        return Unfiled(
            path,
            f"« {name} » est un lien qui mène hors du dossier des dépôts, ou nulle part : il n'a pas été suivi.",
            "Remplacez le lien par une copie du fichier.",
        )
    if path.is_dir():
        return Unfiled(
            path,
            f"« {name} » est un lien vers un autre dossier des dépôts, déjà parcouru à sa place.",
            "Retirez le lien.",
        )
    if not path.is_file():
        return Unfiled(path, f"« {name} » n'est pas un fichier ordinaire.", "Retirez-le du dossier des dépôts.")
    return None


def _leads_inside(path: Path, raw_dir: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(raw_dir.resolve())
    except (OSError, RuntimeError):  # a link to nothing, or a ring of links
        return False


def _orphan(card: Path) -> Unfiled:
    return Unfiled(
        card,
        f"La carte « {clean_name(card.name)} » n'a pas de fichier : "
        "son dépôt est en cours ou a été interrompu, ou le fichier a été retiré ou renommé.",
        "Si aucun dépôt n'est en cours, déposez à nouveau le fichier ou remettez-le à sa place, "
        "ou retirez aussi la carte.",
    )


def _carded(path: Path, sha256: Fingerprint = file_sha256) -> Deposit | Unfiled:
    """The deposit that the card beside `path` describes, once its bytes are seen to be those of the card."""
    name, card = clean_name(path.name), card_path(path)
    content = _read_card(card)
    if content is None:
        return Unfiled(
            path,
            f"La carte de « {name} » est illisible ou incomplète.",
            f"Restaurez la carte, ou effacez « {clean_name(card.name)} » : le fichier sera repris à neuf.",
        )
    if (content["sha256"], content["octets"]) != (sha256(path), path.stat().st_size):
        return Unfiled(
            path,
            f"Le contenu de « {name} » n'est plus celui de sa carte : le fichier a été modifié après son dépôt.",
            "Restaurez le fichier d'origine. Une correction se dépose dans un nouveau fichier.",
        )
    return Deposit(path=path, **content)


def _read_card(card: Path) -> dict[str, Any] | None:
    """The checked content of a card (the fields of Deposit but `path`), None when anything in it is wrong."""
    try:
        if card.is_symlink() or not card.is_file() or card.stat().st_size > CARD_BYTES:
            return None
        content = json.loads(card.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, FileNotFoundError):  # no JSON, or removed while it was read
        return None
    expected = {field.name for field in fields(Deposit)} - {"path", "origine", "seal"}
    if not isinstance(content, dict) or set(content) - {"origine"} != expected or not _is_card(content):
        return None
    if "origine" not in content:
        return content
    return {**content, "origine": Origin(**content["origine"])} if _is_origin(content["origine"]) else None


def _is_card(content: dict[str, Any]) -> bool:
    texts = [content[name] for name in ("sha256", "nom_origine", "recu_le", "table", "version_schema")]
    sender = content["emetteur"]
    return (
        all(isinstance(text, str) for text in texts)
        and _SHA256.fullmatch(content["sha256"]) is not None
        and clean_name(content["nom_origine"]) == content["nom_origine"]
        and _is_time(content["recu_le"])
        and content["table"] in tables.INPUTS
        and type(content["octets"]) is int
        and type(content["synthetique"]) is bool
        and (sender is None or (isinstance(sender, str) and is_siren(sender)))
    )


def _is_origin(content: object) -> bool:
    if not isinstance(content, dict) or set(content) != {field.name for field in fields(Origin)}:
        return False
    texts = [text for name, text in content.items() if (name, text) != ("producteur", None)]
    return all(isinstance(text, str) and 0 < len(text) <= _ORIGIN_LENGTH and visible(text) == text for text in texts)


def _unreadable(path: Path, error: OSError) -> Unfiled:
    return Unfiled(
        path,
        f"« {clean_name(path.name)} » ne peut pas être lu ou accompagné de sa carte ({_cause(error)}).",
        "Donnez au traitement le droit de lire ce fichier et d'écrire dans son dossier.",
    )


# ---- what may be published of a deposit ----


def _sealed(found: list[Deposit], raw_dir: Path) -> list[Deposit]:
    """Real deposits under their keyed fingerprint; the key is read last: it stands before any card of `store` does."""
    real = [deposit for deposit in found if not deposit.synthetique]
    key = seals.read(raw_dir)
    if key is None and any(_protects(deposit) for deposit in real if deposit.table == _REGISTER):
        seals.make(raw_dir)
        key = seals.read(raw_dir)
    if key is None:
        return found
    return [
        deposit if deposit.synthetique else replace(deposit, seal=seals.seal(key, deposit.sha256, deposit.nom_origine))
        for deposit in found
    ]


def _protects(deposit: Deposit) -> bool:
    """Whether a register asks, in any column since labels may be misspelt, that a site only count in totals."""
    modes = tables.table(_REGISTER).field("mode_publication").descriptor["constraints"]["enum"]
    protecting = {label_key(mode) for mode in modes if mode != "nominatif"}
    try:
        return any(label_key(cell) in protecting for record in _read(deposit.path).records() for cell in record.cells)
    except reading.Unreadable:
        return False


# ---- adoption of files placed by hand ----


def _adopt_all(paths: list[Path]) -> Iterator[Deposit | Unfiled]:
    """Adopt files in the order they were last written, each a microsecond after the other: the newest one wins.

    A file that another scan adopts meanwhile keeps the card of that scan, and the next files come after it.
    """
    moment = now()
    for path in sorted(paths, key=lambda path: (_written(path), str(path))):
        found = _adopt(path, moment)
        yield found
        if isinstance(found, Deposit) and found.emetteur is None:
            moment = _after(max(moment, found.recu_le))


def _after(moment: str) -> str:
    return (datetime.strptime(moment, _TIME_FORMAT) + timedelta(microseconds=1)).strftime(_TIME_FORMAT)


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # gone or closed since it was listed: its adoption says so
        return 0


def _adopt(path: Path, received: str) -> Deposit | Unfiled:
    try:
        header = _header(path)
        if isinstance(header, Unfiled):
            return header
        table = detect_table(header)
        if table is None:
            return _no_table(path)
        version, name = tables.table(table).version, clean_name(path.name)
        invented = fictitious(path)
        deposit = Deposit(path, file_sha256(path), path.stat().st_size, name, received, None, table, version, invented)
        with _card_aside(deposit) as aside:
            _name_once(aside, card_path(path))
        return _carded(path)
    except OSError as error:
        return _unreadable(path, error)


def _header(path: Path) -> Sequence[str] | Unfiled:
    if path.stat().st_size == 0:
        return Unfiled(path, f"« {clean_name(path.name)} » est vide.", "Placez le fichier rempli, ou retirez celui-ci.")
    try:
        return _read(path).header
    except reading.Unreadable as error:
        return Unfiled(path, error.message, error.fix)


def _no_table(path: Path) -> Unfiled:
    required = (
        ", ".join(field.name for field in tables.table(name).fields if field.required) + f" ({name})"
        for name in tables.INPUTS
    )
    return Unfiled(
        path,
        f"« {clean_name(path.name)} » : son en-tête n'est celui d'aucune table attendue.",
        f"Donnez au moins ces colonnes : {' ; ou '.join(required)}.",
    )


def _first_receptions(deposits: list[Deposit]) -> list[Deposit]:
    """One deposit for each content, the earliest, in the order of supersession."""
    first: dict[str, Deposit] = {}
    for deposit in sorted(deposits, key=lambda item: (item.recu_le, item.sha256, str(item.path))):
        first.setdefault(deposit.sha256, deposit)
    return list(first.values())
