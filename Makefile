# make demo   sets up, asks the network that comes along, trains one on simulated stories, and shows it answering
# make test   sets up and runs every check: format, lint, types, tests

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN = $(VENV)/bin
# The CPU build of torch, where this index can be reached; on other systems and without it, PyPI's.
TORCH_INDEX = --extra-index-url https://download.pytorch.org/whl/cpu --retries 1 --timeout 20

.PHONY: setup demo test format clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "memnn needs Python 3.11 or later")'
	@echo "Setting up $(VENV) (once, a few minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check $(TORCH_INDEX) "$$(grep '^torch==' requirements.lock)" 2>/dev/null \
		|| $(BIN)/python -m pip install -qq --disable-pip-version-check "$$(grep '^torch==' requirements.lock)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Twice is harmless: stories and network are made once; `rm -r runs/demo*` starts anew.
demo: setup
	@printf '\nThe network that comes with memnn, asked about names that it was never told of:\n'
	$(BIN)/memnn ask --story examples/ring.txt --question "Where is the ring?"
	@printf '\nNow one of your own:\n'
	@test -d runs/demo-stories || (set -x; \
		$(BIN)/memnn data make babi runs/demo-stories --questions 500 --valid 50 --test 100)
	@test -d runs/demo || (set -x; \
		$(BIN)/memnn train qa --data runs/demo-stories --config configs/demo.toml --no-second-look --out runs/demo)
	$(BIN)/memnn evaluate runs/demo --data runs/demo-stories
	@$(BIN)/python examples/show_answers.py runs/demo runs/demo-stories
	@printf '\nNow tell and ask yourself:  %s/memnn ask runs/demo\n' $(BIN)

test: setup
	$(BIN)/ruff format --check memnn tests examples benchmarks
	$(BIN)/ruff check memnn tests examples benchmarks
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

format: setup
	$(BIN)/ruff format memnn tests examples benchmarks
	$(BIN)/ruff check --fix memnn tests examples benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
