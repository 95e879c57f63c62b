#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# `bootverdict boot` where it must not run. What it does in a boot is in tests/boot.

bats_require_minimum_version 1.5.0

load system

@test "outside an initial RAM disk it does nothing and says so" {
	[ ! -e /bootverdict ]
	run -2 bv boot
	[[ $output == *"/bootverdict is not here"* ]]
	[ ! -e /bootverdict ]
}

@test "bad usage exits 2 and names the problem" {
	for wrong in "--hold-fd x" "--hold-fd -1" "--hold-fd 99999" "--no-init 2x" "--no-init" "extra" \
		"--nonsense"; do
		# shellcheck disable=SC2086 # two words
		run -2 bv boot $wrong
		[[ $output == *"bootverdict boot"* ]]
	done
}

# A folder in the place of the initial RAM disk's root, with a checker that says how it was called
# and ends as told.
scripts_with_checker() {
	export BOOTVERDICT_ROOT=$BATS_TEST_TMPDIR/root
	mkdir -p "$BOOTVERDICT_ROOT/bootverdict/run"
	printf '#!/bin/sh\necho "called: $*"\nexit %s\n' "$1" >"$BOOTVERDICT_ROOT/bootverdict/bootverdict"
	chmod +x "$BOOTVERDICT_ROOT/bootverdict/bootverdict"
}

scripts=$BATS_TEST_DIRNAME/../../initramfs-tools/scripts

@test "the scripts of later stages call the checker, and never fail" {
	for ending in 0 2 139; do
		scripts_with_checker "$ending"
		run sh -e "$scripts/local-top/bootverdict"
		[ "$status" -eq 0 ]
		[ "$output" = "called: boot --before-unlock" ]
		run sh -e "$scripts/panic/bootverdict"
		[ "$status" -eq 0 ]
		[ "$output" = "called: boot --after-failure" ]
	done
}

@test "a refused passphrase is told of only where one was asked for" {
	scripts_with_checker 1
	run sh -e "$scripts/local-block/bootverdict"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	touch "$BOOTVERDICT_ROOT/bootverdict/run/asked"
	run sh -e "$scripts/local-block/bootverdict"
	[ "$status" -eq 0 ]
	[ "$output" = "called: boot --after-refusal" ]
}

@test "in an image without a guard the scripts of later stages do nothing" {
	export BOOTVERDICT_ROOT=$BATS_TEST_TMPDIR/empty
	for script in "$scripts"/local-top/bootverdict "$scripts"/local-block/bootverdict \
		"$scripts"/panic/bootverdict; do
		run sh -e "$script"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
		run sh -e "$script" prereqs
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
}
