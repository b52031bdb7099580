# The verbs of the project. `make` alone lists them. Each makes .venv by itself and needs nothing
# but Python 3.11 or newer. PORT=, DATA= and SIZE= choose; ARGS= goes to pytest.
# Databases that tests begin with stay in SCRATCH=, or in memory where that has room, for the next
# `make test`; the folder may be deleted.

PORT ?= 8000
DATA ?= var
SIZE ?= small
ARGS ?=
SCRATCH ?= .scratch
export PORT DATA
# Each program that a test starts would compile all of the product and of its libraries anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := .venv/bin/python
EMBEDDED := $(PYTHON) -m csplatform.embedded
PIP_INSTALL := $(PYTHON) -m pip install -qq --disable-pip-version-check --no-input --require-hashes

# Named after what was installed: a second start finds them and asks pip nothing.
LOCKS := requirements.txt requirements-embedded.txt
INSTALLED := .venv/.installed-$(shell cat $(LOCKS) | cksum | cut -d ' ' -f 1)
INSTALLED_DEV := .venv/.installed-dev-$(shell cat $(LOCKS) requirements-dev.txt | cksum | cut -d ' ' -f 1)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

.PHONY: help demo run test proof matrix lint types contracts messages bench image browser tools
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@echo "make demo       the product with demo tenants and data: http://127.0.0.1:$(PORT)"
	@echo "make run        the product as it is, without the demo"
	@echo "make test       every quick test"
	@echo "make proof      the long proofs: faults, fuzzing, story on the system's own servers"
	@echo "make matrix     the pages in Chromium: axe, every language, width and direction"
	@echo "make lint       style of Python and of templates"
	@echo "make types      mypy, strict"
	@echo "make contracts  imports go down only"
	@echo "make messages   collect the texts to translate (needs GNU gettext)"
	@echo "make bench      the benchmarks; SIZE=small"
	@echo "make image      the container image (Docker, or as root buildah)"
	@echo "With PORT=8123 and DATA=/some/folder demo and run use another port and data folder."

demo run: $(INSTALLED) $(CATALOGUES)
	@$(EMBEDDED) $@

# Two lanes, each with what comes next. Schemathesis takes a second to load, and is for the proofs.
LANES := -n 2 -p tests.lanes
test: $(INSTALLED_DEV) $(CATALOGUES)
	@$(EMBEDDED) with --scratch $(SCRATCH) -- $(PYTHON) -m pytest $(LANES) -p no:schemathesis --durations=20 --ignore=tests/proof $(ARGS)

# First, alone, the proofs that hold a server to seconds; then all others in two lanes, and the long
# tests that stand beside quick ones. With ARGS a lane may have nothing to run: pytest says 5.
PROOF = $(PYTHON) -m pytest --durations=20
proof: $(INSTALLED_DEV) $(CATALOGUES) browser tools
	@$(EMBEDDED) with -- $(PROOF) tests/proof -n 0 -m serial $(ARGS) || [ $$? = 5 ]
	@$(EMBEDDED) with -- $(PROOF) tests/proof $(LANES) -m "not serial" $(ARGS) || [ $$? = 5 ]
	@$(EMBEDDED) with --scratch $(SCRATCH) -- $(PROOF) tests --ignore=tests/proof $(LANES) -m long $(ARGS) || [ $$? = 5 ]
	@PG_BIN=$$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -n 1); \
	PG_BIN=$${PG_BIN%/postgres}; \
	VALKEY_BIN=$$(command -v redis-server || command -v valkey-server || true); \
	[ -n "$$PG_BIN" ] || echo "*** LEFT OUT: the system has no PostgreSQL server (package postgresql)"; \
	[ -n "$$VALKEY_BIN" ] || echo "*** LEFT OUT: the system has no Redis or Valkey (package redis-server)"; \
	if [ -n "$$PG_BIN$$VALKEY_BIN" ]; then \
		echo "The story again, on $${PG_BIN:-the wheel} and $${VALKEY_BIN:-the wheel}"; \
		export PG_BIN VALKEY_BIN; \
		$(EMBEDDED) with -- $(PROOF) tests/story $(LANES) -m "not matrix"; \
	fi

matrix: $(INSTALLED_DEV) $(CATALOGUES) browser
	@$(EMBEDDED) with -- $(PYTHON) -m pytest $(LANES) --durations=20 -m matrix tests/matrix tests/story $(ARGS)

lint: $(INSTALLED_DEV)
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@find . -name '.?*' -prune -o -path '*/templates/*.html' -print0 | xargs -0 -r .venv/bin/djade --check --target-version 5.2

types: $(INSTALLED_DEV)
	@$(PYTHON) -m mypy .

contracts: $(INSTALLED_DEV)
	@$(PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

messages: $(INSTALLED_DEV)
	@command -v xgettext >/dev/null || { echo "make messages needs GNU gettext (package gettext)." >&2; exit 2; }
	@$(PYTHON) manage.py makemessages -l ar -l fa -l pl --no-obsolete --add-location file --ignore var --ignore tests

bench: $(INSTALLED_DEV) $(CATALOGUES)
	@$(EMBEDDED) with -- $(PYTHON) -m tests.bench --size $(SIZE)

# What the verbs need

$(PYTHON):
	@set -e; version='import sys; sys.exit(sys.version_info < (3, 11))'; \
	for python in python3.13 python3.12 python3.11 python3; do \
		if $$python -c "$$version" >/dev/null 2>&1; then \
			if ! $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then bare=$$python; continue; fi; \
			echo "Making .venv with $$($$python --version)"; \
			exec $$python -m venv --clear .venv; \
		fi; \
	done; \
	if [ -n "$${bare:-}" ]; then echo "$$bare cannot make a .venv: install the package python3-venv." >&2; \
	else echo "Python 3.11 or newer is needed, and neither python3.13, python3.12, python3.11 nor python3 is." >&2; fi; \
	exit 2

$(INSTALLED): | $(PYTHON)
	@echo "Installing the packages of requirements.txt, once ..."
	@$(PIP_INSTALL) $(addprefix -r ,$(LOCKS))
	@touch $@

$(INSTALLED_DEV): | $(INSTALLED)
	@echo "Installing the packages of requirements-dev.txt, once ..."
	@$(PIP_INSTALL) $(addprefix -r ,$(LOCKS)) -r requirements-dev.txt
	@touch $@

# Python writes the compiled translations: GNU gettext is not needed to run.
%.mo: %.po | $(INSTALLED)
	@$(PYTHON) -m babel.messages.frontend --quiet compile --input-file $< --output-file $@

browser:
	@if [ -x /usr/bin/chromium ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests, once ..."; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ apt-get update && apt-get install -y --no-install-recommends chromium fonts-noto-core; } \
			</dev/null >.venv/chromium.log 2>&1 || tail -n 5 .venv/chromium.log; \
	fi; \
	[ -x /usr/bin/chromium ] || echo "*** LEFT OUT: browser tests, for want of /usr/bin/chromium"

# What the proofs use besides. RUNLEVEL=1 keeps Debian from starting what it has just installed.
PROOF_TOOLS := pgbouncer nginx-light docker-compose buildah debootstrap crun
tools:
	@missing=; for package in $(PROOF_TOOLS); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing$$missing for the proofs, once ..."; \
		export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1; \
		{ apt-get update && apt-get install -y --no-install-recommends $$missing; } \
			</dev/null >.venv/tools.log 2>&1 || tail -n 5 .venv/tools.log; \
	else \
		echo "*** LEFT OUT: what the proofs do with$$missing, which only root can install"; \
	fi

image: | $(PYTHON)
	@deploy/image
