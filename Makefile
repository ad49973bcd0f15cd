# Two commands matter: `make app` starts kgrec with the sample data, `make test` checks everything.
# The work is done by scripts/*.sh; run `make help` for the list.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup sample app test lint screenshots clean

help:
	@echo "make app          start kgrec on http://127.0.0.1:8501 with the sample data (PORT=... for another port)"
	@echo "make test         style, types and the whole test suite, browser included (PYTEST_ARGS=... to narrow)"
	@echo "make setup        create .venv and install the pinned packages"
	@echo "make sample       import the sample data, build its graph, train the model (only what is missing)"
	@echo "make lint         ruff and mypy alone"
	@echo "make screenshots  pictures of all pages into docs/screenshots/"
	@echo "make clean        remove .venv and caches; the workspace stays"

setup:
	@bash scripts/setup.sh

sample: setup
	@bash scripts/sample.sh

app:
	@bash scripts/app.sh

test:
	@bash scripts/test.sh

lint: setup
	@bash scripts/lint.sh

screenshots: sample
	@bash scripts/screenshots.sh

clean:
	@bash scripts/clean.sh
