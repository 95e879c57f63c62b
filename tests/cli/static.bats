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

# PROGRAM ARGUMENT...: run it in a root folder that holds nothing else.
in_empty_root() {
	local program=$1 root=$BATS_TEST_TMPDIR/root enter=(chroot)

	shift
	mkdir "$root"
	cp "$program" "$root/"
	[ "$(id -u)" -eq 0 ] || enter=(unshare --user --map-root-user chroot)
	"${enter[@]}" "$root" "/${program##*/}" "$@"
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
	run -0 in_empty_root build/bootverdict --version
	[[ $output == bootverdict* ]]
}

@test "busybox has a shell and finds its commands without links" {
	# shellcheck disable=SC2016 # busybox expands it
	run -0 in_empty_root build/busybox ash -c \
		'for i in 3 1 2; do echo $i; done | sort | head -n 1; ls /'
	[ "${lines[0]}" = 1 ]
	[ "${lines[1]}" = busybox ]
}

@test "a program above its limit is reported" {
	head -c 101 /dev/zero >"$BATS_TEST_TMPDIR/program"
	run -1 tests/lint/size "$BATS_TEST_TMPDIR/program" 100
	[[ $output == *"TOO LARGE"* ]]
	run -0 tests/lint/size "$BATS_TEST_TMPDIR/program" 101
}
