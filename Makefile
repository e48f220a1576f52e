# Needs only Python 3.11 or newer, git and make; everything else goes into .venv, in the versions of requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
LOCK := requirements.lock
UV := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraints $(LOCK) --build-constraints $(LOCK)
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help demo test release lock clean

help:
	@echo "make demo     install into .venv, show the demands and validate the dataset"
	@echo "make test     install into .venv, run the tests but for the slow ones"
	@echo "make release  build what is published of a released version into dist/"
	@echo "make lock     take the newest versions of all libraries into $(LOCK)"
	@echo "make clean    remove what these made"

demo: .venv/.installed
	@$(BIN)/reportedly show demands --format table
	@$(BIN)/reportedly validate

test: .venv/.installed
	@$(BIN)/python -m pytest -n auto -m "not slow"

release: .venv/.checks
	@test -z "$$(git status --porcelain)" || { git status --short; echo "Commit or remove these first: only what is in git is published."; exit 1; }
	@$(BIN)/python scripts/release.py --check
	@$(BIN)/python scripts/publish.py --released
	@$(BIN)/nox -s dist

# What the lock holds goes for every Python and system that pyproject.toml allows.
lock: .venv/bin/uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' --all-extras $(addprefix --group ,test lint docs supply mutation fuzz bench dev) \
		--output-file $(LOCK) pyproject.toml

clean:
	rm -rf .venv .nox dist site

.venv/bin/uv: $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	@echo "Installing into .venv …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK) uv
	@touch $@

.venv/.installed: .venv/bin/uv pyproject.toml
	@$(UV) --editable '.[validate,export,cite]' --group test
	@touch $@

# What .ci/run needs besides.
.venv/.checks: .venv/.installed
	@$(UV) --group lint --group docs --group bench --group dev
	@touch $@
