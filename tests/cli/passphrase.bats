#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bootverdict luks --try-passphrase: what a hostile header asks for is bounded, and the passphrase
# stays where it is.

bats_require_minimum_version 1.5.0

load system
load luks

setup() {
	DISK=$BATS_TEST_TMPDIR/disk.img
	EDIT=$BATS_TEST_DIRNAME/../luks/edit-luks2
}

slot() { # NUMBER: how the passphrase fared there
	field ".keyslots[] | select(.keyslot == $1) | .passphrase"
}

@test "passphrase: rounds without end are given up, and the other keyslot is tried all the same" {
	make_luks "$DISK" 2
	"$EDIT" "$DISK" 'm["keyslots"]["0"]["kdf"]["iterations"] = 4294967295'
	start=$EPOCHSECONDS
	run -4 with_passphrase "$SECOND" --try-seconds 2 --json "$DISK"
	[ $((EPOCHSECONDS - start)) -lt 30 ]
	[[ $(slot 0) == "not tried: its key derivation took over 2 s (pbkdf2, 4294967295 rounds)"* ]]
	[ "$(slot 1)" = "opens it" ]
	run -5 with_passphrase wrong --try-seconds 1 --json "$DISK"
	[[ $(field '.findings[] | select(.id == "BV-LUKS-PASSPHRASE") | .summary') == *"keyslot 0, which could not be tried"* ]]
}

@test "passphrase: more memory than there is is told, and not taken" {
	make_luks "$DISK" 2 --pbkdf argon2id --pbkdf-memory 32768 --pbkdf-parallel 1 \
		--pbkdf-force-iterations 4
	run -4 with_passphrase "$PASSPHRASE" --json "$DISK"
	[ "$(slot 0)" = "opens it" ]
	"$EDIT" "$DISK" 'm["keyslots"]["0"]["kdf"]["memory"] = 4294967295'
	run -5 with_passphrase "$PASSPHRASE" --json "$DISK"
	[[ $(slot 0) == "not tried: its key derivation needs 4194303 MiB of memory, and "*" MiB are available" ]]
	[ "$(slot 1)" = refused ]
}

@test "passphrase: --try-seconds is a number of seconds" {
	for wrong in 0 -1 x 1x '' 99999999; do
		run -2 bv luks --try-seconds "$wrong" "$DISK"
		[[ $output == *"--try-seconds takes a number from 1 to 86400"* ]]
	done
}

# Starts the command at a terminal, and ends it with a signal while it waits for the passphrase.
@test "passphrase: a signal at the prompt gives the echo back, and no core file could be written" {
	make_luks "$DISK" 2
	for signal in INT TERM; do
		run -0 python3 - "$signal" "$BOOTVERDICT" luks --try-passphrase "$DISK" <<-'END'
			import os, pty, signal, sys, termios, time

			def echo(fd):
			    return bool(termios.tcgetattr(fd)[3] & termios.ECHO)

			signal.alarm(60)
			number = signal.Signals["SIG" + sys.argv[1]]
			# What was ignored stays ignored, and so it is where tests run in the background.
			signal.signal(number, signal.SIG_DFL)
			master, slave = pty.openpty()
			assert echo(slave)
			pid = os.fork()
			if pid == 0:
			    os.setsid()
			    for fd in 0, 1, 2:
			        os.dup2(slave, fd)
			    os.execv(sys.argv[2], sys.argv[2:])
			shown = b""
			while b"not shown" not in shown:
			    shown += os.read(master, 4096)
			assert not echo(slave)
			limits = open(f"/proc/{pid}/limits").read().splitlines()
			core = [line.split()[4:6] for line in limits if "core file" in line]
			assert core == [["0", "0"]], core
			os.kill(pid, number)
			assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == number
			assert echo(slave)
		END
	done
}

