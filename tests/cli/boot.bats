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
