"""Harvest: the files that producers publish on data.gouv.fr with one of our schemas become deposits.

Nothing is remembered but in the cards of the deposits: what we hold of a resource is what their `origine` says. A file
that cannot be used is kept and told, and the rows of the one before stay current; a resource that has gone is told,
its deposits stay. A producer only speaks for its own centres, or for those of a mandate: a file of others is not kept.
"""

from greencloud.harvest.mandates import Mandates, read_mandates
from greencloud.harvest.outcomes import Outcome, State
from greencloud.harvest.rounds import LIMIT, Round, harvesting

__all__ = ["LIMIT", "Mandates", "Outcome", "Round", "State", "harvesting", "read_mandates"]
