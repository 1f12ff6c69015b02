# Every target first makes .venv from the pins, once; `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PORT ?= 8000

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export OMP_NUM_THREADS ?= 1

.PHONY: help book serve test test-all assignments student-release pdf bench audit lint types spell format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A newer pin or a changed pyproject.toml makes this again; otherwise it costs nothing.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit( \
	  "Python 3.11 or newer is needed, this is %d.%d: make PYTHON=python3.11" % v[:2])'
	@echo "Installing requirements.txt into .venv: some minutes, the first time only ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

book: $(READY) ## Execute the chapters, build the book, print its address
	$(BIN)/python book/build.py

serve: book ## Build the book and serve it on this machine
	@echo "http://localhost:$(PORT)"
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

test: lint types spell book ## Everything that CI runs
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not slow"

test-all: lint types spell book ## The tests, the slow ones and all claims
	$(BIN)/ilkit claims --jobs 2 --out _build/claims
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

assignments: $(READY) ## Write the notebooks that students open
	$(BIN)/python -m ilkit.grading.release assignments

student-release: $(READY) ## Write the tree that a course publishes, without solutions
	$(BIN)/python -m ilkit.grading.release student

pdf: book ## The book as one PDF, printed by Chromium
	$(BIN)/python book/pdf.py

bench: $(READY) ## Returns and speed beside the neighbours
	$(BIN)/python benchmarks/imitation/compare.py
	$(BIN)/python benchmarks/grading.py

audit: book ## Lighthouse on every page of the book
	$(BIN)/python benchmarks/audit.py

lint: $(READY) ## Check the style of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY) ## Check the types of ilkit
	$(BIN)/mypy

spell: $(READY) ## Check the spelling of code and prose
	$(BIN)/codespell README.md Makefile book ilkit solutions tests
	$(BIN)/python -m pytest -q tests/test_prose.py

format: $(READY) ## Mend the style of the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## Remove all that was built; .venv stays
	rm -rf _build book/_vendor build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
