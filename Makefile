# Needs only Python 3.11 or newer, git and make; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv installs the same packages as pip would, in a tenth of the time. Compiled once, they need not be compiled by every process of a test.
# It installs the versions of requirements.lock, so that a release of somebody else's library breaks nothing here.
LOCK := requirements.lock
UV := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --constraints $(LOCK) --build-constraints $(LOCK)
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help demo test release evidence lock clean

help:
	@echo "make demo      install into .venv, show the dataset, validate it"
	@echo "make test      install into .venv, run the tests"
	@echo "make release   build what is published into dist/"
	@echo "make evidence  run all that measures how it is tested (three hours), print the figures"
	@echo "make lock      take the newest versions of all libraries into $(LOCK)"
	@echo "make clean     remove what these made"

$(BIN)/uv: $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	@echo "Installing into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK) uv
	@touch $@

$(VENV)/.installed: $(BIN)/uv pyproject.toml
	@$(UV) --editable '.[validate,export,cite]' --group test
	@touch $@

# What .ci/run needs besides.
$(VENV)/.checks: $(VENV)/.installed
	@$(UV) --group lint --group docs --group supply --group bench --group mutation
	@touch $@

demo: $(VENV)/.installed
	@echo; echo "The tables:"; echo
	@$(BIN)/reportedly tables --format table
	@echo; echo "The demands, each with the chain of voices behind it:"; echo
	@$(BIN)/reportedly show demands --format table
	@echo; echo "One chain, hop by hop:"; echo
	@$(BIN)/reportedly chain tasr-0001.d12
	@echo; echo "The same in pandas: reportedly.flat(\"demands\")[[\"demander\", \"stance\", \"issue\"]]"; echo
	@$(BIN)/python -c 'import reportedly; print(reportedly.flat("demands")[["demander", "stance", "issue"]].to_string())'
	@echo; echo "Everything validated:"; echo
	@$(BIN)/reportedly validate

test: $(VENV)/.installed
	@$(BIN)/python -m pytest -n auto

release: $(VENV)/.installed
	@$(UV) --group supply
	@$(BIN)/python scripts/release.py --check
	@$(BIN)/python scripts/build_dist.py
	@$(BIN)/python scripts/check_dist.py dist

evidence: $(VENV)/.installed
	@$(UV) --group supply --group mutation --group fuzz
	@$(BIN)/python scripts/evidence.py

# What the lock holds goes for every Python and system that pyproject.toml allows.
lock: $(BIN)/uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' --all-extras $(addprefix --group ,test lint docs supply mutation fuzz bench) \
		--output-file $(LOCK) pyproject.toml

clean:
	rm -rf $(VENV) dist site
