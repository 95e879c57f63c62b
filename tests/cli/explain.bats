#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The catalog of findings, as somebody reads it who has just seen an id.

# shellcheck disable=SC2154 # run sets stderr

bats_require_minimum_version 1.5.0

load system

explain() {
	run --separate-stderr "$BOOTVERDICT" explain "$@"
}

fits_console() {
	! grep -E '.{79}|[^ -~]'
}

ids() {
	sed -n 's/^FINDING(.*"\(BV-[^"]*\)".*/\1/p' "$BATS_TEST_DIRNAME/../../src/verdict/catalog_rows.h"
}

@test "the list has every finding, a line each, that fits a console" {
	explain
	[ "$status" -eq 0 ]
	[ "$(cut -d' ' -f1 <<<"$output")" = "$(ids)" ]
	[ "$(ids | wc -l)" -gt 80 ]
	fits_console <<<"$output"
}

@test "every finding says what happened, how it is known, what to do, and how sure it is" {
	local id

	for id in $(ids); do
		explain "$id"
		[ "$status" -eq 0 ]
		[[ "${lines[0]}" == "$id: "?* ]]
		[[ "$output" == *"What happened: "*"How known: "*"In the guest: "*"How sure: "* ]]
		fits_console <<<"$output"
	done
}

@test "several at a time; small letters, and without the first part" {
	explain bv-luks-keyslot CONTENT-MISSING
	[ "$status" -eq 0 ]
	[[ "$output" == "BV-LUKS-KEYSLOT: "*"BV-CONTENT-MISSING: "* ]]
}

@test "what does not exist is named, and the rest is told" {
	explain BV-LUKS-KEYSLOT BV-NO-SUCH
	[ "$status" -eq 2 ]
	[[ "$output" == "BV-LUKS-KEYSLOT: "* ]]
	[[ "$stderr" == *"there is no finding 'BV-NO-SUCH'"* ]]
	explain --no-such
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	explain --help
	[ "$status" -eq 0 ]
	[[ "$output" == "Usage: bootverdict explain"* ]]
}

@test "the help of every command fits a console" {
	local command

	for command in "" seal check luks explain boot; do
		# shellcheck disable=SC2086 # none, or one word
		run --separate-stderr -0 "$BOOTVERDICT" $command --help
		[[ "$output" == "Usage: bootverdict "* ]]
		fits_console <<<"$output"
	done
}

@test "an output that takes no more" {
	# shellcheck disable=SC2016 # the inner shell's
	run --separate-stderr sh -c '"$1" explain >/dev/full' sh "$BOOTVERDICT"
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"standard output"* ]]
}
