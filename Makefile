# motcua: every target does its own set-up.
#   make run     a whole office on this machine      make check   format, lint, types, arrows
#   make test    every test                          make bench   figures, a JSON line each, and a report (ONLY=group)
#   make faults  the power cut in every flash operation (CUTS=2: and in the boot after it, CUTS=0: not), then faults of
#                all kinds, random: FAULTS=n in virtual time, FAULTS_REAL=m with real processes, SEED=n
#   make soak    a fleet of real processes is killed, stopped and cut off for MINUTES (3) while 300 devices send: DEVICES,
#                DATABASE=sqlite|postgresql, SEED=n, FOLDER=… (which stays); it ends with 1 if anything was lost or doubled
#   make hil     the journeys on a rig: TARGET=vm, cable, emulated (with IMAGE=file), a serial port, or rig.toml; with a report
#   make attack  what somebody from outside would try; ADVISORIES=file also looks for known weaknesses of libraries
#   make campaign  everything at its long setting

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP = $(BIN)/pip -q --disable-pip-version-check
# Arguments for `motcua run`, such as: make run ARGS="--residents 0 --port 8100"
ARGS ?=
ONLY ?=
# Tests mostly wait for devices, brokers and browsers, so a few at a time share even one core well.
WORKERS ?= 6
CUTS ?= 1
FAULTS ?= 300
FAULTS_REAL ?= 5
SEED ?=
MINUTES ?= 3
DEVICES ?= 300
DATABASE ?= sqlite
FOLDER ?=
TARGET ?= vm
IMAGE ?=
EVIDENCE ?= var/hil
ADVISORIES ?=
HAS = { command -v $(1) >/dev/null || [ -x /usr/sbin/$(1) ]; }
# Debian keeps the programs of PostgreSQL's server off the path.
HAS_POSTGRESQL = { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1
# Each with its package, where that has another name.
TOOLS := mosquitto chromium openssl nginx systemd-analyze:systemd promtool:prometheus
# False for anybody but root, and where apt cannot install.
ROOT_INSTALLS = { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1); } >/dev/null 2>&1

.PHONY: run test check style arrows types boards collected bench faults soak hil attack campaign screenshots gallery contract catalogues lock format clean

run: $(VENV)/run.ready
	@$(BIN)/motcua run $(ARGS)

# Each worker and each process that a test starts would translate all modules anew where that variable is set.
test: $(VENV)/test.ready
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

# Set-up and checks side by side, each when what it needs is there.
check:
	@PYTHONDONTWRITEBYTECODE= $(MAKE) --no-print-directory --output-sync=line -j 3 $(VENV)/tools.ready types boards collected style arrows

style: $(VENV)/packages.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

arrows: $(VENV)/packages.ready
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest tests/test_architecture.py

# Of the fleet, and of the firmware on every board: half of a minute each.
types: $(VENV)/packages.ready
	$(BIN)/mypy

boards: $(VENV)/packages.ready $(VENV)/stubs.ready
	$(BIN)/python -m tests.boards.stubs

# Every test can be found. What is translated for that, the workers of `make test` need not translate each for itself.
collected: $(VENV)/packages.ready
	@found=$$(PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --collect-only) || { echo "$$found"; exit 1; }

format: $(VENV)/packages.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/test.ready
	@$(BIN)/python -m tests.bench $(ONLY)

faults: $(VENV)/test.ready
	@$(BIN)/python -m tests.bench.faults --cuts $(CUTS) --faults $(FAULTS) --real $(FAULTS_REAL) --seed "$(SEED)"

soak: $(VENV)/test.ready
	@MINUTES="$(MINUTES)" DEVICES="$(DEVICES)" DATABASE="$(DATABASE)" SEED="$(SEED)" FOLDER="$(FOLDER)" $(BIN)/python -m tests.bench soak

# The evidence of a target is that of its last run; what is there of others stays, and is compared.
hil: $(VENV)/test.ready
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest hil_tests/journeys --timeout 86400 --target "$(TARGET)" $(if $(IMAGE),--image "$(IMAGE)") \
	  --evidence "$(EVIDENCE)" --junitxml "$(EVIDENCE)/junit.xml" $(ARGS)

attack: $(VENV)/test.ready
	$(BIN)/ruff check .
	$(BIN)/python -m tests.attacks.planted_secrets
	$(if $(ADVISORIES),$(BIN)/python -m tests.attacks.advisories --advisories $(ADVISORIES),@echo "advisories: not run")
	PYTHONDONTWRITEBYTECODE= API_EXAMPLES=20 $(BIN)/python -m pytest -n $(WORKERS) --timeout 3600 tests/attacks \
	  tests/fleet/api/test_openapi.py tests/fleet/api/test_rules.py tests/fleet/pages/test_rights.py \
	  tests/fleet/test_secrets.py tests/fleet/workers/test_personal_logs.py tests/fleet/provisioning/test_attacks.py

