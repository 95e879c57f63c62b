#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a guard carries runs without anything else: no interpreter, no library, whatever is lost.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

alone() { # PROGRAM
	[[ $(readelf -hW "$1") == *"EXEC (Executable file)"* ]]
	[[ $(readelf -lW "$1") != *INTERP* ]]
	[[ $(readelf -dW "$1") != *NEEDED* ]]
}

@test "the checker is static" {
	alone build/bootverdict
}

@test "the stub is static" {
	alone build/stub
}

@test "busybox is static" {
	alone build/busybox
}

@test "a program of the distribution is not: the check can tell" {
	run ! alone "$(command -v cat)"
}

@test "the checker runs in an empty root" {
	mkdir "$BATS_TEST_TMPDIR/root"
	cp build/bootverdict "$BATS_TEST_TMPDIR/root/"
	run -0 unshare --user --map-root-user chroot "$BATS_TEST_TMPDIR/root" /bootverdict --version
	[[ $output == bootverdict* ]]
}

@test "busybox has a shell and finds its commands without links" {
	mkdir "$BATS_TEST_TMPDIR/root"
	cp build/busybox "$BATS_TEST_TMPDIR/root/"
	# shellcheck disable=SC2016 # busybox expands it
	run -0 unshare --user --map-root-user chroot "$BATS_TEST_TMPDIR/root" /busybox sh -c \
		'mkdir /proc; for i in 3 1 2; do echo $i; done | sort | head -n 1; ls /'
	[ "${lines[0]}" = 1 ]
	[[ $output == *busybox* ]]
}

@test "a program above its limit is reported" {
	head -c 101 /dev/zero >"$BATS_TEST_TMPDIR/program"
	run -1 tests/lint/size "$BATS_TEST_TMPDIR/program" 100
	[[ $output == *"TOO LARGE"* ]]
	run -0 tests/lint/size "$BATS_TEST_TMPDIR/program" 101
}
