# The static build: the differences of a build with STATIC=FOLDER, and the targets for it. Included by the Makefile.

# STATIC=FOLDER builds against musl and the static libraries in FOLDER: see the target static.
# ARCH=aarch64 cross-builds for another processor, whose programs run here under qemu ($(RUN)).
MACHINE := $(shell uname -m)
ARCH := $(MACHINE)
CROSS := $(filter-out $(MACHINE),$(ARCH))
ifdef STATIC
CC := $(CROSS:%=%-linux-gnu-)gcc -specs=$(STATIC)/static-pie.specs
override CPPFLAGS += -I$(STATIC)/include
override LDFLAGS += -L$(STATIC)/lib
HIREDIS := $(STATIC)/lib/libhiredis.a
SMALL_LIBS := -ljson-c -lexpat -lmbedcrypto -lhiredis -lm
CURL_LIBS := -lcurl -lmbedtls -lmbedx509 $(SMALL_LIBS)
QR_LIBS := -lqrencode
PNG_LIBS := -lpng16 -lz -lm
JPEG_LIBS := -ljpeg
ARCHIVES := $(wildcard $(STATIC)/lib/*.a)
AR := $(CROSS:%=%-linux-gnu-)ar
RUN := $(CROSS:%=qemu-%)
CMOCKA := -lcmocka-static
STATIC_FLAGS := -ffile-prefix-map=$(CURDIR)=. -DHTTP_OVER_MBEDTLS -DMEMORY_POOL=262144
else
# The libraries that read untrusted formats, curl and Expat, and libjpeg and libpng where they read pictures, are the host's shared
# ones, so that its updates reach them. The others are linked statically where archives exist: programs load faster, and json-c uses
# the kit's malloc() (memory.h). After an update of an archive, the next `make` links the programs again. hiredis is used as an
# archive or not at all: without it, the programs refuse `state = redis://…`.
archive = $(wildcard $(shell $(CC) -print-file-name=lib$(1).a 2>/dev/null))
static = $(if $(call archive,$(1)),-l:lib$(1).a,-l$(1))
HIREDIS := $(call archive,hiredis)
SMALL_LIBS := $(call static,json-c) -lexpat $(call static,mbedcrypto) $(if $(HIREDIS),-l:libhiredis.a)
CURL_LIBS := -lcurl
QR_LIBS := -lqrencode
PNG_LIBS := $(call static,png16) $(call static,z) -lm
$(BUILD)/cgi-bin/wechat-picture.cgi: PNG_LIBS := -lpng16 -lm
JPEG_LIBS := -ljpeg
ARCHIVES := $(call archive,json-c) $(call archive,mbedcrypto) $(HIREDIS) $(call archive,png16) $(call archive,z)
CMOCKA := -lcmocka
endif

# The same programs for any Linux on one kind of processor: against musl, with all libraries inside.
.PHONY: static static-libs check-static dist-static dist-static-all
STATIC_LIBS := $(BUILD)/static-libs$(CROSS:%=-%)
STATIC_BUILD := $(BUILD)/static$(CROSS:%=-%)
AS_STATIC = $(MAKE) --no-print-directory BUILD=$(STATIC_BUILD) STATIC=$(abspath $(STATIC_LIBS))

# All tests but those of pages, tools, and what browsers show, which are the same on any build; and without those that make builds
# of their own (fuzz, watched), measure load, or show what a crash leaves on the disk, which is the code's and not the library's.
AS_STATIC_TESTS := unit/* $(addprefix hard/,attacks faults memory secrets) static/* push/* server/* cgi/* command/*

static-libs:
	@sh tests/tools/install-packages build static $(CROSS:%=cross-%)
	@sh static/build.sh $(STATIC_LIBS) $(ARCH)

static: static-libs
	@$(AS_STATIC) $(PARALLEL) programs

# TESTS: these instead, in folders of tests/: make check-static TESTS='cgi/* server/signin'
check-static: check-packages static-libs
	$(call SHARE_PAGES,$(STATIC_BUILD))
	@$(AS_STATIC) $(PARALLEL) check-programs
	@WECHAT_BUILD=$(abspath $(BUILD))/static sh tests/run $(BUILD)/static/tests/unit/*.t $(patsubst %,tests/%.t,$(or $(TESTS),$(AS_STATIC_TESTS)))

dist-static: static html
	@sh static/dist.sh $(STATIC_BUILD)/cgi-bin $(BUILD)/html $(BUILD)/dist $(VERSION) $(STATIC_LIBS) $(ARCH)

# For the processors that hosts have.
dist-static-all:
	@$(MAKE) --no-print-directory dist-static ARCH=x86_64
	@$(MAKE) --no-print-directory dist-static ARCH=aarch64
