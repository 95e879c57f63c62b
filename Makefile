# SPDX-License-Identifier: GPL-2.0-or-later
#
# make                 build/bootverdict, build/stub and build/busybox: static, against musl
# make SHARED=1        the distribution's libraries and libc instead, in build/shared/
# make SHARED=1 SAN=1  the same with AddressSanitizer and UBSan, in build/san/
# make size            the sizes of the three programs, and their limits
# make check           everything that CI runs; also check-lint, check-unit, check-cli,
#                      check-fuzz, check-boot, check-corpus-sample, check-truth-sample,
#                      check-reports
# make check-boot-all  every boot that there is a test of: hours
# make check-corpus    hundreds of healthy inputs that are unusual in one way each: minutes
# make check-truth     10,000 random damages below a file system, and what is no damage: minutes
# make check-matrix    every kind of damage in real guests: hours
# make check-crash     a power cut at every write of seal, on every file system: hours
# make fuzz            the fuzzers, FUZZ_SECONDS each (make check: 12)
# make bench, make demo, make format, make clean
# make install         with PREFIX= and DESTDIR=; make uninstall

VERSION := 0.1

PREFIX ?= /usr
DESTDIR ?=
SHARED ?=
SAN ?=
FUZZ_SECONDS ?= 12

# V=1 shows whole commands.
V ?=
Q := $(if $(V),,@)
quiet := $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V)$(quiet),:,echo) '  $(1)	$(FORM)	$(2)'

.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
export LC_ALL := C

# Limits in bytes; `make size` fails above them. All three are loaded with every initrd; 80 KiB of
# the checker are the words of the catalog, which somebody at a console without a net can read.
MAX_STUB := 16384
MAX_CHECKER := 983040
MAX_BUSYBOX := 358400

CACHE := cache
DEPS := $(abspath $(CACHE))/deps

