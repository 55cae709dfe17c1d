"""``data/raw``: the files as they were received, each with its card, never edited.

A deposit is named by the sha256 of its bytes; its original name, hostile or not, only stands in the card.
A file put into the folder by hand is adopted: its table is read off its header and a card is written beside it.
A file whose centres all have a fictitious SIRET is synthetic, whatever its depositor says of it, so that an example
that lost its card never becomes a real figure.
Several deposits and scans may run at once: a card is made whole, once, by the first that names it, and a deposit makes
its card before its bytes, so that no scan ever meets bytes whose depositor is not yet written down.
"""

from greencloud.deposits.cards import CARD_SUFFIX, Fingerprint, card_path, write_card
from greencloud.deposits.contents import FICTITIOUS, detect_table, fictitious, read
from greencloud.deposits.deposit import SHORT, Deposit, DepositError, Origin, Unfiled, fingerprint
from greencloud.deposits.naming import clean_name, is_siren, now, siren_fault, visible
from greencloud.deposits.scanning import EXPECTED_ERRORS, filed, scan
from greencloud.deposits.storing import SUFFIXES, store

__all__ = [
    "CARD_SUFFIX",
    "EXPECTED_ERRORS",
    "FICTITIOUS",
    "SHORT",
    "SUFFIXES",
    "Deposit",
    "DepositError",
    "Fingerprint",
    "Origin",
    "Unfiled",
    "card_path",
    "clean_name",
    "detect_table",
    "fictitious",
    "filed",
    "fingerprint",
    "is_siren",
    "now",
    "read",
    "scan",
    "siren_fault",
    "store",
    "visible",
    "write_card",
]
