# Everything a newcomer needs: `make run`, `make test`.  `make help` lists the rest.

PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(shell command -v $(p))))
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
PIP_INSTALL = PIP_CONSTRAINT=.constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help install run test check format bench learn soak screenshots clean
.DEFAULT_GOAL := help

help: ## What one can make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(STAMP) ## A virtual environment with the command jarchy

run: $(STAMP) ## Runs the bot: on Telegram with BOT_TOKEN in .env, else on the local sandbox
	@$(BIN)/jarchy run

test: $(DEV_STAMP) ## All tests, the ones on PostgreSQL and in a browser included
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not benchmark and not soak"

check: $(DEV_STAMP) ## Format, lint, types, import layers, migrations, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/storage/test_schema.py tests/bot/test_translations.py

format: $(DEV_STAMP) ## Formats the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV_STAMP) ## Benchmarks, each as a ratio to a baseline run beside it
	@failed=0; for file in tests/benchmarks/bench_*.py; do \
	  $(BIN)/python -m pytest -q -s -p no:randomly --timeout 900 -m benchmark $$file; \
	  case $$? in 0|5) ;; *) failed=1 ;; esac; done; \
	$(BIN)/python -m tests.benchmarks.bench_delivery || failed=1; exit $$failed

learn: $(DEV_STAMP) ## What labelled releases and questions teach, as the tables that the program reads with
	@$(PIP_INSTALL) -e ".[learn]"
	$(BIN)/python -m tests.learning.topics
	$(BIN)/python -m tests.learning.questions

soak: $(DEV_STAMP) ## Long tests: faults, crashes at every step
	$(BIN)/python -m pytest -q -s -p no:randomly --timeout 3600 -m soak

screenshots: $(DEV_STAMP) ## Pictures of the chat for docs/, from the sandbox's page
	$(BIN)/python -m tests.screenshots docs/screenshots

clean: ## Removes the virtual environment and caches; data/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed; say which with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(STAMP): $(VENV)/bin/python pyproject.toml .constraints.txt
	@echo "Installing what Jarchy needs (a minute or two the first time) …"
	@$(PIP_INSTALL) -e .
	@touch $@

$(DEV_STAMP): $(VENV)/bin/python pyproject.toml .constraints.txt
	@echo "Installing what Jarchy and its tests need (a minute or two the first time) …"
	@$(PIP_INSTALL) -e ".[dev]"
	@touch $@ $(STAMP)
