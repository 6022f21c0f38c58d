# The commands of the README; everything else is CMake (see CMakePresets.json).

PREFIX ?= /usr/local
DESTDIR ?=
ifneq ($(origin CC),default)
export CC
endif
# One parallel job per processor unless the caller says otherwise.
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# Tests wait a good part of their time: for servers, children and one another.
TEST_JOBS ?= $(shell expr 2 \* $(JOBS))

.PHONY: all setup build demo test bench install package format reference coverage ci clean

all: build

setup:
	@tools/setup check

build:
	@tools/setup build
	@mkdir -p build
	@cmake --preset release >build/release-configure.log 2>&1 || { cat build/release-configure.log; exit 1; }
	@cmake --build build/release --parallel $(JOBS)

demo: build
	@tools/demo.sh

test:
	@tools/setup check
	@mkdir -p build
	@cmake --preset asan >build/asan-configure.log 2>&1 || { cat build/asan-configure.log; exit 1; }
	@cmake --build build/asan --parallel $(JOBS)
	@ctest --test-dir build/asan --output-on-failure --parallel $(TEST_JOBS)

bench: build
	@tools/setup check
	@cmake --build build/release --parallel $(JOBS) --target bench
	@tools/run-bench $(BENCH_DATA) >build/bench.jsonl
	@tools/bench-report build/bench.jsonl

install: build
	@cmake -DCMAKE_INSTALL_PREFIX=$(PREFIX) -DTOC_DEBIAN_PATHS=OFF build/release >/dev/null
	@DESTDIR=$(DESTDIR) cmake --install build/release

# Debian packages: program, library, development files.
package: build
	@tools/setup package
	@tools/make-package build/release build/package

format:
	@tools/sources | xargs clang-format -i

# The printer is built with the tests.
reference:
	@tools/setup check
	@mkdir -p build
	@cmake --preset dev >build/dev-configure.log 2>&1 || { cat build/dev-configure.log; exit 1; }
	@cmake --build build/dev --parallel $(JOBS) --target toc_reference
	@tools/check-reference --write build/dev

# Lines and branches that the tests execute, by room.
coverage:
	@tools/coverage --run --floor

ci:
	@.ci/run

clean:
	rm -rf build
