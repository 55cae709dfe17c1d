"""What Prometheus reads: requests by route, deposits by state, readings of files, mails that wait."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.filings import workshop
from portal.mail import pending
from portal.models import STATES, Filing

CONTENT_TYPE = CONTENT_TYPE_LATEST
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Metrics:
    """The figures of one service; a method or a route that nobody declared makes no new series."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("methode", "route", "statut")
        self._requests = Counter("portail_demandes", "Demandes servies", labels, registry=self.registry)
        self._seconds = Histogram("portail_duree_secondes", "Durée des demandes", ("route",), registry=self.registry)
        self._filings = Gauge("portail_depots", "Dépôts par état", ("etat",), registry=self.registry)
        for readings in (workshop.LASTED, workshop.WAITING):  # of the one worker that a process has
            self.registry.register(readings)
        self._mails = Gauge("portail_courriels_en_attente", "Courriels à envoyer", registry=self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; status 0: nobody was left to be answered."""
        self._requests.labels(method if method in _METHODS else "autre", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, session: Session) -> bytes:
        """Everything, as Prometheus reads it."""
        counted = dict(session.execute(select(Filing.etat, func.count()).group_by(Filing.etat)).tuples().all())
        for state in STATES:
            self._filings.labels(state).set(counted.get(state, 0))
        self._mails.set(pending(session))
        return generate_latest(self.registry)
