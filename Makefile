# SPDX-License-Identifier: GPL-2.0-or-later
#
# make                 build/bootverdict, build/stub and build/busybox: static, against musl
# make SHARED=1        the distribution's libraries and libc, under build/shared/
# make SHARED=1 SAN=1  the same with AddressSanitizer and UBSan, under build/san/
# make check           everything that CI runs

VERSION := 0.1

PREFIX ?= /usr
DESTDIR ?=
SHARED ?=
SAN ?=
FUZZ_SECONDS ?= 60

.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
export LC_ALL := C

# Every build below lives in its own folder, so that the forms never mix their objects.
CACHE := cache
DEPS := $(abspath $(CACHE))/deps

LIB_SRCS := $(sort $(shell find src -name '*.c' ! -path 'src/stub/*' ! -path src/main.c 2>/dev/null))
MAIN_SRCS := $(wildcard src/main.c)
STUB_SRCS := $(sort $(wildcard src/stub/*.c))

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wcast-qual -Wpointer-arith -Werror
COMMON := -std=gnu11 -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DBOOTVERDICT_VERSION='"$(VERSION)"' $(WARNINGS)

LIB_NAMES := zlib libzstd liblzma liblz4 libcryptsetup json-c nettle uuid
pkg = $(shell pkg-config $(1) $(LIB_NAMES) 2>/dev/null)

# ---- which form -----------------------------------------------------------------------------

ifeq ($(SHARED),1)
  ifeq ($(origin CC),default)
    CC := gcc
  endif
  FORM := shared
  ifeq ($(SAN),1)
    FORM := san
    SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
  endif
  ifneq ($(CC),gcc)
    FORM := $(FORM)-$(notdir $(CC))
  endif
  ifeq ($(SANITIZE_FUZZER),1)
    FORM := fuzz
    SANFLAGS += -fsanitize=fuzzer-no-link
  endif
  OUT := build/$(FORM)
  OPT ?= -O2 -g
  FORM_CFLAGS = $(OPT) $(SANFLAGS) $(call pkg,--cflags)
  FORM_LIBS = $(call pkg,--libs)
  BIN := $(OUT)/bootverdict
  STUB := $(OUT)/stub
  ARCHIVER := ar
else
  FORM := static
  OUT := build/static
  CC := $(DEPS)/bin/mcc
  SECTIONS := -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-unwind-tables -fomit-frame-pointer -fno-pie -g0
  OPT ?= -Os
  FORM_CFLAGS = $(OPT) $(SECTIONS) -fstack-protector-strong -flto -I$(DEPS)/include
  FORM_LDFLAGS = $(OPT) $(SECTIONS) -flto=2 -static -no-pie -L$(DEPS)/lib -Wl,--gc-sections \
	-Wl,--build-id=none -Wl,-z,norelro -Wl,-z,noseparate-code
  FORM_LIBS = -Wl,--start-group -lcryptsetup -lnettle -ljson-c -ldevmapper -luuid \
	-llzma -lzstd -llz4 -lz -Wl,--end-group -lpthread
  BIN := build/bootverdict
  STUB := build/stub
  ARCHIVER := gcc-ar
  STRIP := strip -s -R .comment -R .note.gnu.property
endif

OBJ := $(OUT)/obj
LIB_OBJS := $(LIB_SRCS:%.c=$(OBJ)/%.o)
MAIN_OBJS := $(MAIN_SRCS:%.c=$(OBJ)/%.o)
STUB_OBJS := $(STUB_SRCS:%.c=$(OBJ)/%.o)
ARCHIVE := $(OUT)/libbootverdict.a

# ---- targets --------------------------------------------------------------------------------

.PHONY: all size install uninstall check check-unit check-cli check-boot check-fuzz check-lint \
	check-matrix fuzz bench demo format clean FORCE

ifeq ($(FORM),static)
all: $(BIN) $(STUB) build/busybox
else
all: $(BIN) $(STUB)
endif

# Objects depend on the flags that made them.
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC) $(COMMON) $(FORM_CFLAGS))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(CC) $(COMMON) $(FORM_CFLAGS))' > $@

$(OBJ)/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(FORM_CFLAGS) $(EXTRA_CFLAGS) -MMD -MP -c -o $@ $<

# Hashing is what a check spends its time on, in every form.
$(OBJ)/src/util/hash.o: EXTRA_CFLAGS := -O3

$(ARCHIVE): $(LIB_OBJS)
	@rm -f $@
	$(ARCHIVER) rcsD $@ $^

$(BIN): $(MAIN_OBJS) $(LIB_OBJS)
	@mkdir -p $(@D)
	$(CC) $(FORM_LDFLAGS) $(SANFLAGS) -o $@ $^ $(FORM_LIBS)
	$(if $(STRIP),$(STRIP) $@)

-include $(patsubst %.o,%.d,$(LIB_OBJS) $(MAIN_OBJS) $(STUB_OBJS))

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build
