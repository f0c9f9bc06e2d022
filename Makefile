# wechat-cgi: GNU make, no configure step. `make help` lists the targets. This file builds and installs; the static build is in
# static/static.mk, the tests are in tests/tests.mk.

VERSION := 0.1.0
CC ?= cc
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla
HARDENING := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DWECHAT_VERSION='"$(VERSION)"' -Ilib $(WARNINGS) $(HARDENING) \
             -ffunction-sections -fdata-sections $(STATIC_FLAGS) $(if $(HIREDIS),-DWECHAT_REDIS) $(CFLAGS) $(CPPFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,--gc-sections,--as-needed $(LDFLAGS)

BUILD ?= build
# One spelling of the path, however it is given: the dependencies are stored under it.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))
# Where `make install` puts things: GNU's directory variables, and four for which GNU has no name. docs/en/install.md describes
# them. The names in capitals are those of earlier versions, and PREFIX and SYSCONFDIR for those who are used to them.
prefix ?= $(or $(PREFIX),/usr/local)
exec_prefix ?= $(prefix)
bindir ?= $(or $(BINDIR),$(exec_prefix)/bin)
libdir ?= $(exec_prefix)/lib
datarootdir ?= $(prefix)/share
datadir ?= $(datarootdir)
sysconfdir ?= $(or $(SYSCONFDIR),$(prefix)/etc)
localstatedir ?= $(prefix)/var
docdir ?= $(or $(DOCDIR),$(datarootdir)/doc/wechat-cgi)
mandir ?= $(or $(patsubst %/man1,%,$(MANDIR)),$(datarootdir)/man)
cgidir ?= $(or $(CGIDIR),$(libdir)/cgi-bin)
pagesdir ?= $(or $(HTMLDIR),$(datadir)/wechat-cgi/html)
statedir ?= $(localstatedir)/lib/wechat-cgi
completiondir ?= $(or $(COMPLETIONDIR),$(datarootdir)/bash-completion/completions)
INSTALL ?= install
INSTALL_PROGRAM ?= $(INSTALL)
INSTALL_DATA ?= $(INSTALL) -m 644
OBJCOPY ?= objcopy
DEMO_PORT ?= 8007
SIM_PORT ?= 8008
DEMO_HOST ?= 127.0.0.1
export DEMO_PORT SIM_PORT DEMO_HOST

# Each file in cgi-bin is a program. It is offered all libraries, and --as-needed drops those that it does not use; .links in
# web/app.h says which ones a program intends to load.
PROGRAMS := $(notdir $(basename $(wildcard cgi-bin/*.c)))

# As many compilers at once as there are processors, where make was not told how many.
PARALLEL = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

.DEFAULT_GOAL := all

include static/static.mk

LIB := $(BUILD)/lib/libwechat.a
LIB_OBJECTS := $(patsubst lib/%.c,$(BUILD)/lib/%.o,$(wildcard lib/*/*.c))
CGI := $(PROGRAMS:%=$(BUILD)/cgi-bin/%.cgi)
HTML := $(BUILD)/html/.done
# The command for a shell, and what completes its words in bash.
COMMAND := $(BUILD)/bin/wechat
COMPLETION := $(BUILD)/bin/wechat-completion.bash

.PHONY: all programs html demo demo-start demo-stop install install-strip uninstall clean help
all: programs html

# All programs in one process that stays (FastCGI).
FCGI := $(BUILD)/bin/wechat.fcgi

programs: $(LIB) $(CGI) $(COMMAND) $(COMPLETION) $(FCGI)
html: $(HTML) $(BUILD)/html/version.txt

# The commands and the version of this build. When they change, so does this file, and everything is compiled again.
FLAGS := $(BUILD)/flags
BUILT_WITH := $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)
.PHONY: FORCE
# `make install` installs what was built, with whatever flags.
$(FLAGS): $(if $(filter install install-strip,$(MAKECMDGOALS)),,FORCE)
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(BUILT_WITH))' >$@.now
	@cmp -s $@.now $@ && rm $@.now || mv $@.now $@

