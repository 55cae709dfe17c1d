"""The software of data.gouv.fr, udata, on loopback and in memory: a program of its own, never a module of the tests.

udata is published under the AGPL-3.0 (the MIT of its package metadata is wrong), and its wheel registers a pytest
plugin. So nothing of this project imports it: this file alone does, run by the Python of `.venv/udata`, an environment
that `make test-udata` makes, and it is spoken to over HTTP only. The web application is udata's own, unmodified; only
the MongoDB driver is replaced, by mongomock.

    .venv/udata/bin/python tests/udata/server.py FOLDER_OF_FILES [EXTENSION ...]

A free port is taken. Once the server answers, one line of JSON is printed:

    {"url": ..., "admin_token": ..., "producers": [{"token": ..., "organization": ..., "name": ...}, ...]}

Each producer administers an organisation of their own. EXTENSION adds to the file extensions that udata accepts, whose
own list is shorter than that of data.gouv.fr. The server ends when its standard input is closed, so it never
outlives the test run that started it.
"""

import json
import os
import socket
import sys
import threading
from datetime import UTC, datetime
from typing import Any

import mongoengine.connection  # type: ignore[import-not-found]
import mongomock  # type: ignore[import-not-found]

# Before udata opens its connection.
mongoengine.connection.MongoClient = mongomock.MongoClient

HOST = "127.0.0.1"
PRODUCERS = (("Paule", "Green Cloud Nation (essai)"), ("Hugo", "Hôpital d'essai"), ("Mona", "Commune d'essai"))
# A fresh udata knows no licence and no zone: these are among those of data.gouv.fr, with their identifiers.
LICENCES = (
    ("lov2", "Licence Ouverte / Open Licence version 2.0", ["domain_data", "okd_compliant"]),
    ("fr-lo", "Licence Ouverte / Open Licence", ["domain_data", "okd_compliant"]),
    ("odc-odbl", "Open Data Commons Open Database License (ODbL)", ["domain_data", "okd_compliant"]),
    ("notspecified", "License Not Specified", ["generic"]),
)
ZONES = (("country", "fr", "France"), ("country", "be", "Belgique"))


def settings(port: int, folder: str, extensions: list[str]) -> type:
    """The settings of an instance on loopback that keeps uploaded files in `folder`."""
    from udata.settings import Defaults  # type: ignore[import-not-found]

    values = {
        "SITE_ID": "essai",
        "DEFAULT_LANGUAGE": "fr",
        # Addresses of files and redirections are built from these two.
        "SERVER_NAME": f"{HOST}:{port}",
        "PREFERRED_URL_SCHEME": "http",
        "SECRET_KEY": "essai",
        "API_TOKEN_SECRET": "essai-jetons",
        "SEND_MAIL": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        # Never reached: mongomock answers.
        "MONGODB_HOST": "mongodb://127.0.0.1:1/udata",
        "AUTO_INDEX": False,
        # A task is done when the call that asks for it answers.
        "CELERY_TASK_ALWAYS_EAGER": True,
        "CELERY_BROKER_URL": "memory://",
        "CELERY_RESULT_BACKEND": "cache+memory://",
        "CACHE_TYPE": "flask_caching.backends.SimpleCache",
        "CACHE_NO_NULL_WARNING": True,
        "FS_ROOT": folder,
        "FS_PREFIX": "/s",
        "ALLOWED_RESOURCES_EXTENSIONS": [*Defaults.ALLOWED_RESOURCES_EXTENSIONS, *extensions],
        # Remote resources may be on loopback, and no name is resolved.
        "URLS_ALLOW_LOCAL": True,
        "URLS_ALLOW_PRIVATE": True,
        "URLS_RESOLVE_HOSTNAME": False,
        "SCHEMA_CATALOG_URL": None,
    }
    return type("Loopback", (Defaults,), values)


def populate() -> dict[str, Any]:
    """Make licences, zones, an administrator and the producers; to be called in an application context."""
    from udata.core.api_token.models import ApiToken  # type: ignore[import-not-found]
    from udata.models import (  # type: ignore[import-not-found]
        GeoLevel,
        GeoZone,
        License,
        Member,
        Organization,
        datastore,
    )

    for code, title, flags in LICENCES:
        License.objects.create(id=code, title=title, flags=flags, active=True)
    GeoLevel.objects.create(id="country", name="Pays", admin_level=20)
    for level, code, name in ZONES:
        GeoZone.objects.create(id=f"{level}:{code}", slug=code, level=level, code=code, name=name)

    def user(first_name: str) -> Any:
        mail = f"{first_name.lower()}@example.org"
        now = datetime.now(UTC)
        return datastore.create_user(
            first_name=first_name, last_name="Essai", email=mail, password="x", confirmed_at=now
        )

    administrator = user("Ada")
    datastore.add_role_to_user(administrator, datastore.find_or_create_role("admin"))
    producers = []
    for first_name, name in PRODUCERS:
        member = user(first_name)
        organization = Organization.objects.create(
            name=name, description=name, members=[Member(user=member, role="admin")]
        )
        token = ApiToken.generate(member, name="essai")[1]
        producers.append({"token": token, "organization": str(organization.id), "name": name})
    return {"admin_token": ApiToken.generate(administrator, name="essai")[1], "producers": producers}


def end_with_parent() -> None:
    """Wait for the end of standard input, then end the process at once."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    folder, *extensions = sys.argv[1:]
    os.environ.pop("UDATA_SETTINGS", None)  # the settings of a developer's own udata
    listening = socket.create_server((HOST, 0), backlog=64)
    port = listening.getsockname()[1]

    from udata.app import create_app, standalone  # type: ignore[import-not-found]
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: object) -> None:
            """Say nothing: the proxy of the tests keeps its own record."""

    app = standalone(create_app(settings(port, folder, extensions)))
    with app.app_context():
        state = {"url": f"http://{HOST}:{port}", **populate()}
    # One thread: mongomock knows no concurrent writers.
    server = make_server(HOST, port, app, request_handler=Quiet, fd=listening.fileno())
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(json.dumps(state), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
