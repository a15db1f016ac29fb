# SPDX-License-Identifier: GPL-3.0-or-later

# Every recipe is one step of a fixed order, and SwiftPM does its own work in parallel.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo test long-tests check bench results fidelity format clean oracles \
  gate gate-baseline bootstrap command build-tests lint imports run-tests consumer fuzz fuzz-minute scenarios results-check allocations instructions memory digests notebooks pages newcomer tutorials install coverage cluster-test gateway-demo gateway-test

swift_sources := Package.swift Sources Tests Benchmarks

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	  awk -F '|' '{ printf "make %-14s %s\n", $$1, $$2 }'

demo: bootstrap command ## build the command and judge the reference design
	Scripts/demo.sh

# A package of its own, which nothing else builds or needs.
gateway-demo: bootstrap ## build the gateway, send it a hundred requests, and replay its decisions
	Gateway/Scripts/demo.sh

gateway-test: bootstrap ## test the gateway: its units, and OpenAI's own client against it
	Gateway/Scripts/test.sh

test: bootstrap build-tests run-tests ## build, and pass all tests but the long ones

long-tests: bootstrap build-tests run-tests ## the same with the long ones

# Tests that take long read it: see Tests/LongTests.
check long-tests: export PLIMSOLL_LONG := 1

check: bootstrap lint imports run-tests consumer fuzz-minute scenarios gate allocations instructions memory results-check notebooks pages newcomer tutorials cluster-test gateway-test gateway-demo digests ## everything CI does

fuzz: bootstrap command ## a million changed inputs and 20,000 runs: none may end, hang or bloat a process
	swift build -c release --product plimsoll-fuzz
	.build/release/plimsoll-fuzz --inputs 1000000 --runs 20000

fuzz-minute: command ## a minute of the same, always from one seed
	swift build -c release --product plimsoll-fuzz
	.build/release/plimsoll-fuzz --seed 20261130 --inputs 1000000 --runs 20000 --seconds 60

results: bootstrap command ## remake the committed results
	Scripts/results.sh

fidelity: bootstrap command ## remake Results/fidelity from measured data (PLIMSOLL_DATA names its folder)
	Scripts/fidelity.sh

oracles: bootstrap build-tests ## compare every closed form with its scenario, the slow ones too
	PLIMSOLL_LONG=all swift test -c release --skip-build --filter '^OracleTests'

bench: bootstrap command ## build and run the benchmarks
	swift build -c release --product plimsoll-bench
	.build/release/plimsoll-bench

format: ## format all Swift sources in place
	swift format --in-place --recursive $(swift_sources)

clean: ## remove all that was built
	rm -rf .build

# The steps of the above, each of which can be run alone.

bootstrap: ## install what the build needs and is missing
	@Scripts/bootstrap.sh

lint: ## formatting and the linter's rules
	swift format lint --strict --recursive $(swift_sources)

# Judged by its exit code: its last line may read 'Build complete!' all the same. In `check` this is
# the one build; the builds of later steps find nothing left to do.
imports: ## build all, and refuse an import that the manifest does not declare
	swift build -c release --build-tests --explicit-target-dependency-import-check error

build-tests:
	swift build -c release --build-tests

# Tests that a precondition ends a process come alone and first: while their processes wait to be taken note of, behind all
# the long tests, the test runner's watch over them takes a third of the machine.
run-tests:
	swift test -c release --skip-build --filter '[Pp]reconditions?'
	swift test -c release --skip-build --skip '[Pp]reconditions?'

# SwiftPM looks for new files in this package only, and not in the one that it depends on: without its plan it makes one anew.
consumer: ## build and run a package of somebody else that links the products
	rm -f .build/consumer/release.yaml
	swift run -c release --package-path Tests/Consumer --scratch-path .build/consumer consumer

command:
	swift build -c release --product plimsoll

scenarios: command ## validate every shipped scenario
	Scripts/scenarios.sh

gate: command ## judge a few scenarios against committed results
	Scripts/gate.sh

gate-baseline: command ## remake what the gate holds scenarios against
	Scripts/gate.sh --remake

results-check: command ## compare the committed results with remade ones
	Scripts/results.sh --check

cluster-test: command ## sweeps side by side, by object stores and on a Ray cluster of one node
	Scripts/cluster-test.sh

notebooks: command ## run the notebooks on results that were just made
	Scripts/notebooks.sh

pages: command ## open a page of answers in headless Chromium: no error, no request
	Scripts/pages.sh

newcomer: command ## play somebody who meets the command for the first time
	Scripts/newcomer.sh

tutorials: command ## run the tutorials line by line
	Scripts/tutorials.sh

install: bootstrap ## install the command, its manual and completions (PREFIX, by default /usr/local)
	Scripts/install.sh $(PREFIX)

allocations: bootstrap ## heap blocks per simulated request: none
	Scripts/allocations.sh

instructions: bootstrap ## instructions per simulated request: at most 3 % above the record
	Scripts/instructions.sh

coverage: bootstrap ## lines of four targets that their suites run: at least 90 % of each
	Scripts/coverage.sh

memory: command ## peak memory of thirty days as of one, within a tenth
	Scripts/memory.sh

digests: command ## one digest on every corner: jobs, debug, no FMA, twice
	Scripts/digests.sh