$(BUILD)/lib/%.o: lib/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/cgi-bin/%.o: cgi-bin/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# In the programs, a failed allocation in a statically linked library ends the process: see memory.h. Shared libraries keep
# their own malloc().
WRAPPED := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free,--wrap=strdup

$(BUILD)/cgi-bin/%.cgi: $(BUILD)/cgi-bin/%.o $(LIB) $(ARCHIVES)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAPPED) -o $@ $< $(LIB) $(SMALL_LIBS) $(CURL_LIBS) $(QR_LIBS) $(JPEG_LIBS) $(PNG_LIBS)

COMMAND_OBJECTS := $(patsubst command/%.c,$(BUILD)/command/%.o,$(wildcard command/*.c))
$(BUILD)/command/%.o: command/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(COMMAND): $(COMMAND_OBJECTS) $(LIB) $(ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAPPED) -o $@ $(COMMAND_OBJECTS) $(LIB) $(SMALL_LIBS) $(CURL_LIBS) $(QR_LIBS) $(PNG_LIBS)

# The same sources without main(): each has a pointer to its struct app_program instead.
TOGETHER := $(PROGRAMS:%=$(BUILD)/together/%.o)
TOGETHER_NAMES := -D'PROGRAMS=$(foreach program,$(PROGRAMS),X($(subst -,_,$(program))_program))'
$(BUILD)/together/%.o: cgi-bin/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DPROGRAM_NAME=$(subst -,_,$*)_program -MMD -MP -c -o $@ $<

$(BUILD)/fcgi/%.o: fcgi/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(TOGETHER_NAMES) -MMD -MP -c -o $@ $<

$(FCGI): $(BUILD)/fcgi/wechat.o $(TOGETHER) $(LIB) $(ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAPPED) -o $@ $(filter %.o,$^) $(LIB) $(SMALL_LIBS) $(CURL_LIBS) $(QR_LIBS) $(JPEG_LIBS) $(PNG_LIBS)

$(COMPLETION): $(COMMAND)
	$(RUN) $(COMMAND) --completion >$@.now
	@mv $@.now $@

$(HTML): $(wildcard html/* html/words/* html/parts/* html/weui/made-from)
	sh html/build.sh $(BUILD)/html
	@touch $@

# What check.cgi compares the templates with: the version, the names of the files, and those of the programs.
$(BUILD)/html/version.txt: $(HTML) $(FLAGS) $(wildcard cgi-bin/*.c)
	printf '%s\n' '$(VERSION)' >$@.now
	cd $(BUILD)/html && ls *.html words/*.txt >>version.txt.now
	printf 'cgi-bin/%s.cgi\n' $(PROGRAMS) >>$@.now
	@mv $@.now $@

.SECONDARY: $(PROGRAMS:%=$(BUILD)/cgi-bin/%.o) $(TOGETHER) $(BUILD)/fcgi/wechat.o

# What is generated from the table of settings, without test libraries: the example, and the settings in the documents.
.PHONY: settings
SETTINGS := $(BUILD)/tools/settings
$(SETTINGS): tools/settings.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB)

wechat.conf.example: $(SETTINGS)
	$(SETTINGS) example >$@.now
	@mv $@.now $@

docs/%/settings.md: $(SETTINGS)
	@mkdir -p $(@D)
	$(SETTINGS) $* >$@.now
	@mv $@.now $@

# The list stands between two comments.
man/wechat.conf.5: $(SETTINGS)
	$(SETTINGS) man >$@.list
	sed -e '/^\.\\" settings: begin/r $@.list' -e '/^\.\\" settings: begin/,/^\.\\" settings: end/{//!d}' $@ >$@.now
	@rm $@.list && mv $@.now $@

settings: wechat.conf.example docs/en/settings.md docs/zh/settings.md man/wechat.conf.5

# The reference, from the manual pages and the schemas; it needs mandoc.
.PHONY: documents
documents: settings
	perl tools/reference man docs/reference

demo: demo-packages
	@$(MAKE) --no-print-directory all $(SIM) $(SIM_HTML)
	@perl tests/tools/demo run

demo-start: demo-packages
	@$(MAKE) --no-print-directory all $(SIM) $(SIM_HTML)
	@perl tests/tools/demo start

demo-stop:
	@perl tests/tools/demo stop

.PHONY: demo-packages
demo-packages:
	@sh tests/tools/install-packages build demo

# The Vue app (npm), under $(BUILD): ready for `npm run dev`, and built.
VUE_APP := $(BUILD)/vue-app/vue
VUE := $(BUILD)/vue/index.html
.PHONY: vue
vue: $(VUE)

$(VUE_APP)/.done: html/vue/package-lock.json
	@mkdir -p $(@D)
	cp html/vue/package.json html/vue/package-lock.json html/vue/.npmrc $(@D)/
	cd $(@D) && npm ci --prefer-offline --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || { tail -n 5 npm.log >&2; exit 1; }
	@touch $@

$(VUE): $(VUE_APP)/.done $(wildcard html/vue/*.html html/vue/*.js html/vue/src/*) html/style.css
	cp html/style.css $(VUE_APP)/..
	cp -R html/vue/index.html html/vue/vite.config.js html/vue/src $(VUE_APP)/
	cd $(VUE_APP) && npm run --silent build -- --outDir $(abspath $(@D)) --emptyOutDir --logLevel warn
	@touch $@

# An archive of the ordinary programs, for hosts with the same libraries as this machine.
.PHONY: dist dist-shared
dist-shared: all
	@sh static/dist.sh $(BUILD)/cgi-bin $(BUILD)/html $(BUILD)/dist-shared $(VERSION)

# The sources, with what npm is needed for: they are built without npm and without network.
dist:
	@sh tools/source-archive '$(BUILD)/dist-source' '$(VERSION)' '$(abspath $(BUILD))/html-node'

# Debian's package, from that archive.
.PHONY: deb
deb: dist
	@sh tests/tools/install-packages build deb
	@sh tools/debian-package '$(BUILD)/dist-source/wechat-cgi-$(VERSION).tar.gz' '$(BUILD)/deb'

# The installed copies of the programs know where their settings, state and pages are; the programs in $(BUILD) do not.
MAN := $(wildcard man/*.[1-8])
man_of = $(foreach page,$(MAN),$(mandir)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

install: programs html
	$(INSTALL) -d '$(DESTDIR)$(cgidir)' '$(DESTDIR)$(bindir)' '$(DESTDIR)$(pagesdir)/words' '$(DESTDIR)$(docdir)' \
	    '$(DESTDIR)$(completiondir)' $(sort $(patsubst %/,'$(DESTDIR)%',$(dir $(man_of))))
	@set -e; copies=$$(mktemp -d); trap 'rm -rf "$$copies"' EXIT; echo "installing the programs"; \
	for program in $(CGI) $(COMMAND) $(FCGI); do \
	    OBJCOPY='$(OBJCOPY)' sh tools/installed "$$program" "$$copies/$${program##*/}" '$(sysconfdir)/wechat-cgi/wechat.conf' '$(statedir)' '$(pagesdir)'; \
	done; \
	$(INSTALL_PROGRAM) "$$copies"/*.cgi '$(DESTDIR)$(cgidir)/'; \
	$(INSTALL_PROGRAM) "$$copies/wechat" "$$copies/wechat.fcgi" '$(DESTDIR)$(bindir)/'
	$(INSTALL_DATA) $(COMPLETION) '$(DESTDIR)$(completiondir)/wechat'
	@set -e; $(foreach page,$(man_of),$(INSTALL_DATA) man/$(notdir $(page)) '$(DESTDIR)$(page)'; )
	$(INSTALL_DATA) $(BUILD)/html/*.html $(BUILD)/html/version.txt '$(DESTDIR)$(pagesdir)'
	$(INSTALL_DATA) $(BUILD)/html/words/*.txt '$(DESTDIR)$(pagesdir)/words'
	$(INSTALL_DATA) README.md README.zh-CN.md wechat.conf.example '$(DESTDIR)$(docdir)'
	@set -e; sh tools/documents | while read -r file; do \
	    $(INSTALL) -d '$(DESTDIR)$(docdir)'/"$$(dirname "$$file")"; $(INSTALL_DATA) "$$file" '$(DESTDIR)$(docdir)'/"$$file"; done

# The same without debug information.
install-strip:
	@$(MAKE) --no-print-directory INSTALL_PROGRAM='$(INSTALL_PROGRAM) -s' install

# Settings and state stay: they are the owner's.
uninstall:
	rm -f $(PROGRAMS:%='$(DESTDIR)$(cgidir)/%.cgi') '$(DESTDIR)$(bindir)/wechat' '$(DESTDIR)$(bindir)/wechat.fcgi' '$(DESTDIR)$(completiondir)/wechat' $(man_of:%='$(DESTDIR)%')
	rm -rf '$(DESTDIR)$(pagesdir)' '$(DESTDIR)$(docdir)'
	-rmdir '$(DESTDIR)$(datadir)/wechat-cgi' 2>/dev/null

clean:
	@if [ -f tests/tools/demo ]; then perl tests/tools/demo stop >/dev/null 2>&1 || true; fi
	rm -rf $(BUILD)

help:
	@echo "make             build the programs and the pages into $(BUILD)/"
	@echo "make demo        try it here: the tour on 127.0.0.1:$(SIM_PORT), the site on :$(DEMO_PORT)"
	@echo "make demo-start  the same in the background; make demo-stop ends it"
	@echo "make vue         the Vue app as static files: $(BUILD)/vue"
	@echo "make static      the programs for any Linux, no library needed: $(BUILD)/static/cgi-bin"
	@echo "make dist-static the same as archives to unpack, .tar.gz and .zip: $(BUILD)/dist (ARCH=aarch64: for that processor)"
	@echo "make dist-static-all  for x86_64 and aarch64"
	@echo "make dist-shared an archive of the ordinary programs, for hosts with the same libraries: $(BUILD)/dist-shared"
	@echo "make dist        an archive of the sources, built without npm and network: $(BUILD)/dist-source"
	@echo "make site        the documentation as a static site: $(BUILD)/site"
	@echo "make deb         Debian's package, from that archive: $(BUILD)/deb"
	@echo "make bench       measure the programs against a do-nothing CGI, in the same run"
	@echo "make check       install what is missing, build, run every test"
	@echo "make check-static  the same on the static build, without pages and browsers"
	@echo "make check-hard  crashes, faults, attacks and load for an hour (HARD_SECONDS=3600), and a table"
	@echo "make check-deb   Debian's package in a clean Debian: installed, signed in, upgraded, purged (as root)"
	@echo "make check-fastcgi  the tests of servers and programs through wechat.fcgi"
	@echo "make check-upgrade  today's programs and those of earlier versions serve one state in turn"
	@echo "make check-sanitize  the suite under ASan, UBSan and LSan; check-valgrind: under memcheck"
	@echo "make coverage    what the suite reaches, with a report: $(BUILD)/coverage/html-report"
	@echo "make check-analyse   gcc -fanalyzer, clang-tidy, cppcheck: no finding"
	@echo "make release     build and test everything, leave archives in $(BUILD)/release: RELEASING.md"
	@echo "make mutants     how many of 200 random changes of the code the tests notice (SEED= MUTANTS=)"
	@echo "make fuzz-merge  keep as seeds what check-hard found by fuzzing"
	@echo "make sheets      contact sheets of every page, to look at: $(BUILD)/sheets"
	@echo "make pictures    make the documents' pictures anew: html/*.png"
	@echo "make wechat.conf.example  write it anew from the table of settings"
	@echo "make install     install it here, with GNU's variables (DESTDIR= prefix= sysconfdir= …): docs/en/install.md"
	@echo "make install-strip  the same without debug information"
	@echo "make settings    write the example, the pages and the manual page of the settings anew, from their table"
	@echo "make documents   the same, and docs/reference from the manual pages (mandoc)"
	@echo "make uninstall   take it away again (same variables)"
	@echo "make clean       remove $(BUILD)/"

include tests/tests.mk
include static/release.mk
include site/site.mk
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/lib/*/*.d $(BUILD)/tests/*/*.d $(BUILD)/tests/*/*/*.d)