campaign: $(VENV)/test.ready
	@$(MAKE) --no-print-directory bench
	@$(MAKE) --no-print-directory faults CUTS=2 FAULTS=10000 FAULTS_REAL=100
	@$(MAKE) --no-print-directory soak MINUTES=60
	@$(MAKE) --no-print-directory soak MINUTES=60 DATABASE=postgresql
	MINUTES=10 $(BIN)/python -m tests.bench receivers
	ALL_PARTS=1 $(BIN)/python -m pytest --timeout 3600 tests/bench/test_receive.py
	$(BIN)/python -m tests.bench.update_mutations
	DAYS=10000 $(BIN)/python -m pytest -n $(WORKERS) --timeout 3600 tests/fleet/domain/test_fairness.py \
	  tests/fleet/flows/test_made_day.py tests/fleet/flows/test_estimate.py
	EXAMPLES=1000 $(BIN)/python -m pytest -n $(WORKERS) --timeout 3600 tests/protocols tests/fleet/domain \
	  tests/firmware/test_verifying.py tests/fleet/store/test_tree_parts.py tests/fleet/api/test_contract.py
	EXAMPLES=300 $(BIN)/python -m pytest -n $(WORKERS) --timeout 3600 $$(grep -l 'examples(' tests/fleet/flows/test_*.py)
	RIG_CUTS=200 RIG_VISITORS=40 HIL_HOURS=1 $(MAKE) --no-print-directory hil TARGET=vm
	RIG_CUTS=200 RIG_VISITORS=40 HIL_HOURS=1 $(MAKE) --no-print-directory hil TARGET=cable
	RIG_CUTS=50 $(MAKE) --no-print-directory hil TARGET=hil_tests/simulated-pair.toml
	TORN="0 25 50 75 100 bits" $(BIN)/python -m pytest tests/firmware/test_trial.py
	AWAY_S=3600 $(BIN)/python -m pytest tests/journeys/test_kills.py -k broker_is_killed
	HOURS=300 $(BIN)/python -m pytest -n $(WORKERS) --timeout 3600 tests/bench/test_faults.py -k hour
	API_EXAMPLES=100 $(BIN)/python -m pytest -n $(WORKERS) --timeout 3600 tests/fleet/api/test_openapi.py
	EVERY_SCHEMA=1 $(BIN)/python -m pytest -n $(WORKERS) --timeout 3600 tests/fleet/store/test_kept_schemas.py
	LOBBY_CALLS=20000 $(BIN)/python -m pytest -s --timeout 7200 tests/fleet/pages/test_lobby_browser.py -k grow

screenshots: $(VENV)/test.ready
	$(BIN)/python -m docs.wiring
	$(BIN)/python -m docs.screenshots
	$(BIN)/python -m docs.technician_steps

gallery: $(VENV)/test.ready
	$(BIN)/python -m docs.gallery

contract: $(VENV)/run.ready
	$(BIN)/motcua contract > docs/asyncapi.json
	$(BIN)/motcua contract --api > docs/openapi.json
	$(BIN)/motcua contract --rights > docs/rights.md
	$(BIN)/motcua contract --metrics > docs/metrics.md

# What the pages say: every language after the Vietnamese; what is new is empty, what changed is marked fuzzy.
catalogues: $(VENV)/run.ready
	@for file in fleet/pages/languages/*.po; do \
	  $(BIN)/pybabel -q update -i fleet/pages/languages/motcua.pot -o $$file -l $$(basename $$file .po) --no-wrap \
	    --ignore-obsolete --previous --ignore-pot-creation-date; \
	done

# The locks hold versions and hashes, and no address of any registry.
COMPILE = CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
EXTRAS = --extra build --extra laptop

lock: $(VENV)/made
	$(PIP) install pip-tools
	$(COMPILE) $(EXTRAS) -o requirements.lock pyproject.toml
	$(COMPILE) $(EXTRAS) --extra archive --extra test -c requirements.lock -o requirements-test.lock pyproject.toml
	$(COMPILE) -o tests/boards/stubs.lock tests/boards/stubs.in

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "motcua needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call ROOT_INSTALLS,python3-venv) || \
	  { echo "please install python3-venv:  sudo apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.ready: $(VENV)/made requirements.lock pyproject.toml
	@echo "Installing motcua into $(VENV) (once; about a minute) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(call HAS,mosquitto) || $(call ROOT_INSTALLS,mosquitto) || \
	  echo "No Mosquitto here: the slower stand-in amqtt will be used.  sudo apt-get install mosquitto"
	@touch $@

READY := $(addprefix $(VENV)/,packages.ready tools.ready stubs.ready)

$(VENV)/test.ready: $(VENV)/made requirements-test.lock tests/boards/stubs.lock pyproject.toml
	@$(MAKE) --no-print-directory --output-sync=line -j 3 $(READY)
	@touch $@

# This lock holds all of the other, too. Modules are translated when they are first imported: most never are.
$(VENV)/packages.ready: $(VENV)/made requirements-test.lock pyproject.toml
	@echo "Installing motcua and what its tests need into $(VENV) (once; about a minute) ..."
	@$(PIP) install --no-compile --require-hashes -r requirements-test.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# No test is skipped, so each of the tools must be there.
$(VENV)/tools.ready: $(VENV)/made
	@missing=; \
	for tool in $(TOOLS); do $(call HAS,$${tool%:*}) || missing="$$missing $${tool#*:}"; done; \
	$(HAS_POSTGRESQL) || missing="$$missing postgresql"; \
	[ -z "$$missing" ] || $(call ROOT_INSTALLS,$$missing) || \
	  { echo "the tests need$$missing:  sudo apt-get install$$missing"; exit 1; }
	@touch $@

# Types of what MicroPython offers on each board: files to look at, in folders of their own, installed nowhere.
$(VENV)/stubs.ready: $(VENV)/made tests/boards/stubs.lock
	@rm -rf $(VENV)/stubs
	@$(PIP) download --no-deps --only-binary :all: --require-hashes \
	  -r tests/boards/stubs.lock -d $(VENV)/stubs/wheels
	@$(BIN)/python -m tests.boards.stubs unpack $(VENV)/stubs/wheels
	@touch $@

clean:
	rm -rf $(VENV) build var
