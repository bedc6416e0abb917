# Two commands do it all: `make run` (the main job on the bundled city) and `make test`. While working: `make check`.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
AUDIT := pip-audit==2.10.1
SBOM := cyclonedx-bom==7.5.0
# Offices have a certificate authority of their own.
export UV_SYSTEM_CERTS := true
# Images of containers often set it; then every process compiles program and tests anew.
unexport PYTHONDONTWRITEBYTECODE

# One test process per core; who has nothing left takes tests from the others.
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal

.PHONY: run setup check test test-all thorough nightly lint lint-python coverage bench lock wheel audit sbom clean drawing picture profile errors

run: .venv/.ready                ## yearly refresh of the bundled synthetic city, to a published release in ./data
	$(BIN)/fortschreibung demo --refresh

setup: .venv/.ready              ## .venv with the locked dependencies and the command line

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(BIN)/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
	touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	touch $@

check: .venv/.ready-dev lint     ## linters, types and the fast tests: for every change
	$(PYTEST) -m "not nightly and not thorough and not slow"

test: .venv/.ready-dev lint      ## linters, types, fast tests, whole commands, one of each slow module: for every merge
	$(PYTEST) -m "not nightly and not thorough"

test-all: test thorough          ## everything but the nightly tests; what CI runs

thorough: .venv/.ready-dev       ## the other tests, but for the nightly ones; CI runs it after `make test`
	$(PYTEST) -m "thorough and not nightly"

nightly: .venv/.ready-dev        ## the exhaustive tests, with new examples each time; hours
	$(PYTEST) -m nightly --hypothesis-profile nightly

lint: .venv/.ready-dev           ## linters and types; Python and SQL side by side
	@$(MAKE) --no-print-directory -j2 lint-python .venv/.sql-linted

lint-python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config pyproject.toml

# Of SQL only what has changed since: all of it takes longer than the other linters together.
.venv/.sql-linted: $(shell find sql -name '*.sql') pyproject.toml .venv/.ready-dev
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar $(if $(filter-out %.sql,$?),sql,$(filter %.sql,$?))
	touch $@

coverage: .venv/.ready-dev       ## which lines the fast tests reach
	$(BIN)/python -m pytest -m "not nightly and not thorough and not slow" --cov --cov-report=term-missing:skip-covered

bench: .venv/.ready-dev          ## ratios against the floor, pandas and polars; writes bench/results.json
	$(BIN)/python -m bench

lock: .venv/.ready               ## resolve the dependencies again (writes no registry address)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --extra all --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet --extra all --extra dask --extra s3 --output-file requirements-dev.lock --group dev pyproject.toml
	sed -i "1i # Resolved on $$(date +%F)." requirements.lock requirements-dev.lock

wheel: .venv/.ready-dev          ## dist/*.whl, as docs/releasing.md describes
	$(BIN)/python -m hatchling build -t wheel

audit: .venv/.ready              ## known vulnerabilities of what is locked; fails too where nobody can be asked
	$(BIN)/uv tool run --from $(AUDIT) pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.lock

sbom: .venv/.ready               ## dist/sbom.json: what is locked, with hashes, as CycloneDX
	mkdir -p dist
	$(BIN)/uv tool run --from $(SBOM) cyclonedx-py requirements requirements.lock --output-reproducible --of JSON -o dist/sbom.json

clean:                           ## forget the environment and the local data
	rm -rf .venv data

drawing: .venv/.ready            ## the pictures in docs/, drawn from the code and the SQL
	$(BIN)/python -m tools.architecture_drawing docs/architecture.svg
	$(BIN)/python -m tools.redraw_pictures docs
	$(BIN)/python -m tools.index_pictures docs
	$(BIN)/python -m tools.review_picture docs
	$(BIN)/python -m tools.types_picture docs

picture: .venv/.ready            ## docs/atlas.png, the atlas of what `make run` made, photographed by Chromium
	$(BIN)/python -m tools.atlas_picture data/releases/musterstadt/latest docs/atlas.png

profile: .venv/.ready            ## docs/profile.md and cities/schema, made from the models that read a profile
	$(BIN)/python -m tools.profile_docs

errors: .venv/.ready             ## docs/errors.md, made of flows/base/error_codes.toml
	$(BIN)/python -m tools.errors_docs