@test "passphrase: whoever gives up leaves no process behind" {
	make_luks "$DISK" 2
	"$EDIT" "$DISK" 'm["keyslots"]["0"]["kdf"]["iterations"] = 4294967295'
	printf %s wrong >"$BATS_TEST_TMPDIR/passphrase"
	"$BOOTVERDICT" luks --try-passphrase "$DISK" <"$BATS_TEST_TMPDIR/passphrase" >/dev/null 3>&- &
	parent=$!
	child=
	for _ in {1..100}; do
		child=$(tr -d ' ' <"/proc/$parent/task/$parent/children")
		[ -z "$child" ] || break
		sleep 0.1
	done
	[ -d "/proc/$child" ]
	kill -TERM "$parent"
	wait "$parent" || [ $? -eq 143 ]
	for _ in {1..50}; do
		grep -qs '^State:.[^Z]' "/proc/$child/status" || return 0
		sleep 0.1
	done
	false
}

summaries() {
	field '[.findings[] | select(.warning | not) | .id] | unique | join(",")'
}

flip_bit() { # FILE OFFSET
	python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1)[0]
f.seek(int(sys.argv[2])); f.write(bytes([b ^ 4]))' "$@"
}

@test "passphrase: nothing is told to be sealed that no passphrase opens, or that is damaged" {
	make_luks "$DISK" 2
	run -4 luks "$DISK"
	[[ $output == *"Seal it"* ]]
	run -4 with_passphrase "$SECOND" "$DISK"
	[[ $output == *"Seal it"* ]]
	run -5 with_passphrase wrong --json "$DISK"
	[[ $output != *"Seal it,"* ]]
	[[ $output == *"Seal it only when a passphrase opened it"* ]]
	flip_bit "$DISK" 4200
	run -1 luks "$DISK"
	[[ $output == *"first copy"* ]]
	[[ $output != *"Seal it"* ]]
}

@test "passphrase: what it opens is no damaged keyslot, also when a damaged one was sealed" {
	make_luks "$DISK" 2
	cryptsetup -q luksKillSlot "$DISK" 1
	cryptsetup luksHeaderBackup "$DISK" --header-backup-file "$BATS_TEST_TMPDIR/backup"
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 5000))
	seal_luks "$DISK"
	run -3 with_passphrase "$PASSPHRASE" "$DISK"
	[[ $output == *"unchanged since 20"*"(sealed)"* ]]
	[[ $output == *"Did this passphrase ever open the disk since then?"* ]]

	cryptsetup -q luksHeaderRestore "$DISK" --header-backup-file "$BATS_TEST_TMPDIR/backup"
	run -1 luks --json "$DISK"
	[[ $(summaries) == BV-LUKS-KEYSLOT ]]
	[[ $(field '.findings[0].next | join(" ")') == *"A passphrase that opens the keyslot proves it"* ]]
	run -1 with_passphrase wrong --json "$DISK"
	[[ $(summaries) == BV-LUKS-KEYSLOT,BV-LUKS-PASSPHRASE ]]
	[ "$(slot 0)" = "refused, being damaged" ]
	run -4 with_passphrase "$PASSPHRASE" --json "$DISK"
	[[ $(summaries) == BV-LUKS-PASSPHRASE,BV-LUKS-STALE ]]
	[ "$(slot 0)" = "opens it" ]
	[ "$(field '.keyslots[0].state')" = changed ]
	[[ $(field '.findings[0].next | join(" ")') == *"cryptsetup luksChangeKey $DISK; bootverdict seal"* ]]

	run -1 seal_luks "$DISK"
	printf %s "$PASSPHRASE" >"$BATS_TEST_TMPDIR/key"
	cryptsetup -q luksChangeKey "${QUICK[@]}" --key-file "$BATS_TEST_TMPDIR/key" "$DISK" "$BATS_TEST_TMPDIR/key"
	seal_luks "$DISK"
	run -0 with_passphrase "$PASSPHRASE" "$DISK"
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 5000))
	run -1 with_passphrase "$PASSPHRASE" "$DISK"
}
