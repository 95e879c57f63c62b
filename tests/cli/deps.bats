#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# deps/fetch: what is not what deps/pins says is not built.

bats_require_minimum_version 1.5.0

setup() {
	FETCH=$BATS_TEST_DIRNAME/../../deps/fetch
	cd "$BATS_TEST_TMPDIR" || return
	mkdir archives
	echo 'a source archive' >archives/example_1.orig.tar.gz
	export PINS=$PWD/pins
	echo "example 1-1 example_1.orig.tar.gz $(sha256sum <archives/example_1.orig.tar.gz |
		cut -d' ' -f1)" >pins
	# An archive that has nothing, so that no test needs a network.
	mkdir empty
	export DEBIAN_MIRROR=file:$PWD/empty
}

@test "a file with the right checksum is taken" {
	run -0 "$FETCH" example archives
}

@test "one changed byte stops the build and names file and checksums" {
	echo 'b source archive' >archives/example_1.orig.tar.gz
	run -1 "$FETCH" example archives
	[[ $output == *"archives/example_1.orig.tar.gz: wrong checksum"* ]]
	[[ $output == *"$(cut -d' ' -f4 pins)"* ]]
	[ -e archives/example_1.orig.tar.gz ]
}

@test "a file that no archive has is named, with what to do" {
	rm archives/example_1.orig.tar.gz
	run -1 "$FETCH" example archives
	[[ $output == *"example_1.orig.tar.gz: not found"* ]]
	[[ $output == *"deps/pins"* ]]
}

@test "a file is downloaded from an archive's pool" {
	mkdir -p empty/pool/main/e/example
	mv archives/example_1.orig.tar.gz empty/pool/main/e/example/
	run -0 "$FETCH" example archives
	[ -s archives/example_1.orig.tar.gz ]
}

@test "a download with other bytes stops the build" {
	mkdir -p empty/pool/main/e/example
	echo 'something else' >empty/pool/main/e/example/example_1.orig.tar.gz
	rm archives/example_1.orig.tar.gz
	run -1 "$FETCH" example archives
	[[ $output == *"other bytes than deps/pins records"* ]]
	[ ! -e archives/example_1.orig.tar.gz ]
}

@test "a package without a pin is refused" {
	run -1 "$FETCH" unknown archives
	[[ $output == *"no such package"* ]]
}
