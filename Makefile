# Two commands matter: `make demo` sets up and runs the product, `make test` sets up and runs every test.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PORT ?= 8000
BIN := .venv/bin
# Two test processes are what two cores carry; the browser tests run alone afterwards.
TEST_PROCESSES ?= 2

FRONTEND_SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) \
	frontend/index.html frontend/vite.config.ts frontend/tsconfig.json

.PHONY: help demo test test-python test-frontend test-e2e check format bench setup format-tools training-tools openapi golden clean

help:
	@echo "make demo    set up and run the product (PORT=8000)"
	@echo "make test    set up and run every test"
	@echo "make check   linters, types, import contracts, migrations, OpenAPI drift"
	@echo "make bench   print the benchmark table"
	@echo "make format-tools  install what exports are read back with in tests"
	@echo "make training-tools  install PyTorch and the client, for examples/training"
	@echo "make format  format Python and TypeScript"

# --- setting up ---------------------------------------------------------------------------------

.stamps/python: requirements.txt
	@scripts/prerequisites.sh runtime
	@mkdir -p .stamps
	@echo "installing Python packages (some minutes the first time)"
	@test -x $(BIN)/python || "$$(scripts/prerequisites.sh python)" -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.stamps/python-dev: requirements-dev.txt .stamps/python
	@scripts/prerequisites.sh tests
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# The tools of formats want other versions of our packages: they live apart. Without them, the tests
# that read exports back with them are skipped.
.stamps/format-tools: requirements-formats.txt
	@mkdir -p .stamps
	@test -x .venv-formats/bin/python || "$$(scripts/prerequisites.sh python)" -m venv .venv-formats
	@.venv-formats/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-formats.txt
	@.venv-formats/bin/python -m pip install --quiet --disable-pip-version-check --no-deps av2==0.3.6
	@touch $@

format-tools: .stamps/format-tools

# PyTorch and the client, for the loader and the training example. Without them, their tests are skipped.
.stamps/training-tools: requirements-training.txt labelapp/client/pyproject.toml
	@mkdir -p .stamps
	@test -x .venv-training/bin/python || "$$(scripts/prerequisites.sh python)" -m venv .venv-training
	@.venv-training/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-training.txt
	@.venv-training/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation ./labelapp/client
	@touch $@

training-tools: .stamps/training-tools

.stamps/node: frontend/package.json frontend/package-lock.json
	@scripts/prerequisites.sh runtime
	@mkdir -p .stamps
	@echo "installing npm packages"
	@cd frontend && npm ci --silent --no-audit --no-fund
	@touch $@

.stamps/frontend: .stamps/node $(FRONTEND_SOURCES)
	@echo "building the browser tool"
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch $@

setup: .stamps/python .stamps/frontend

# --- running ------------------------------------------------------------------------------------

demo: setup
	@exec $(BIN)/python -m labelapp.demo --port $(PORT) --with-tasks

# --- testing ------------------------------------------------------------------------------------

test: test-frontend test-python test-e2e

test-python: .stamps/python-dev .stamps/format-tools
	@$(MAKE) --no-print-directory training-tools || echo "PyTorch can't be installed here: what needs it is skipped"
	$(BIN)/python -m pytest tests/unit tests/integration -n $(TEST_PROCESSES) --dist loadgroup

test-frontend: .stamps/node
	cd frontend && npm test --silent

test-e2e: .stamps/python-dev .stamps/frontend
	$(BIN)/python -m pytest tests/e2e -p no:randomly --timeout 1800

check: .stamps/python-dev .stamps/node
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --fail-on-warn --file .stamps/openapi.yaml
	@diff -q docs/openapi.yaml .stamps/openapi.yaml || { echo "the API's description is stale: run make openapi"; exit 1; }
	cd frontend && npx openapi-typescript ../docs/openapi.yaml -o ../.stamps/schema.d.ts >/dev/null
	@diff -q frontend/src/api/schema.generated.d.ts .stamps/schema.d.ts || { echo "the browser's API types are stale: run make openapi"; exit 1; }
	cd frontend && npm run --silent typecheck && npm run --silent lint

format: .stamps/python-dev .stamps/node
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd frontend && npm run --silent format

openapi: .stamps/python-dev .stamps/node
	$(BIN)/python manage.py spectacular --fail-on-warn --file docs/openapi.yaml
	cd frontend && npm run --silent api:types

golden: .stamps/python-dev
	$(BIN)/python tests/golden/make.py

bench: .stamps/python-dev
	$(BIN)/python -m bench

clean:
	rm -rf .stamps .venv frontend/node_modules frontend/dist test-output
