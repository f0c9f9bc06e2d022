# Building and running the tests, and the simulator, which `make demo` uses too. Included by the Makefile.

.PHONY: check check-build check-programs check-pages check-packages

SIM := $(BUILD)/tests/sim/sim.cgi
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%.t,$(wildcard tests/unit/*.c))
ifdef STATIC
# Its faults would also hit the C library, which is inside the programs in this build.
UNIT := $(filter-out %/faults.t,$(UNIT))
endif

check-packages:
	@sh tests/tools/install-packages build demo check browser
	@sh tests/tools/install-packages fuzz || echo "No libFuzzer: the seeds of tests/fuzz are replayed, and nothing is fuzzed."

check: check-packages
	@$(MAKE) --no-print-directory $(PARALLEL) check-build
	@$(MAKE) --no-print-directory dist-static >$(BUILD)/dist.log 2>&1 || \
	    { rm -rf $(BUILD)/dist; tail -n 3 $(BUILD)/dist.log; echo "No static build: its tests are skipped."; }
	@sh static/behind.sh $(STATIC_LIBS)
	@sh tests/run

SIM_HTML := $(BUILD)/tests/sim/html/.done
$(SIM_HTML): $(HTML) $(wildcard tests/sim/html/* tests/sim/html/words/*)
	WECHAT_NODE_FOLDER=$(abspath $(BUILD))/html-node sh html/build.sh $(BUILD)/tests/sim/html tests/sim/html
	@cp tests/sim/html/*.svg $(@D)/
	@touch $@

# The simulator is for trials and tests; it is never installed.
SIM_OBJECTS := $(patsubst tests/sim/%.c,$(BUILD)/tests/sim/%.o,$(wildcard tests/sim/*.c))
$(BUILD)/tests/sim/%.o: tests/sim/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(SIM): $(SIM_OBJECTS) $(LIB) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(SIM_OBJECTS) $(LIB) $(SMALL_LIBS) $(CURL_LIBS) $(QR_LIBS)

# Compiled and linked separately: after a change of the library they are only linked again. Without optimisation, the compiler
# takes a third of the time for them.
$(BUILD)/tests/unit/%.o: tests/unit/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -O0 -U_FORTIFY_SOURCE -MMD -MP -c -o $@ $<

$(BUILD)/tests/unit/%.t: $(BUILD)/tests/unit/%.o $(LIB) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(CMOCKA) $(SMALL_LIBS) $(QR_LIBS) $(JPEG_LIBS) $(PNG_LIBS)

.SECONDARY: $(UNIT:.t=.o)

# One fuzz target per file (tests/fuzz/README.md), built with clang's libFuzzer; without it, with a main() that only replays. The
# sanitizers have no exclusions, and stop at the first finding.
.PHONY: fuzz-build fuzz-targets broken fuzz-merge
FUZZ := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(wildcard tests/fuzz/*.c tests/fuzz/tools/broken.c))
FUZZ_CC ?= clang
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -U_FORTIFY_SOURCE
# Each allocation is separate, so that an overrun is noticed; no sandbox, which forbids calls of the sanitizers' runtimes; and an
# exit that runs the leak check.
INSTRUMENTED := -DARENA_BLOCK_SIZE=0 -DWECHAT_NO_SANDBOX -DWECHAT_WATCHED
HAS_LIBFUZZER = $(shell echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | \
    $(FUZZ_CC) -fPIE -pie -x c -fsanitize=fuzzer,address,undefined - -o /dev/null 2>/dev/null && echo yes)

fuzz-build:
	@if [ -n "$(HAS_LIBFUZZER)" ]; then \
	    $(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=$(FUZZ_CC) CPPFLAGS='$(INSTRUMENTED)' \
	        CFLAGS='$(SANITIZE) -fsanitize=fuzzer-no-link' FUZZ_MAIN=-fsanitize=fuzzer fuzz-targets && \
	    echo "Fuzz targets: $(BUILD)/fuzz/tests/fuzz"; \
	else \
	    $(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz-replay CPPFLAGS='$(INSTRUMENTED)' CFLAGS='$(SANITIZE)' \
	        FUZZ_MAIN=tests/fuzz/tools/replay.c fuzz-targets && \
	    echo "Fuzz targets, to replay only: $(BUILD)/fuzz-replay/tests/fuzz"; \
	fi

fuzz-targets: $(FUZZ)
broken: $(BUILD)/tests/fuzz/tools/broken

# Adds the findings of `make check-hard` that reach new code to the seeds.
fuzz-merge: fuzz-build
	sh tests/fuzz/tools/merge $(BUILD)/fuzz/tests/fuzz $(BUILD)/hard/fuzz

$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests/fuzz $(ALL_LDFLAGS) $(WRAPPED) -MMD -MP -MF $@.d -o $@ $< $(FUZZ_MAIN) $(LIB) $(SMALL_LIBS) $(JPEG_LIBS) $(PNG_LIBS)

# unit/faults.c makes these calls fail.
FAILING := openat mkdirat fstat read pread write fsync ftruncate lseek futimens renameat linkat unlinkat flock fcntl \
           syscall getrandom pipe2 poll readdir
comma := ,
$(BUILD)/tests/unit/memory.t: ALL_LDFLAGS += $(WRAPPED)
$(BUILD)/tests/unit/seccomp.t: ALL_LDFLAGS += -Wl,--wrap=prctl
$(BUILD)/tests/unit/sandbox.t: ALL_LDFLAGS += -Wl,--wrap=syscall
$(BUILD)/tests/unit/beneath.t: ALL_LDFLAGS += -Wl,--wrap=syscall
$(BUILD)/tests/unit/faults.t: ALL_LDFLAGS += $(FAILING:%=-Wl$(comma)--wrap=%)

IS_LOCAL := $(BUILD)/tests/unit/tools/is-local
$(IS_LOCAL): tests/unit/tools/is-local.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB)

# Tools for tests/hard. In the ordinary build, faults.so is loaded before the C library.
HARD := $(BUILD)/tests/hard/sweep $(if $(STATIC),,$(BUILD)/tests/hard/faults.so)
$(BUILD)/tests/hard/sweep: tests/hard/sweep.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(SMALL_LIBS)

$(BUILD)/tests/hard/faults.so: tests/hard/faults.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -fPIC -shared -o $@ $<
.SECONDARY: $(SIM_OBJECTS)

# The tests of servers and of programs through wechat.fcgi. gate-servers.t, places.t and others name their servers themselves.
.PHONY: check-fastcgi
check-fastcgi: check-packages
	@$(MAKE) --no-print-directory check-build
	@WECHAT_SERVER=nginx-fcgi sh tests/run tests/server/*.t tests/push/*.t
	@HARD=1 sh tests/run tests/cgi/fastcgi.t

# More tests that `make check` leaves out, or whose short form it has, since they take minutes.
ONLY_HARD := tests/bench/bench.t tests/browser/narrow.t tests/browser/site.t tests/tools/additions.t tests/tools/contributing.t

# The tests of tests/hard in their long form, HARD_SECONDS in all, and a table of what was tried.
.PHONY: check-hard
check-hard: check-packages
	@$(MAKE) --no-print-directory check-build
	@$(MAKE) --no-print-directory bench-tools
	@perl tests/hard/run
	@HARD=1 sh tests/run tests/server/machines.t
	@HARD=1 sh tests/run $(ONLY_HARD)
	@$(MAKE) --no-print-directory check-upgrade check-deb

# Earlier versions, from the git history, each in a folder of its own; and today's programs in turn with them.
.PHONY: check-upgrade upgrade-build
upgrade-build:
	@sh tests/upgrade/build '$(BUILD)/upgrade'

check-upgrade: check-packages upgrade-build
	@$(MAKE) --no-print-directory all $(SIM) $(SIM_HTML)
	@prove -Itests/lib tests/upgrade/rolling.t

# Debian's package, in a clean Debian: tests/deb/README.md.
.PHONY: check-deb
check-deb: check-packages
	@$(MAKE) --no-print-directory all deb $(SIM) $(SIM_HTML)
	@sh tests/tools/install-packages check-deb
	@lintian --allow-root --fail-on error,warning --display-info --pedantic '$(BUILD)'/deb/*.changes
	@prove -Itests/lib tests/deb/package.t

# The suite on a build with ASan, UBSan and LSan. TESTS: these tests instead.
.PHONY: check-sanitize
# These builds have no sandbox, so its tests are left out.
OPEN_TESTS = $(filter-out %/sandbox.t,$(1))
SUITE = tests/unit/next.t $(call OPEN_TESTS,$(wildcard tests/cgi/*.t tests/command/*.t tests/push/*.t tests/server/*.t))
SUITE_UNIT = $(call OPEN_TESTS,$(patsubst tests/unit/%.c,$(1)/tests/unit/%.t,$(wildcard tests/unit/*.c)))
# clang, because it links its one runtime into the program, where a library loaded first (faketime) cannot disturb it.
AS_SANITIZED = $(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize CC=$(FUZZ_CC) CFLAGS='$(SANITIZE)' CPPFLAGS='$(INSTRUMENTED)' \
    LDFLAGS=$$(cat $(BUILD)/sanitize/open)/options.o FUZZ_MAIN=tests/fuzz/tools/replay.c
# TESTS=unit: the unit tests alone. TESTS=seeds: those of the fuzz targets alone, for which no program is built.
check-sanitize: check-packages
	$(call SHARE_PAGES,$(BUILD)/sanitize)
	@sh tests/sanitize/open $(BUILD)/sanitize
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -DREPORTS="\"$$(cat $(BUILD)/sanitize/open)/reports\"" -c \
	    -o $$(cat $(BUILD)/sanitize/open)/options.o tests/sanitize/options.c
	@$(AS_SANITIZED) $(PARALLEL) $(if $(filter seeds,$(TESTS)),,check-programs) fuzz-targets >$(BUILD)/sanitize/build.log 2>&1 || { tail -n 9 $(BUILD)/sanitize/build.log; exit 1; }
	@cp $(BUILD)/sanitize/tests/fuzz/tools/broken $(BUILD)/sanitize/
	@WECHAT_BUILD=$(abspath $(BUILD))/sanitize perl tests/sanitize/run sanitizers $(BUILD)/sanitize \
	    $(if $(TESTS),$(patsubst seeds,tests/fuzz/seeds.t,$(patsubst unit,$(call SUITE_UNIT,$(BUILD)/sanitize),$(TESTS))),$(call SUITE_UNIT,$(BUILD)/sanitize) $(SUITE) tests/fuzz/seeds.t)

# The suite under valgrind's memcheck. Programs start ten to twenty times more slowly there, so tests of timing and of simultaneous
# requests are left out; the remaining tests run each program.
.PHONY: check-valgrind
# process and runner execute files that cannot be executed, and seccomp queues the signal of a refused system call: valgrind ends
# when execve() fails, and on that signal.
UNWATCHED := %/process.t %/runner.t %/seccomp.t
WATCHED_SUITE = tests/unit/next.t tests/cgi/promises.t tests/cgi/programs.t tests/cgi/settings.t tests/push/wechat.t tests/push/users.t tests/server/signin.t
AS_WATCHED = $(MAKE) --no-print-directory BUILD=$(BUILD)/valgrind CFLAGS='-O1 -g' CPPFLAGS='$(INSTRUMENTED)' \
    FUZZ_MAIN=tests/fuzz/tools/replay.c
check-valgrind: check-packages
	@sh tests/tools/install-packages valgrind
	$(call SHARE_PAGES,$(BUILD)/valgrind)
	@sh tests/sanitize/open $(BUILD)/valgrind
	@$(AS_WATCHED) $(PARALLEL) check-programs broken >$(BUILD)/valgrind/build.log 2>&1 || { tail -n 9 $(BUILD)/valgrind/build.log; exit 1; }
	@sh tests/sanitize/wrap $(BUILD)/valgrind
	@WECHAT_SLACK=20 WECHAT_BUILD=$(abspath $(BUILD))/valgrind/wrapped perl tests/sanitize/run valgrind $(BUILD)/valgrind \
	    $(if $(TESTS),$(TESTS),$(filter-out $(UNWATCHED),$(call SUITE_UNIT,$(BUILD)/valgrind/wrapped)) $(WATCHED_SUITE))

# Random changes of lib/ and cgi-bin/, one at a time: does a test notice? tests/mutants/README.md.
.PHONY: mutants
MUTANTS ?= 200
mutants: check-packages
	@$(MAKE) --no-print-directory check-build
	@nice python3 tests/mutants/run --mutants $(MUTANTS) $(if $(SEED),--seed $(SEED))

# The lines and branches of lib/, cgi-bin/ and command/ that the suite covers; the report is in $(BUILD)/coverage/html-report.
.PHONY: coverage
AS_COUNTED = $(MAKE) --no-print-directory BUILD=$(BUILD)/coverage CC=gcc CFLAGS='-O0 -g --coverage -U_FORTIFY_SOURCE' \
    CPPFLAGS=-DWECHAT_NO_SANDBOX LDFLAGS='--coverage $(abspath $(BUILD))/coverage/counters.o -Wl,--wrap=_exit,--wrap=execv'
coverage: check-packages
	@sh tests/tools/install-packages coverage
	$(call SHARE_PAGES,$(BUILD)/coverage)
	@gcc -c -o $(BUILD)/coverage/counters.o tests/coverage/counters.c
	@$(AS_COUNTED) $(PARALLEL) check-programs >$(BUILD)/coverage/build.log 2>&1 || { tail -n 9 $(BUILD)/coverage/build.log; exit 1; }
	@sh tests/coverage/run $(BUILD)/coverage $(if $(TESTS),$(TESTS),$(call SUITE_UNIT,$(BUILD)/coverage) $(SUITE))

# gcc's analyser, clang-tidy (checks: .clang-tidy) and cppcheck, without findings. Exceptions are in the source, with their
# reasons.
.PHONY: check-analyse
check-analyse:
	@sh tests/tools/install-packages build analyse
	@sh tests/analyse/run $(wildcard lib/*/*.c cgi-bin/*.c command/*.c fcgi/*.c tools/*.c tests/sim/*.c)

# Costs relative to what any CGI program needs; tests/bench/README.md explains how to read them.
.PHONY: bench bench-tools
BENCH := $(BUILD)/tests/bench
bench-tools: static $(BUILD)/bench-node/.done
	@sh tests/tools/install-packages bench
	@mkdir -p $(BENCH)
	@$(MAKE) --no-print-directory all $(SIM) $(SIM_HTML)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/nothing tests/bench/nothing.c
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/syncs tests/bench/syncs.c
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/copy tests/bench/copy.c
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/nothing-libfcgi tests/bench/nothing-libfcgi.c -lfcgi
	@$(MAKE) --no-print-directory $(BENCH)/nothing.fcgi
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/sign tests/bench/sign.c $(SMALL_LIBS)
	@$(AS_STATIC) BENCH=$(abspath $(BENCH)) $(addprefix $(abspath $(BENCH))/,nothing-static copy-static sign-static nothing-static.fcgi)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/two-calls tests/bench/two-calls.c -lcurl
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/measure tests/bench/measure.c
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/pushes tests/bench/pushes.c $(LIB) $(SMALL_LIBS)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/sessions tests/bench/sessions.c $(LIB) $(SMALL_LIBS)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $(BENCH)/writes tests/bench/writes.c $(LIB) $(SMALL_LIBS)

%/nothing-static: tests/bench/nothing.c
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

# wechat.fcgi with one program that does nothing.
%/nothing.fcgi %/nothing-static.fcgi: fcgi/wechat.c tests/bench/nothing-fcgi.c $(LIB) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) -DPROGRAM_NAME=nothing_program -c -o $@.program.o tests/bench/nothing-fcgi.c
	$(CC) $(ALL_CFLAGS) -D'PROGRAMS=X(nothing_program)' -c -o $@.o fcgi/wechat.c
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAPPED) -o $@ $@.o $@.program.o $(LIB) $(SMALL_LIBS) $(CURL_LIBS) $(QR_LIBS) $(JPEG_LIBS) $(PNG_LIBS)

%/copy-static: tests/bench/copy.c
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

%/sign-static: tests/bench/sign.c
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(SMALL_LIBS)

bench: bench-tools
	@sh tests/bench/libfcgi $(BENCH)
	@perl tests/bench/bench

# npm packages of the tests in JavaScript, built under $(BUILD): a folder for each lock file in tests/*/ and tests/server/*/.
TEST_NODE := $(patsubst tests/%/package-lock.json,$(BUILD)/%-node/.done,$(wildcard tests/*/package-lock.json))
SERVER_NODE := $(patsubst tests/server/%/package-lock.json,$(BUILD)/%-node/.done,$(wildcard tests/server/*/package-lock.json))
define NPM_CI
@mkdir -p $(@D)
cp $(<D)/package.json $< $(<D)/.npmrc $(@D)/
cd $(@D) && npm ci --prefer-offline --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || { tail -n 5 npm.log >&2; exit 1; }
@touch $@
endef
$(TEST_NODE): $(BUILD)/%-node/.done: tests/%/package-lock.json
	$(NPM_CI)
$(SERVER_NODE): $(BUILD)/%-node/.done: tests/server/%/package-lock.json
	$(NPM_CI)

# Contact sheets of every page, and the README's pictures, by the table in tests/browser/scenes.mjs.
.PHONY: sheets pictures
sheets: check-packages
	@$(MAKE) --no-print-directory check-build
	@perl tests/browser/sheets sheets

pictures: check-packages
	@$(MAKE) --no-print-directory check-build
	@perl tests/browser/sheets pictures

include tests/server/many.mk
check-programs: programs $(SIM) $(UNIT) $(IS_LOCAL) $(SETTINGS) $(HARD)
check-pages: html $(SIM_HTML) $(VUE) $(filter-out %/bench-node/.done,$(TEST_NODE)) $(SERVER_NODE)
check-build: check-programs check-pages

# The pages and the packages of npm are the same whatever the programs are built with: another build, the folder $(1), has links to them.
define SHARE_PAGES
@$(MAKE) --no-print-directory check-pages
@mkdir -p $(1)/tests/sim
@for name in html html-node vue vue-app browser-node miniprogram-node oidc-clients-node tests/sim/html; do \
    [ -h $(1)/$$name ] || { rm -rf $(1)/$$name && ln -s $(abspath $(BUILD))/$$name $(1)/$$name; }; done
endef
