# LivePhoto: build, demo, test, install. `make help` lists the targets.
#
# SwiftPM compiles; this file gives its products the shape that C programs, distributions and people expect.

VERSION := $(shell sed -n 's/^\#define LIVEPHOTO_VERSION_STRING "\(.*\)"/\1/p' include/livephoto.h)
ABI := $(shell sed -n 's/^\#define LIVEPHOTO_ABI_VERSION \([0-9]*\)/\1/p' include/livephoto.h)

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
DESTDIR ?=
SWIFT ?= swift
PYTHON ?= python3
# Flags for both products: the static standard library only concerns the command; Package.swift sees to the library.
SWIFTFLAGS ?= -c release --static-swift-stdlib

LIBRARY := build/lib/liblivephoto.so.$(VERSION)
COMMAND := build/bin/livephoto
MODEL := Models/livephoto-mini
DEMO_PHOTO ?= Examples/photos/cat.jpg
DEMO_PROMPT ?= the camera zooms in

.PHONY: all help check-dependencies dependencies test-dependencies library command demo test test-swift test-c \
	test-python test-readme bench install uninstall clean FORCE

all: check-dependencies $(LIBRARY) $(COMMAND)  ## build/lib/liblivephoto.so and build/bin/livephoto (release)

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

check-dependencies:
	@scripts/install-dependencies.sh --check

dependencies:  ## install the Debian packages that are missing for building
	@scripts/install-dependencies.sh

test-dependencies:
	@scripts/install-dependencies.sh --test

# SwiftPM knows what is up to date; make only copies when it has built something new.
library: $(LIBRARY)
command: $(COMMAND)

.build/release/liblivephoto.so: FORCE
	@$(SWIFT) build $(SWIFTFLAGS) --product livephoto

.build/release/livephoto-command: FORCE | .build/release/liblivephoto.so
	@$(SWIFT) build $(SWIFTFLAGS) --product livephoto-command

$(LIBRARY): .build/release/liblivephoto.so
	@mkdir -p build/lib build/debug
	@objcopy --only-keep-debug $< build/debug/liblivephoto.so.$(VERSION).debug
	@install -m 755 $< $@
	@strip --strip-unneeded $@
	@cd build/debug && objcopy --add-gnu-debuglink=liblivephoto.so.$(VERSION).debug ../lib/$(notdir $@)
	@ln -sf $(notdir $@) build/lib/liblivephoto.so.$(ABI)
	@ln -sf liblivephoto.so.$(ABI) build/lib/liblivephoto.so
	@echo "built $@"

$(COMMAND): .build/release/livephoto-command
	@mkdir -p build/bin
	@install -m 755 $< $@
	@strip $@
	@echo "built $@"

demo: dependencies $(COMMAND) $(LIBRARY)  ## animate an example photo into out/demo.mp4
	@mkdir -p out
	@echo "\"$(DEMO_PROMPT)\", photo $(DEMO_PHOTO), intensity 6:"
	@$(COMMAND) animate "$(DEMO_PHOTO)" "$(DEMO_PROMPT)" --intensity 6 --seed 1 -o out/demo.mp4

test: test-dependencies test-swift test-c test-python test-readme  ## every test: Swift, C, examples, Python, README
	@echo "all tests passed"

test-swift:  ## the Swift packages' tests
	$(SWIFT) test

test-c: $(LIBRARY) $(COMMAND)  ## the C API, the command line, the C examples, installation
	Tests/ABITests/run.sh

test-python: $(LIBRARY) $(COMMAND)  ## the Python package
	scripts/test-python.sh

test-readme: $(LIBRARY) $(COMMAND)  ## the programs in README.md
	scripts/test-readme.sh

bench: all  ## seconds per stage, speed of the products, memory
	@$(COMMAND) bench

# install(1) and sed, no absolute path of the build in anything that is installed.
install: all  ## into PREFIX (default /usr/local), under DESTDIR
	install -d "$(DESTDIR)$(LIBDIR)/pkgconfig" "$(DESTDIR)$(LIBDIR)/cmake/livephoto" "$(DESTDIR)$(INCLUDEDIR)" \
		"$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(DATADIR)/man/man1" "$(DESTDIR)$(DATADIR)/livephoto/models"
	install -m 755 $(LIBRARY) "$(DESTDIR)$(LIBDIR)/"
	ln -sf liblivephoto.so.$(VERSION) "$(DESTDIR)$(LIBDIR)/liblivephoto.so.$(ABI)"
	ln -sf liblivephoto.so.$(ABI) "$(DESTDIR)$(LIBDIR)/liblivephoto.so"
	install -m 755 $(COMMAND) "$(DESTDIR)$(BINDIR)/"
	install -m 644 include/livephoto.h "$(DESTDIR)$(INCLUDEDIR)/"
	install -m 644 Sources/LivePhotoCommand/livephoto.1 "$(DESTDIR)$(DATADIR)/man/man1/"
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@DATADIR@|$(DATADIR)|' -e 's|@VERSION@|$(VERSION)|' Bindings/C/livephoto.pc.in \
		> "$(DESTDIR)$(LIBDIR)/pkgconfig/livephoto.pc"
	for file in livephotoConfig.cmake livephotoConfigVersion.cmake; do \
		sed -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' \
			-e 's|@ABI@|$(ABI)|' Bindings/C/$$file.in > "$(DESTDIR)$(LIBDIR)/cmake/livephoto/$$file" || exit 1; \
	done
	if [ -d $(MODEL) ]; then cp -R $(MODEL) "$(DESTDIR)$(DATADIR)/livephoto/models/"; fi

uninstall:  ## remove what install put into PREFIX
	rm -f "$(DESTDIR)$(LIBDIR)"/liblivephoto.so* "$(DESTDIR)$(BINDIR)/livephoto" \
		"$(DESTDIR)$(INCLUDEDIR)/livephoto.h" "$(DESTDIR)$(LIBDIR)/pkgconfig/livephoto.pc" \
		"$(DESTDIR)$(DATADIR)/man/man1/livephoto.1"
	rm -rf "$(DESTDIR)$(LIBDIR)/cmake/livephoto" "$(DESTDIR)$(DATADIR)/livephoto/models/livephoto-mini"
	-rmdir "$(DESTDIR)$(DATADIR)/livephoto/models" "$(DESTDIR)$(DATADIR)/livephoto"

clean:  ## remove everything that was built
	rm -rf .build build out .venv
