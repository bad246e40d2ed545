# `make help` lists what can be done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup run test lint browser bench bench-smoke evals artifacts encoder screenshots clean

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(VENV)/.ready  ## install into .venv

$(VENV)/.ready: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

run: setup  ## serve the demo shop at http://127.0.0.1:8000
	$(BIN)/fairdesk serve

test: setup  ## run the tests (browser tests skip where Chromium is absent)
	$(BIN)/python -m pytest

lint: setup  ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

browser: setup  ## install what browser tests need, and run them
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[browser]'
	@test -d node_modules/axe-core || npm install --no-audit --no-fund --silent
	$(BIN)/python -m pytest -m browser tests/browser

bench: setup  ## measure: turns, throughput, memory, search, decisions
	$(BIN)/python -m evals.bench

bench-smoke: setup  ## the same, short
	$(BIN)/python -m evals.bench --short

evals: setup  ## run all eval suites; the report is eval-runs/latest/report.html
	$(BIN)/fairdesk eval run all --out eval-runs/latest

artifacts: setup  ## rebuild the committed vectors and trained heads from their sources
	$(BIN)/python -m knowledge.build_artifacts
	$(BIN)/python -m assistant.understanding.build_heads

encoder: setup  ## tune the encoder anew (brings PyTorch; STARD=DIR adds lay questions about law); then `make artifacts`
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[train]'
	nice $(BIN)/python -m knowledge.encoder.train assistant/understanding/data/utterances-*.jsonl $(if $(STARD),--stard $(STARD))

screenshots: setup  ## make the README's picture from the real page
	$(BIN)/python docs/screenshot.py

clean:  ## remove everything that was built
	rm -rf $(VENV) build dist *.egg-info .fairdesk eval-runs bench-results