LIB_SRCS := $(sort $(shell find src -name '*.c' ! -path 'src/stub/*' ! -path src/main.c))
MAIN_SRCS := $(wildcard src/main.c)
STUB_SRCS := $(sort $(wildcard src/stub/*.c))
UNIT_SRCS := $(sort $(wildcard tests/unit/test_*.c))
FUZZ_SRCS := $(sort $(wildcard tests/fuzz/fuzz_*.c))

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wcast-qual -Wpointer-arith -Werror
TEST_WARNINGS := -Wall -Wextra -Wshadow -Werror
LANGUAGE := -std=gnu11 -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DBOOTVERDICT_VERSION='"$(VERSION)"'

LIB_NAMES := zlib libzstd liblzma liblz4 libcryptsetup json-c nettle uuid

# ---- the form: which compiler, which libraries, which folder ----------------------------------

ifeq ($(SHARED),1)
  ifeq ($(origin CC),default)
    CC := gcc
  endif
  ifeq ($(FUZZ),1)
    FORM := fuzz
    CC := clang
    SANITIZE := -fsanitize=address,undefined,fuzzer-no-link
  else ifeq ($(SAN),1)
    FORM := san
    SANITIZE := -fsanitize=address,undefined
  else
    FORM := shared
  endif
  ifeq ($(filter fuzz,$(FORM))$(filter gcc,$(notdir $(CC))),)
    FORM := $(FORM)-$(notdir $(CC))
  endif
  OUT := build/$(FORM)
  OPT ?= -O2 -g
  ifneq ($(SANITIZE),)
    SANITIZE += -fno-sanitize-recover=all -fno-omit-frame-pointer
  endif
  PKG_CFLAGS := $(shell pkg-config --cflags $(LIB_NAMES))
  LIBS := $(shell pkg-config --libs $(LIB_NAMES))
  FORM_CFLAGS := $(OPT) $(SANITIZE) $(PKG_CFLAGS)
  FORM_LDFLAGS := $(SANITIZE)
  STUB_CFLAGS := $(OPT) $(SANITIZE)
  STUB_LDFLAGS := $(SANITIZE)
  STRIP := :
  BIN := $(OUT)/bootverdict
  STUB := $(OUT)/stub
  DEPS_READY :=
  ALL := $(BIN) $(STUB)
else
  FORM := static
  OUT := build/static
  CC := $(DEPS)/bin/musl-gcc
  OPT ?= -Os
  BARE := -g0 -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-unwind-tables -fomit-frame-pointer -fno-pie -flto
  # Program headers and code share pages: 4 KiB less per program, and nothing here is secret.
  LINK := -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,norelro \
	-Wl,-z,noseparate-code
  FORM_CFLAGS := $(OPT) $(BARE) -fstack-protector-strong
  FORM_LDFLAGS := $(OPT) $(BARE) -flto=auto $(LINK) -L$(DEPS)/lib
  LIBS := -Wl,--start-group -lcryptsetup -lnettle -ljson-c -ldevmapper -luuid -llzma -lzstd \
	-llz4 -lz -Wl,--end-group -lpthread
  STUB_CFLAGS := -Os $(BARE)
  STUB_LDFLAGS := -Os $(BARE) -flto=auto $(LINK)
  STRIP := strip -s -R .comment -R .note.gnu.property
  BIN := build/bootverdict
  STUB := build/stub
  DEPS_READY := $(DEPS)/ready
  ALL := $(BIN) $(STUB) build/busybox
endif

OBJ := $(OUT)/obj
LIB_OBJS := $(LIB_SRCS:%.c=$(OBJ)/%.o)
MAIN_OBJS := $(MAIN_SRCS:%.c=$(OBJ)/%.o)
STUB_OBJS := $(STUB_SRCS:%.c=$(OBJ)/%.o)
UNITS := $(UNIT_SRCS:tests/unit/%.c=$(OUT)/unit/%)
FUZZERS := $(FUZZ_SRCS:tests/fuzz/%.c=$(OUT)/bin/%)

.PHONY: all deps size install install-guard uninstall check check-lint check-unit check-cli \
	check-fuzz check-boot check-boot-all check-corpus check-corpus-sample check-truth \
	check-truth-sample check-reports check-reports-all check-matrix check-crash fuzz bench demo \
	format clean unit-programs fuzz-programs FORCE

all: $(ALL)

# ---- the static libraries and busybox ---------------------------------------------------------

deps: $(DEPS)/ready

$(DEPS)/ready: deps/build deps/fetch deps/pins deps/busybox.config $(wildcard deps/recipes/*) \
		$(wildcard deps/patches/*)
	deps/build $(CACHE)
	@touch $@

build/busybox: $(DEPS)/ready
	@mkdir -p $(@D)
	@new=$@.$$$$; cp $(DEPS)/busybox $$new && mv -f $$new $@

# ---- programs ---------------------------------------------------------------------------------

# Programs and objects appear in one step, so that nobody meets a half-written one.

keep_or_replace = if cmp -s $$new $@; then rm $$new; else mv -f $$new $@; fi

# Objects depend on the flags that made them.
SETTINGS = $(CC) $(WARNINGS) $(LANGUAGE) $(FORM_CFLAGS) $(STUB_CFLAGS) $(FORM_LDFLAGS) $(LIBS)
$(OUT)/settings: FORCE
	@mkdir -p $(@D)
	@new=$@.$$$$; printf '%s\n' "$(subst ",\",$(SETTINGS))" >$$new; $(keep_or_replace)

# Hashing is what most of a check's time goes into, in every form.
$(OBJ)/src/util/hash.o: EXTRA := -O3
$(STUB_OBJS): FORM_CFLAGS := $(STUB_CFLAGS)

$(OBJ)/src/%.o: src/%.c $(OUT)/settings $(DEPS_READY)
	@mkdir -p $(@D)
	@$(call say,CC,$<)
	$(Q)new=$@.$$$$; $(CC) $(LANGUAGE) $(WARNINGS) $(FORM_CFLAGS) $(EXTRA) -MMD -MP \
		-MF $(@:.o=.d) -MT $@ -c -o $$new $< && mv -f $$new $@

# A list of the objects: linking again when a source file goes away.
$(OUT)/objects: FORCE
	@mkdir -p $(@D)
	@new=$@.$$$$; printf '%s\n' '$(MAIN_OBJS) $(LIB_OBJS) $(STUB_OBJS)' >$$new; \
		$(keep_or_replace)

$(BIN): $(MAIN_OBJS) $(LIB_OBJS) $(OUT)/objects
	@mkdir -p $(@D)
	@$(call say,LINK,$@)
	$(Q)new=$@.$$$$; $(CC) $(FORM_LDFLAGS) -o $$new $(MAIN_OBJS) $(LIB_OBJS) $(LIBS) && \
		$(STRIP) $$new && mv -f $$new $@

$(STUB): $(STUB_OBJS) $(OUT)/objects
	@mkdir -p $(@D)
	@$(call say,LINK,$@)
	$(Q)new=$@.$$$$; $(CC) $(STUB_LDFLAGS) -o $$new $(STUB_OBJS) && \
		$(STRIP) $$new && mv -f $$new $@

size: $(ALL)
	@tests/lint/size build/stub $(MAX_STUB) build/bootverdict $(MAX_CHECKER) \
		build/busybox $(MAX_BUSYBOX)

# ---- unit tests and fuzzers, with all of src/ but the programs' main() -------------------------

$(OUT)/program.a: $(LIB_OBJS) $(OUT)/objects
	@new=$@.$$$$; ar rcsD $$new $(LIB_OBJS) && mv -f $$new $@

# The stub's main() is left in the archive when the test brings its own.
$(OUT)/stub.a: $(STUB_OBJS) $(OUT)/objects
	@new=$@.$$$$; ar rcsD $$new $(STUB_OBJS) && mv -f $$new $@

$(OUT)/unit/%: tests/unit/%.c tests/unit/kept_reports.c $(OUT)/program.a $(OUT)/stub.a
	@mkdir -p $(@D)
	@$(call say,LINK,$@)
	$(Q)$(CC) $(LANGUAGE) $(TEST_WARNINGS) $(FORM_CFLAGS) -Wl,--wrap=report_clear \
		-MMD -MP -MF $@.d -o $@ $< tests/unit/kept_reports.c \
		$(OUT)/program.a $(OUT)/stub.a $(LIBS) -lcmocka

$(OUT)/bin/fuzz_%: tests/fuzz/fuzz_%.c $(OUT)/program.a
	@mkdir -p $(@D)
	@$(call say,LINK,$@)
	$(Q)$(CC) $(LANGUAGE) $(TEST_WARNINGS) $(FORM_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d \
		-o $@ $< $(OUT)/program.a $(LIBS)

unit-programs: $(UNITS)
fuzz-programs: $(FUZZERS)

-include $(patsubst %.o,%.d,$(LIB_OBJS) $(MAIN_OBJS) $(STUB_OBJS))
-include $(UNITS:%=%.d) $(FUZZERS:%=%.d)

# ---- checks -----------------------------------------------------------------------------------

# Every part leaves "passed failed" in build/results/, and the last line counts them all.
check:
	@rm -rf build/results build/reports
	@for part in lint unit cli fuzz corpus-sample truth-sample boot reports-all; do \
		echo "== $$part"; begun=$$(date +%s); \
		$(MAKE) --no-print-directory check-$$part || :; \
		echo "   $$(($$(date +%s) - begun)) s"; done
	@tests/summary lint unit cli fuzz corpus-sample truth-sample boot reports

check-lint:
	@tests/lint/run

check-unit:
	@tests/unit/run $(T)

check-cli:
	@tests/cli/run $(T)

check-fuzz:
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run $(F)

check-boot: all
	@tests/boot/run $(if $(T),-k '$(T)')

check-boot-all: all
	tests/boot/run --all

# The reports that the tests before have left; only all of them have every finding.
check-reports:
	@tests/reports/run

check-reports-all:
	@tests/reports/run --all

check-corpus: all
	tests/corpus/run

check-corpus-sample: all
	@tests/corpus/run --sample

check-truth: all
	tests/truth/run

check-truth-sample: all
	@tests/truth/run --sample

check-matrix: all
	tests/luks/run
	tests/boot/run --matrix

check-crash: all
	tests/boot/run --crash

fuzz:
	@FUZZ_SECONDS=$(if $(filter file,$(origin FUZZ_SECONDS)),3600,$(FUZZ_SECONDS)) tests/fuzz/run $(F)

bench: all
	tests/bench/run

demo:
	tests/boot/demo

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build

# ---- installation -----------------------------------------------------------------------------

SBIN := $(DESTDIR)$(PREFIX)/sbin
LIB := $(DESTDIR)$(PREFIX)/lib/bootverdict
DOC := $(DESTDIR)$(PREFIX)/share/doc/bootverdict
GLUE := $(DESTDIR)$(PREFIX)/share/initramfs-tools
POST_UPDATE := $(DESTDIR)/etc/initramfs/post-update.d
KERNEL_HOOKS := $(DESTDIR)/etc/kernel
CONFIG := $(DESTDIR)/etc/bootverdict.conf

# install_tree FROM,TO: every file below FROM, executable when it is executable there.
define install_tree
	@find $(1) -type f | while read -r file; do \
		mode=0644; [ ! -x "$$file" ] || mode=0755; \
		install -v -D -m "$$mode" "$$file" "$(2)$${file#$(1)}" || exit 1; done
endef

# An initrd always gets the static form; SHARED=1 decides about the command in /usr/sbin alone.
install: $(ALL) install-guard
	install -d $(SBIN)
ifeq ($(FORM),static)
	ln -sfn ../lib/bootverdict/bootverdict $(SBIN)/bootverdict
else
	install -m 0755 $(BIN) $(SBIN)/bootverdict
endif
	$(call install_tree,hook,$(LIB))
	$(call install_tree,initramfs-tools/scripts,$(GLUE)/scripts)
	$(call install_tree,initramfs-tools/post-update.d,$(POST_UPDATE))
	$(call install_tree,kernel,$(KERNEL_HOOKS))
	$(if $(wildcard README.md),install -D -m 0644 README.md $(DOC)/README.md)
	$(foreach file,$(wildcard doc/*),install -D -m 0644 $(file) $(DOC)/$(file) || exit 1;)
	@if [ -z "$(DESTDIR)" ] && [ -e $(CONFIG) ]; then \
		echo "keeping $(CONFIG)"; \
	else \
		install -v -D -m 0644 etc/bootverdict.conf $(CONFIG); fi

install-guard:
	$(MAKE) SHARED= SAN= all
	install -D -m 0755 build/stub $(LIB)/init
	install -D -m 0755 build/bootverdict $(LIB)/bootverdict
	install -D -m 0755 build/busybox $(LIB)/busybox
	cd $(LIB) && sha256sum init bootverdict busybox >sums

# The configuration and the sealed records stay, as with a package that is removed. So does what an
# interrupted seal left of an image that is not there any more: it may be all that is left of it.
uninstall:
	rm -f $(SBIN)/bootverdict
	@find initramfs-tools/scripts -type f -printf '$(GLUE)/%H/%P\n' | \
		sed 's,/initramfs-tools/initramfs-tools/,/initramfs-tools/,' | xargs -r rm -fv
	@find initramfs-tools/post-update.d -type f -printf '$(POST_UPDATE)/%P\n' | xargs -r rm -fv
	@find kernel -type f -printf '$(KERNEL_HOOKS)/%P\n' | xargs -r rm -fv
	rm -rf $(LIB) $(DOC)
	@for file in $(DESTDIR)/boot/.*.bootverdict-new $(DESTDIR)/boot/.*.bootverdict-old; do \
		name=$${file##*/.}; \
		[ ! -e "$(DESTDIR)/boot/$${name%.bootverdict-*}" ] || rm -f "$$file"; \
	done
	@[ -n "$(DESTDIR)" ] || echo "now run: update-initramfs -u -k all"
