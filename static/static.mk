# The static build: how a build with STATIC=FOLDER differs, and the targets that make one. The Makefile includes it.

# STATIC=FOLDER builds against musl and the static libraries in FOLDER: see `static`.
ifdef STATIC
CC := gcc -specs=$(STATIC)/static-pie.specs
override CPPFLAGS += -I$(STATIC)/include
override LDFLAGS += -L$(STATIC)/lib
SMALL_LIBS := -ljson-c -lexpat -lmbedcrypto -lm
CURL_LIBS := -lcurl -lmbedtls -lmbedx509 $(SMALL_LIBS)
QR_LIBS := -lqrencode
ARCHIVES := $(wildcard $(STATIC)/lib/*.a)
CMOCKA := -lcmocka-static
STATIC_FLAGS := -ffile-prefix-map=$(CURDIR)=. -DHTTP_OVER_MBEDTLS -DMEMORY_POOL=262144
else
# What reads formats of the world outside, curl and Expat, is the host's own, which its updates reach. The others are
# inside where their archives exist: the loader has less to do, and json-c's malloc() can be ours (memory.h). An
# update of an archive has the programs linked again by the next `make`.
archive = $(wildcard $(shell $(CC) -print-file-name=lib$(1).a 2>/dev/null))
static = $(if $(call archive,$(1)),-l:lib$(1).a,-l$(1))
SMALL_LIBS := $(call static,json-c) -lexpat $(call static,mbedcrypto)
CURL_LIBS := -lcurl
QR_LIBS := -lqrencode
ARCHIVES := $(call archive,json-c) $(call archive,mbedcrypto)
CMOCKA := -lcmocka
endif

# The same programs for any Linux of this architecture: against musl, with every library inside.
.PHONY: static static-libs check-static dist-static
STATIC_LIBS := $(BUILD)/static-libs
AS_STATIC = $(MAKE) --no-print-directory BUILD=$(BUILD)/static STATIC=$(abspath $(STATIC_LIBS))

static-libs:
	@sh tests/tools/install-packages build static
	@sh static/build.sh $(STATIC_LIBS)

static: static-libs
	@$(AS_STATIC) programs

check-static: check-packages static-libs
	@$(AS_STATIC) all
	@$(AS_STATIC) check-build
	@WECHAT_BUILD=$(abspath $(BUILD))/static sh tests/run

dist-static: static html
	@sh static/dist.sh $(BUILD)/static/cgi-bin $(BUILD)/html $(BUILD)/dist $(VERSION) $(STATIC_LIBS)
