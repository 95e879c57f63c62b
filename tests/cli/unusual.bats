#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images and kernels that are healthy, and unusual in one way; and next to each its damaged twin.

# shellcheck disable=SC2153 # make_system sets IMAGE, KERNEL and ROOT

bats_require_minimum_version 1.5.0

load system

# What check says of a FILE: exit status, finding, and words, which may be broken over lines.
told() { # FILE STATUS ID WORDS
	run bv check --json "$1"
	[ "$status" -eq "$2" ]
	[ "$(field '.findings[0].id')" = "$3" ]
	[[ "$(field '.findings[0] | .summary, .next[]?')" == *"$4"* ]]
}

corrupt() { # FILE
	run bv check "$1"
	[ "$status" -eq 1 ]
}

sign() { # SEED
	python3 "$BATS_TEST_DIRNAME/sign.py" "$KERNEL" "$1"
}

# What check says of a kernel that was written since it was sealed.
kernel_told() { # STATUS ID WORDS
	run check --json
	echo "$output"
	[ "$status" -eq "$1" ]
	[ "$(field '.findings[0].id')" = "$2" ]
	[[ "$(field '.findings[0].summary')" == *"$3"* ]]
}

# The blocks that, as they stand, have zero sectors and others, from the last one: so many of FILE.
blocks_with_zero_sectors() { # FILE NUMBER
	python3 -c 'import sys
b = open(sys.argv[1], "rb").read()
for n in range(len(b) // 4096 - 2, 300, -1):
    zero = [not any(b[n * 4096 + i : n * 4096 + i + 512]) for i in range(0, 4096, 512)]
    if any(zero) and not zero[0]: print(n)' "$1" | head -n "$2"
}

raw_archive() { # FILE: plain, of a small tree
	make_initrd "$1" plain
}

without_trailer() { # FILE
	python3 -c 'import sys
b = open(sys.argv[1], "rb").read(); open(sys.argv[1], "wb").write(b[:b.rfind(b"TRAILER!!!") - 110])' "$1"
}

# Puts an image in place that has modules for these kernel versions, below FOLDER.
with_modules() { # FOLDER VERSION...
	local files=$BATS_TEST_TMPDIR/modules folder=$1
	shift
	rm -rf "$files"
	make_files "$files"
	for version in "$@"; do
		mkdir -p "$files/$folder/$version/kernel"
		noise 5000 "$version" >"$files/$folder/$version/kernel/a.ko"
	done
	archive "$files" | pack zstd >"$IMAGE.new"
	mv "$IMAGE.new" "$IMAGE"
}

# What seal, and check before and after it, say of the modules; all end as they would without.
modules_told() { # TIMES KVER [VERSION]: for which it has none
	local said=(bv check --json --root "$ROOT" -k "$2")
	local findings='[.findings[] | select(.id == "BV-INITRD-VERSION" and .warning)] | length'

	run -4 "${said[@]}"
	[ "$(field "$findings")" -eq "$1" ]
	run -0 bv seal --root "$ROOT" -k "$2"
	echo "$output"
	[ "$(grep -c "has modules for kernel 6.1.0-[x8], and none for ${3-$2}[:,] " <<<"$output")" -eq "$1" ]
	run -0 "${said[@]}"
	[ "$(field "$findings")" -eq "$1" ]
	rm -rf "$ROOT"/{boot,var/lib}/bootverdict
}

# What check says of the kernel or the initrd that another one was being written over.
is_unfinished() { # FINDING
	run check --json
	[ "$status" -eq 5 ]
	[ "$(field '.findings[0].id')" = "$1" ]
	[[ "$(field '.findings[0].summary')" == *"as after a write that was never finished"* ]]
	[ "$(field '.findings[0] | (.not // []) + (.ranges // []) | length')" -eq 0 ]
}

# Seals an image with microcode in front; GUARD is how long its guard is.
sealed_with_early_cpio() { # CODEC
	rm -rf "$BATS_TEST_TMPDIR/root" "$BATS_TEST_TMPDIR/main"
	make_system "$1"
	make_early_cpio "$BATS_TEST_TMPDIR/early.cpio"
	mkdir "$BATS_TEST_TMPDIR/main"
	make_files "$BATS_TEST_TMPDIR/main"
	cat "$BATS_TEST_TMPDIR/early.cpio" "$IMAGE" >"$BATS_TEST_TMPDIR/built"
	cp "$BATS_TEST_TMPDIR/built" "$IMAGE"
	seal -q
	cp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	GUARD=$(($(stat -c %s "$IMAGE") - $(stat -c %s "$BATS_TEST_TMPDIR/built")))
	sleep 0.1
}

# As by hand: the first archive, with the guard in it, is kept as it is, and the rest is packed anew.
edit_behind_guard() { # CODEC COMMAND
	rm -rf "$BATS_TEST_TMPDIR/edit"
	cp -a "$BATS_TEST_TMPDIR/main" "$BATS_TEST_TMPDIR/edit"
	(cd "$BATS_TEST_TMPDIR/edit" && eval "$2")
	{
		head -c $((GUARD + $(stat -c %s "$BATS_TEST_TMPDIR/early.cpio"))) "$BATS_TEST_TMPDIR/sealed"
		archive "$BATS_TEST_TMPDIR/edit" | pack "$1"
	} >"$IMAGE"
}

# What check and seal say of that.
is_edited() {
	local before

	run check --json
	echo "$output"
	[ "$status" -eq 5 ]
	[ "$(field '.findings[0].id')" = BV-CONTENT-REPACKED ]
	[[ "$(field '.findings[0].summary')" == *"another archive than the one that was sealed, complete and well-formed"* ]]
	[ "$(field '.findings[0] | (.not // []) + (.ranges // []) | length')" -eq 0 ]
	[[ "$(field '.findings[0].next[0]')" == *"seal --remove -k $KVER && bootverdict seal -k $KVER" ]]
	told "$IMAGE" 5 BV-CONTENT-REPACKED "If nobody packed it again, have the disk checked"
	before=$(fingerprint)
	run seal
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"behind that guard is another archive than the one that was sealed, complete and well-formed"* ]]
	[ "$(fingerprint)" = "$before" ]
}

corrupt_initrd() {
	run check
	[ "$status" -eq 1 ]
	[[ $output == *"STORAGE CORRUPTION"* ]]
}

# A plain archive of a shell, an init, and one member that kernels read over.
with_skipped() { # no-type | long-link | empty-name | no-name | folder-with-data
	python3 -c 'import sys
def member(name, data=b"", mode=0o100644, ino=9, length=None):
    name = name.encode() + b"\0"
    if length == 0: name = b""
    fields = (ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % f for f in fields) + name
    header += bytes(-len(header) % 4) + data
    return header + bytes(-len(header) % 4)
odd = {"no-type": member("odd", b"z" * 100, 0o644), "long-link": member("link", b"t" * 5000, 0o120777),
       "empty-name": member("", b"data" * 100), "no-name": member("", b"data" * 100, length=0),
       "folder-with-data": member("folder", b"data", 0o40755)}[sys.argv[2]]
sys.stdout.buffer.write(member("bin", mode=0o40755, ino=1) +
    member("bin/sh", open(sys.argv[1], "rb").read(), 0o100755, 2) +
    member("init", b"#!/bin/sh\n", 0o100755, 3) + odd + member("last", b"q" * 5000, ino=8) +
    member("TRAILER!!!", mode=0, ino=0))' "$BATS_TEST_DIRNAME/../../build/stub" "$1"
}

@test "a compression or an option that no kernel unpacks is a configuration error, and refused" {
	make_system
	raw_archive "$BATS_TEST_TMPDIR/raw"
	packed=$BATS_TEST_TMPDIR/packed
	while IFS='|' read -r command words; do
		bash -c "$command" <"$BATS_TEST_TMPDIR/raw" >"$packed"
		told "$packed" 3 BV-IMAGE-FORMAT "$words"
		cp "$packed" "$IMAGE"
		run seal
		[ "$status" -eq 2 ]
		[[ $output == *"$words"* ]]
		run check
		[ "$status" -eq 3 ]
		[[ $output == *refused* ]]
		bv seal --root "$ROOT" -k "$KVER" --remove
		cmp "$packed" "$IMAGE"
	done <<-'END'
		xz --check=crc64|xz --check=crc32
		xz --check=sha256|xz --check=crc32
		xz --check=crc32 --delta --lzma2|a filter that no kernel knows
		xz --check=crc32 --x86=start=4096 --lzma2|an option that no kernel reads
		split -b 200000 --filter 'zstd -q --check' -|in another frame
		zstd -q --long=31 --check|pack it without --long
		lz4 -q -c|lz4 -l
		(printf '\x50\x2a\x4d\x18\4\0\0\0abcd'; zstd -q)|pzstd
	END
	# The damaged twins.
	xz --check=crc64 <"$BATS_TEST_TMPDIR/raw" >"$packed"
	flip_bit "$packed" 300000
	corrupt "$packed"
	cp "$packed" "$IMAGE"
	run seal
	[ "$status" -eq 1 ]
}

@test "what is appended to a sealed image is told by what it is, and is no corruption" {
	make_system
	seal
	cp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	raw_archive "$BATS_TEST_TMPDIR/raw"
	# shellcheck disable=SC2016 # the inner shell's
	for case in '4 cat' '4 head -c 4096 /dev/zero' '4 gzip -n' \
		'3 lz4 -q -c' '3 (printf "\0"; cat)' '3 echo -----BEGIN PGP SIGNATURE-----' \
		'4 head -c 400 "$0/noise"' '3 xz --check=crc64'; do
		cp "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
		truncate -s %4 "$IMAGE"
		printf '\1\2\3\4%.0s' {1..100} >"$BATS_TEST_TMPDIR/noise"
		bash -c "${case#* }" "$BATS_TEST_TMPDIR" <"$BATS_TEST_TMPDIR/raw" >>"$IMAGE"
		run check --json
		echo "$case: $output"
		[ "$status" -eq "${case%% *}" ]
		[ "$(field '.findings[0].id')" = BV-INITRD-APPENDED ]
		[[ "$(field '.findings[0].summary')" == "Every byte that was sealed is as sealed"* ]]
		# The damaged twin: a sealed byte is lost as well.
		flip_bit "$IMAGE" $(($(stat -c %s "$BATS_TEST_TMPDIR/sealed") / 2))
		run check
		[ "$status" -eq 1 ]
	done
	# What bootverdict alone does not read is not said to be read by no kernel.
	cp "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	truncate -s %4 "$IMAGE"
	lzop -q <"$BATS_TEST_TMPDIR/raw" >>"$IMAGE"
	run -4 check --json
	[[ "$(field '.findings[0].summary')" == *" appended after the seal, which cannot be verified: lzo"* ]]
	flip_bit "$IMAGE" $(($(stat -c %s "$BATS_TEST_TMPDIR/sealed") - 100000))
	run -1 check
}

@test "bytes that begin no archive behind a complete image: sealed with a word, told as unknown" {
	make_system
	truncate -s %4 "$IMAGE"
	printf '\1\2\3\4\5\6\7\10' >>"$IMAGE"
	told "$IMAGE" 5 BV-IMAGE-APPENDED "something was appended"
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"something was appended"* ]]
	check
	# Without a program to start before them nothing is known to be complete.
	make_early_cpio "$IMAGE"
	printf '\1\2\3\4\5\6\7\10' >>"$IMAGE"
	rm -rf "$ROOT/boot/bootverdict" "$ROOT/var/lib/bootverdict"
	run seal
	[ "$status" -eq 2 ]
}

@test "behind lz4 data, which have no end mark: the kernel boots what is before it, and it is sealed" {
	make_system lz4
	raw_archive "$BATS_TEST_TMPDIR/raw"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/lz4"
	while IFS='|' read -r code id words command; do
		rm -rf "$ROOT"/{boot,var/lib}/bootverdict
		{
			cat "$BATS_TEST_TMPDIR/lz4"
			bash -c "$command" <"$BATS_TEST_TMPDIR/raw"
		} >"$IMAGE"
		told "$IMAGE" "$code" "$id" "$words"
		run --separate-stderr -0 seal --json
		echo "$output"
		[ "$(field "[.findings[] | select(.warning) | .id] | index(\"$id\") != null")" = true ]
		check
		# The damaged twin.
		flip_bit "$IMAGE" $(($(stat -c %s "$IMAGE") - $(stat -c %s "$BATS_TEST_TMPDIR/raw") - 200000))
		run check
		[ "$status" -eq 1 ]
	done <<-'END'
		3|BV-IMAGE-FORMAT|an archive behind lz4 data, without zeros|cat
		3|BV-IMAGE-FORMAT|at least 4|gzip -n
		3|BV-IMAGE-FORMAT|text|echo some text that a hook left there
		5|BV-IMAGE-APPENDED|something was appended|printf '\355\223\302\376\7'
		5|BV-IMAGE-APPENDED|something was appended|printf '\20\223\1\0'
	END
	# The twin that lost its end: no archive is complete there.
	head -c 300000 "$BATS_TEST_TMPDIR/lz4" >"$IMAGE"
	told "$IMAGE" 1 BV-IMAGE-BROKEN "compare its size and its hash with the original's"
	run seal
	[ "$status" -eq 2 ]
}

@test "a kernel that is signed again is stale; one that lost bytes is not" {
	make_system
	cp "$KERNEL" "$BATS_TEST_TMPDIR/unsigned"
	for before in '' one; do
		cp "$BATS_TEST_TMPDIR/unsigned" "$KERNEL"
		[ -z "$before" ] || sign "$before"
		seal
		cp "$KERNEL" "$BATS_TEST_TMPDIR/sealed"
		sign two
		kernel_told 4 BV-KERNEL-STALE "nothing but its signature differs"
		cp "$KERNEL" "$BATS_TEST_TMPDIR/signed"
		# The damaged twins: in the setup code, with the signature and without; in the payload.
		flip_bit "$KERNEL" $((0x4f0))
		kernel_told 5 BV-KERNEL-CHANGED "which no checksum covers"
		cp "$BATS_TEST_TMPDIR/sealed" "$KERNEL"
		flip_bit "$KERNEL" $((0x4f0))
		kernel_told 5 BV-KERNEL-CHANGED "which no checksum covers"
		cp "$BATS_TEST_TMPDIR/signed" "$KERNEL"
		zero_block "$KERNEL" 5
		kernel_told 1 BV-KERNEL-BLOCKS "broken by its own structure"
		[ "$(field '[.findings[0].ranges[].offset] | contains([5 * 4096])')" = true ]
	done
}

@test "a kernel without a checksum: rewritten in part, cut off, zeros, replaced" {
	make_system
	noise 400000 arm64 >"$KERNEL"
	printf 'ARM\x64' | dd of="$KERNEL" bs=1 seek=56 conv=notrunc status=none
	seal
	cp -p "$KERNEL" "$BATS_TEST_TMPDIR/sealed"
	printf 'signature' | dd of="$KERNEL" bs=1 seek=100000 conv=notrunc status=none
	kernel_told 5 BV-KERNEL-CHANGED "only some blocks differ"
	echo more >>"$KERNEL"
	kernel_told 5 BV-KERNEL-CHANGED "only some blocks differ"
	noise 400000 other >"$KERNEL"
	kernel_told 5 BV-KERNEL-CHANGED "nothing in it can be verified"
	: >"$KERNEL"
	kernel_told 5 BV-KERNEL-CHANGED "as after a write that was never finished"
	for kept in 348160 98304 0; do
		for size in 390000 400000; do
			head -c "$kept" "$BATS_TEST_TMPDIR/sealed" >"$KERNEL"
			[ "$size" -lt 400000 ] || truncate -s "$size" "$KERNEL"
			kernel_told 5 BV-KERNEL-CHANGED "as after a write that was never finished"
			# The damaged twin: nobody writes a file and keeps its time.
			[ -s "$KERNEL" ] || continue
			touch -r "$BATS_TEST_TMPDIR/sealed" "$KERNEL"
			kernel_told 1 BV-KERNEL-BLOCKS "became zeros or are cut off"
		done
	done
	# Zeros that do not reach the end: no write that was not finished leaves that.
	cp "$BATS_TEST_TMPDIR/sealed" "$KERNEL"
	zero_block "$KERNEL" 50
	kernel_told 1 BV-KERNEL-BLOCKS "became zeros or are cut off"
}

@test "zero sectors in a compressed segment are told only where what is as sealed has none" {
	make_system gzip
	mkdir "$BATS_TEST_TMPDIR/more"
	make_files "$BATS_TEST_TMPDIR/more"
	for i in {1..40}; do
		noise 1100 "$i"
		head -c 2000 /dev/zero
	done >"$BATS_TEST_TMPDIR/more/sparse"
	archive "$BATS_TEST_TMPDIR/more" >"$BATS_TEST_TMPDIR/raw"
	# Stored, not compressed.
	python3 -c 'import sys, zlib
c = zlib.compressobj(0, zlib.DEFLATED, 31)
sys.stdout.buffer.write(c.compress(sys.stdin.buffer.read()) + c.flush())' \
		<"$BATS_TEST_TMPDIR/raw" >"$IMAGE"
	seal
	block=$(blocks_with_zero_sectors "$IMAGE" 1)
	[ -n "$block" ]
	printf 'lost' | dd of="$IMAGE" bs=1 seek=$((block * 4096 + 100)) conv=notrunc status=none
	run check --json
	[ "$status" -eq 1 ]
	[ "$(field '.findings[0].ranges[0] | "\(.offset / 4096) \(.damage)"')" = "$block changed" ]
	# The twin: where no sealed sector is zero, one that is was not.
	make_system gzip
	seal
	dd if=/dev/zero of="$IMAGE" bs=512 seek=$((400 * 8 + 2)) count=3 conv=notrunc status=none
	run check --json
	[ "$status" -eq 1 ]
	[ "$(field '.findings[0].ranges[0] | "\(.offset / 4096) \(.damage)"')" = "400 zero-sectors" ]
}

@test "a kernel of zeros is not sealed; one that is not known is, with a word" {
	make_system
	truncate -s 0 "$KERNEL"
	truncate -s 400000 "$KERNEL"
	run seal
	[ "$status" -eq 1 ]
	[[ $output == *"holds nothing but zeros"* ]]
	noise 400000 unknown >"$KERNEL"
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"no kernel that bootverdict knows"* ]]
	noise 400000 arm64 >"$KERNEL"
	printf 'ARM\x64' | dd of="$KERNEL" bs=1 seek=56 conv=notrunc status=none
	run seal
	[ "$status" -eq 0 ]
	[[ $output != *"no kernel that"* ]]
}

@test "appended to, and a sealed byte lost as well, or text in the place of the first block" {
	for codec in plain zstd; do
		make_system "$codec"
		seal
		cp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
		size=$(stat -c %s "$IMAGE")
		raw_archive "$BATS_TEST_TMPDIR/raw"
		for command in cat 'head -c 1500 /dev/urandom' 'echo some text that a hook left'; do
			# In the guard's first header, and in the image.
			for at in 8 $((size - 300000)); do
				cp "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
				truncate -s %4 "$IMAGE"
				bash -c "$command" <"$BATS_TEST_TMPDIR/raw" >>"$IMAGE"
				flip_bit "$IMAGE" "$at"
				run check --json
				echo "$codec $command $at: $output"
				# Only the headers, the hashes of the guard's record, and what is compressed tell
				# damage from an edit.
				[ "$status" -eq 1 ] || { [ "$codec" = plain ] && [ "$status" -eq 5 ]; }
				[ "$(field '.findings[0].summary | contains("is not the one that was sealed")')" = true ]
			done
		done
		cp "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
		yes 'Nov 26 12:00:00 host systemd[1]: Started something.' | head -c 4096 |
			dd of="$IMAGE" conv=notrunc status=none
		run check --json
		[ "$status" -eq 5 ]
		[ "$(field '.findings[0].id')" = BV-INITRD-CHANGED ]
	done
}

@test "an uncompressed initrd that was edited is inconclusive, unless its own record proves a loss" {
	make_system plain
	seal
	flip_bit "$IMAGE" $(($(stat -c %s "$IMAGE") - 100000))
	run check
	[ "$status" -eq 1 ]
}

@test "a stream that holds no archive: its checksum, and what it contains" {
	printf 'plain text, a lot of it\n%.0s' {1..500} >"$BATS_TEST_TMPDIR/text"
	truncate -s 1M "$BATS_TEST_TMPDIR/ext2"
	mkfs.ext2 -q -F "$BATS_TEST_TMPDIR/ext2"
	cp "$BATS_TEST_DIRNAME/../../build/stub" "$BATS_TEST_TMPDIR/elf"
	noise 100000 arm64 >"$BATS_TEST_TMPDIR/arm64"
	printf 'ARM\x64' | dd of="$BATS_TEST_TMPDIR/arm64" bs=1 seek=56 conv=notrunc status=none
	for packer in 'gzip -n' 'zstd -q' 'xz --check=crc32'; do
		packed=$BATS_TEST_TMPDIR/packed
		for case in 'text text' 'ext2 an ext2' 'elf an ELF program'; do
			$packer <"$BATS_TEST_TMPDIR/${case%% *}" >"$packed"
			told "$packed" 5 BV-IMAGE-UNKNOWN "whose checksum is right, and contains no archive: ${case#* }"
			truncate -s -6 "$packed"
			corrupt "$packed"
		done
		$packer <"$BATS_TEST_TMPDIR/arm64" >"$packed"
		told "$packed" 4 BV-KERNEL-SOUND "proven by the checksum"
		flip_bit "$packed" 50000
		corrupt "$packed"
	done
}

@test "known files that are no boot files have their name" {
	file=$BATS_TEST_TMPDIR/file
	while IFS='|' read -r bytes words; do
		# shellcheck disable=SC2059 # they are a format
		printf "$bytes" >"$file"
		truncate -s 5000 "$file"
		told "$file" 5 BV-IMAGE-UNKNOWN "it is $words"
		told "$file" 5 BV-IMAGE-UNKNOWN "compare its size and its hash with the original's"
	done <<-'END'
		hsqs|a squashfs file system
		\x27\x05\x19\x56|a U-Boot image
		\x7fELF|an ELF program
		some text that is long enough for that, and has no other mark of its own anywhere|text
	END
	mkfs.ext2 -q -F "$file" 1M
	told "$file" 5 BV-IMAGE-UNKNOWN "it is an ext2"
	printf 'MZ' >"$file"
	truncate -s 60 "$file"
	printf '\x40\0\0\0PE\0\0' >>"$file"
	told "$file" 5 BV-IMAGE-UNKNOWN "it is a PE program"
}

# shellcheck disable=SC2030 # each test has its own
@test "an archive that may have lost its start is not said to be built like that" {
	make_system
	make_early_cpio "$BATS_TEST_TMPDIR/first"
	truncate -s %4096 "$BATS_TEST_TMPDIR/first"
	at=$(stat -c %s "$BATS_TEST_TMPDIR/first")
	cat "$BATS_TEST_TMPDIR/first" "$IMAGE" >"$BATS_TEST_TMPDIR/both"
	told "$BATS_TEST_TMPDIR/both" 4 BV-IMAGE-SOUND "It is not sealed"
	yes 'Nov 26 17:00:00 host kernel: a line of a log' | head -c 4096 |
		dd of="$BATS_TEST_TMPDIR/both" bs=1 seek="$at" conv=notrunc status=none
	told "$BATS_TEST_TMPDIR/both" 5 BV-IMAGE-UNKNOWN "an archive has lost its start"
	cp "$BATS_TEST_TMPDIR/both" "$IMAGE"
	run seal
	[ "$status" -ne 0 ]
	[[ $output != *"built like this"* ]]
	# The twin: what kernels do not read is named, and what to do.
	make_initrd "$IMAGE" plain
	{ cat "$BATS_TEST_TMPDIR/first" && lz4 -q -c "$IMAGE"; } >"$BATS_TEST_TMPDIR/both"
	told "$BATS_TEST_TMPDIR/both" 3 BV-IMAGE-FORMAT "lz4"
}

# All commands say the same of what is in the place of the image, never sealed or since the last seal.
image_is_told() { # FILE VERDICT OF-SEAL OF-CHECK
	for sealed in '' yes; do
		rm -rf "$ROOT"/{boot,var/lib}/bootverdict
		cp "$BATS_TEST_TMPDIR/whole" "$IMAGE"
		[ -z "$sealed" ] || seal -q
		rm "$IMAGE"
		cp "$1" "$IMAGE"
		if [ -n "$sealed" ]; then
			run -"$4" check --json
			[ "$(field .verdict)" = "$2" ]
		fi
		run --separate-stderr -"$3" seal --json
		# shellcheck disable=SC2031 # set by run
		echo "$1, sealed: $sealed: $output"
		[ "$(field .verdict)" = "$2" ]
		run -"$4" check --json
		[ "$(field .verdict)" = "$2" ]
		[ "$(field '[.findings[].not[]?] | length')" = 0 ]
	done
}

@test "an old block of another file in the place of the first one proves nothing of the rest" {
	make_system
	cd "$BATS_TEST_TMPDIR"
	cp "$IMAGE" whole
	truncate -s %4096 whole
	make_initrd second zstd 9
	make_initrd raw plain
	yes 'Nov 27 13:00:01 host CRON[1]: a line of a log' | head -n 20000 >text
	cp -L /bin/bash elf
	find . -name raw | cpio --quiet -o -H odc >./odc
	tar -cf tar raw
	lz4 -q -c raw >./lz4
	python3 -c 'import zipfile; zipfile.ZipFile("zip", "w").write("raw")'
	for kind in text elf zip odc tar lz4; do
		cp whole first
		dd if=$kind of=first bs=4096 count=1 conv=notrunc status=none
		told first 5 BV-IMAGE-UNKNOWN "or it is one, and those bytes were lost"
		image_is_told first inconclusive 2 5
		# The twin, which is that to its end.
		image_is_told $kind config-error 2 3
		# The same in front of a second archive: what is before it boots.
		{ cat whole && head -c 4096 $kind && tail -c +4097 second; } >both
		told both 5 BV-IMAGE-APPENDED "an archive has lost its start"
		cat whole $kind >both
		told both 3 BV-IMAGE-FORMAT "No kernel unpacks that."
	done
}

@test "what a boot loader unwraps, or the kernel mounts from its RAM disk, gets no guard in front" {
	make_system
	cp "$IMAGE" "$BATS_TEST_TMPDIR/plain"
	mkimage -A x86 -O linux -T ramdisk -C none -d "$IMAGE" "$BATS_TEST_TMPDIR/uImage" >/dev/null
	mkfs.ext2 -q -F "$BATS_TEST_TMPDIR/ext2" 1M
	gzip -n <"$BATS_TEST_TMPDIR/ext2" >"$BATS_TEST_TMPDIR/ext2.gz"
	{
		printf 'ANDROID!'
		noise 90000 boot
	} >"$BATS_TEST_TMPDIR/boot.img"
	for file in uImage ext2 ext2.gz boot.img; do
		cp "$BATS_TEST_TMPDIR/$file" "$IMAGE"
		run seal
		echo "$output"
		[ "$status" -eq 2 ]
		[[ $output == *"leaves it as it is"* ]]
		cmp "$BATS_TEST_TMPDIR/$file" "$IMAGE"
	done
	# The twins: an image whose start became something else, and text.
	for start in '<!DOCTYPE html> not found, and more of it' '\0\0\0\0\0\0\0\0'; do
		cp "$BATS_TEST_TMPDIR/plain" "$IMAGE"
		# shellcheck disable=SC2059 # it is a format
		printf "$start" | dd of="$IMAGE" bs=1 conv=notrunc status=none
		run seal
		echo "$output"
		[ "$status" -ne 0 ]
		[[ $output == *"guard"*"in front"* ]]
	done
}

@test "no trailer, and zeros between members: inconclusive, unless a checksum proves the end" {
	make_system
	raw=$BATS_TEST_TMPDIR/raw
	raw_archive "$raw"
	without_trailer "$raw"
	told "$raw" 5 BV-IMAGE-LOOSE "nothing proves that it is complete"
	zstd -q --check <"$raw" >"$IMAGE"
	told "$IMAGE" 4 BV-IMAGE-SOUND "It is not sealed"
	seal
	check
	cp "$raw" "$IMAGE"
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"nothing proves that it is complete"* ]]
	check
	# The damaged twins: within a member, where no checksum tells; a lost tail is not taken for padding.
	truncate -s -3000 "$raw"
	told "$raw" 5 BV-IMAGE-BROKEN "no checksum tells"
	raw_archive "$raw"
	without_trailer "$raw"
	truncate -s +100000 "$raw"
	told "$raw" 5 BV-IMAGE-LOOSE "nothing proves"
	cp "$raw" "$IMAGE"
	rm -rf "$ROOT/boot/bootverdict" "$ROOT/var/lib/bootverdict"
	run seal
	[ "$status" -eq 2 ]
	[[ $output == *"zero bytes: nothing proves that it is complete"* ]]
}

@test "programs with a Linux boot header are sound as far as it can be known" {
	found=0
	for file in /boot/memtest86+* /boot/ipxe.lkrn /usr/lib/ipxe/ipxe.lkrn; do
		[ -f "$file" ] || continue
		found=$((found + 1))
		told "$file" 4 BV-KERNEL-SOUND "Its structure is right"
		head -c 100000 "$file" >"$BATS_TEST_TMPDIR/cut"
		corrupt "$BATS_TEST_TMPDIR/cut"
	done
	[ "$found" -ge 2 ]
}

@test "a kernel whose configuration lacks the compression: said before the reboot" {
	make_system zstd
	printf '# x\nCONFIG_BLK_DEV_INITRD=y\n# CONFIG_RD_ZSTD is not set\nCONFIG_RD_GZIP=y\n' >"$ROOT/boot/config-$KVER"
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"has no CONFIG_RD_ option for zstd: this kernel cannot unpack it"* ]]
	run check --json
	[ "$status" -eq 3 ]
	[ "$(field '.findings[0].id')" = BV-INITRD-CODEC ]
	# The damaged twin.
	cp "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	zero_block "$IMAGE" 300
	run check
	[ "$status" -eq 1 ]
	# What is there now counts, not what was sealed; and a file that has lost the line proves nothing.
	make_initrd "$IMAGE.new" gzip 2
	mv "$IMAGE.new" "$IMAGE"
	run -4 check --json
	[ "$(field '[.findings[].id] | join(",")')" = BV-INITRD-STALE ]
	cp "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	sed -i '/RD_ZSTD/d' "$ROOT/boot/config-$KVER"
	run -5 check --json
	[ "$(field '.findings[0].id')" = BV-INITRD-CODEC ]
	[[ $(field '.findings[0].summary') == *"or that file has lost the line"* ]]
	make_system gzip
	run seal
	[[ $output != *"it will not boot"* ]]
	check
}

@test "a kernel that is not the version of its name, and one copy of the record, are said" {
	make_system
	seal
	rm "$ROOT/var/lib/bootverdict/$KVER.manifest"
	run check --json
	[ "$status" -eq 0 ]
	[ "$(field '.findings[].id')" = BV-MANIFEST-ONE-COPY ]
	seal
	for n in "$KERNEL" "$IMAGE"; do cp "$n" "${n%"$KVER"}6.1.0-other"; done
	# The image is that of the kernel whose name it had when it was sealed: on purpose, it is sealed for this one.
	run -0 bv seal --root "$ROOT" -k 6.1.0-other
	[[ $output == *"stays as it is"*"bootverdict seal --remove -k 6.1.0-other"* ]]
	[ ! -e "$ROOT/boot/bootverdict/6.1.0-other.manifest" ]
	bv seal --remove --root "$ROOT" -k 6.1.0-other
	bv seal --root "$ROOT" -k 6.1.0-other
	run bv check --json --root "$ROOT" -k 6.1.0-other
	[ "$status" -eq 0 ]
	[ "$(field '.findings[].id')" = BV-KERNEL-VERSION ]
	[[ "$(field '.findings[].summary')" == *"version 6.1.0-test, not 6.1.0-other, the one in its name." ]]
	mkdir -p "$ROOT/usr/lib/modules/6.1.0-other"
	run bv check --json --root "$ROOT" -k 6.1.0-other
	[[ "$(field '.findings[].summary')" == *"the one in its name: modules of that do not fit it." ]]
}

@test "a kernel that no checksum covers is built anew: not known, and the way to seal it is said and works" {
	make_system
	for number in 1 2; do
		noise 2000000 kernel >"$KERNEL.$number"
		printf 'MZ' | dd of="$KERNEL.$number" conv=notrunc status=none
		printf 'ARMd' | dd of="$KERNEL.$number" bs=1 seek=56 conv=notrunc status=none
		printf 'Linux version 6.1.0-test (a@b) #%s SMP' $number |
			dd of="$KERNEL.$number" bs=1 seek=500000 conv=notrunc status=none
	done
	mv "$KERNEL.1" "$KERNEL"
	seal -q
	mv "$KERNEL.2" "$KERNEL"
	way="bootverdict seal --remove -k $KVER && bootverdict seal -k $KVER"
	run -5 check --json
	[ "$(field '.findings[0].id')" = BV-KERNEL-CHANGED ]
	[[ "$(field '.findings[0].next[0]')" == "If it was changed, or built anew, on purpose: $way. If not, "* ]]
	run -2 seal
	[[ $output == *"edited, signed again, or damaged"*"$way"*"it is not sealed as it is; its record of before is kept"* ]]
	seal --remove
	seal
	check
	# The damaged twin: a block became zeros.
	zero_block "$KERNEL" 300
	run -1 check
	run -1 seal
}

@test "an initrd that has modules for another kernel version alone is said, and no other" {
	make_system
	for folder in usr/lib/modules lib/modules; do
		with_modules usr/lib/modules
		if [ "$folder" = lib/modules ]; then
			# Of a /usr that is not merged.
			make_files() {
				mkdir -p "$1"/{bin,lib}
				printf '#!/bin/sh\necho hello\n' >"$1/init"
				chmod 755 "$1/init"
				cp "$BATS_TEST_DIRNAME/../../build/stub" "$1/bin/sh"
			}
		fi
		rm -f "$KERNEL"
		modules_told 0 "$KVER"
		with_modules $folder "$KVER"
		modules_told 0 "$KVER"
		with_modules $folder 6.1.0-x
		modules_told 1 "$KVER"
		with_modules $folder 6.1.0-x 6.1.0-8
		modules_told 1 "$KVER"
		with_modules $folder 6.1.0-x "$KVER"
		modules_told 0 "$KVER"
		# Where the kernel itself says its version, and its name another one, that counts.
		with_modules $folder 6.1.0-x
		make_kernel "$KERNEL"
		modules_told 1 "$KVER"
		[[ $(field '.findings[0].summary') == *"and none for 6.1.0-test: they do not fit that." ]]
		with_modules $folder 6.1.0-test
		for name in "$IMAGE" "$KERNEL"; do cp "$name" "${name%"$KVER"}6.1-x86_64"; done
		modules_told 0 6.1-x86_64
	done
	# It is told by that version, and made anew for it, where the system has its modules.
	with_modules lib/modules 6.1.0-x
	cp "$IMAGE" "$ROOT/boot/initrd.img-6.1-x86_64"
	modules_told 1 6.1-x86_64 6.1.0-test
	[ "$(field '.findings[] | select(.id == "BV-INITRD-VERSION").next | length')" -eq 0 ]
	mkdir -p "$ROOT/usr/lib/modules/6.1.0-test"
	modules_told 1 6.1-x86_64 6.1.0-test
	[[ $(field '.findings[] | select(.id == "BV-INITRD-VERSION").next[0]') == "Make it anew: update-initramfs -u -k 6.1.0-test "* ]]
	# Where no kernel says its version, only what the names say.
	noise 100000 other >"$ROOT/boot/vmlinuz-6.1-x86_64"
	run -0 bv seal --root "$ROOT" -k 6.1-x86_64
	[[ $output == *"6.1-x86_64, the version in its name"* && $output != *"do not fit"* && $output != *"--kver"* ]]
	run -0 bv check --json --root "$ROOT" -k 6.1-x86_64
	[[ $(field '.findings[0].summary') == *"none for 6.1-x86_64, the version in its name; which one its kernel is, is not known." ]]
	[ "$(field '.findings[0].next | length')" -eq 0 ]
	# A name that is no version says nothing.
	with_modules lib/modules 6.1.0-x
	for name in linux 0-rescue-4711; do
		cp "$IMAGE" "$ROOT/boot/initrd.img-$name"
		modules_told 0 "$name"
	done
}

@test "a missing initrd is said also when the record is broken" {
	make_system
	seal
	rm "$IMAGE"
	for copy in "$ROOT"/{boot,var/lib}/bootverdict/$KVER.manifest; do flip_bit "$copy" 100; done
	run check --json
	[ "$status" -eq 1 ]
	[ "$(field '[.findings[].id] | contains(["BV-INITRD-MISSING"])')" = true ]
}

@test "--all: what is no file, and what a crash kernel boots, is no kernel version" {
	make_system
	mkdir "$ROOT/boot/initrd.img-folder"
	mkfifo "$ROOT/boot/initrd.img-fifo"
	ln -s nowhere "$ROOT/boot/initrd.img-dangling"
	cp "$IMAGE" "$ROOT/boot/initramfs-${KVER}kdump.img"
	bv seal --root "$ROOT" --all
	bv check --root "$ROOT" --all
	[ "$(find "$ROOT/boot/bootverdict" -name '*.manifest' | wc -l)" -eq 1 ]
}

@test "a sealed image that was unpacked and packed again is not sealed with the old guard in it" {
	make_system zstd
	mkdir "$BATS_TEST_TMPDIR/packed"
	make_files "$BATS_TEST_TMPDIR/packed"
	mkdir "$BATS_TEST_TMPDIR/packed/bootverdict"
	bv seal --root "$ROOT" -k "$KVER" -q
	# What a folder has when both archives of a sealed image were unpacked into it.
	(cd "$BATS_TEST_TMPDIR/packed" && cpio --quiet -idum <"$IMAGE" 'bootverdict/*')
	[ -s "$BATS_TEST_TMPDIR/packed/bootverdict/manifest" ]
	rm "$BATS_TEST_TMPDIR/packed/etc/conf"
	sleep 1.1
	archive "$BATS_TEST_TMPDIR/packed" | pack zstd >"$BATS_TEST_TMPDIR/new"
	cp "$BATS_TEST_TMPDIR/new" "$IMAGE"

	run check --json
	[ "$status" -eq 4 ]
	[ "$(field '.findings[0].id')" = BV-INITRD-STALE ]
	[[ "$(field '.findings[0].evidence.packed_again')" == *"next boot may call storage corruption"* ]]
	[[ "$(field '.findings[0].next[]')" == *"Before the next boot, pack it again without the folder bootverdict"* ]]
	run bv check "$IMAGE"
	[ "$status" -eq 4 ]
	[[ $output == *"packed again:"* ]]

	run seal
	[ "$status" -eq 2 ]
	[[ $output == *"whose old record a boot would use"* ]]
	cmp "$BATS_TEST_TMPDIR/new" "$IMAGE"

	# The same in two archives, with a sorted first one as unmkinitramfs and find make it.
	mkdir "$BATS_TEST_TMPDIR/early"
	mv "$BATS_TEST_TMPDIR/packed/bootverdict" "$BATS_TEST_TMPDIR/early"
	{
		archive "$BATS_TEST_TMPDIR/early"
		archive "$BATS_TEST_TMPDIR/packed" | pack zstd
	} >"$IMAGE"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/two"
	told "$IMAGE" 4 BV-IMAGE-SOUND "pack it again without the folder"
	run check --json
	[ "$(field '.findings[0].id')" = BV-INITRD-STALE ]
	[[ "$(field '.findings[0].evidence.packed_again')" == *"next boot may call storage corruption"* ]]
	run seal
	[ "$status" -eq 2 ]
	[[ $output == *"whose old record a boot would use"* ]]
	cmp "$BATS_TEST_TMPDIR/two" "$IMAGE"
	# The damaged twin.
	flip_bit "$IMAGE" $(($(stat -c %s "$IMAGE") - 100000))
	told "$IMAGE" 1 BV-IMAGE-BROKEN "disk lost it"
	mv "$BATS_TEST_TMPDIR/early/bootverdict" "$BATS_TEST_TMPDIR/packed"

	# As it was told: without that folder it is sealed.
	rm -r "$BATS_TEST_TMPDIR/packed/bootverdict"
	archive "$BATS_TEST_TMPDIR/packed" | pack zstd >"$IMAGE"
	seal -q
	run check
	[ "$status" -eq 0 ]

	# Its damaged twin.
	archive "$BATS_TEST_TMPDIR/packed" >"$BATS_TEST_TMPDIR/plain"
	cp "$BATS_TEST_TMPDIR/new" "$IMAGE"
	flip_bit "$IMAGE" 300000
	corrupt "$IMAGE"
	run seal
	[ "$status" -eq 1 ]
}

@test "a sealed image that was edited behind its guard is inconclusive; what is lost in it is not" {
	local codec edit

	for codec in zstd gzip xz lz4 plain; do
		sealed_with_early_cpio "$codec"
		for edit in 'echo edited >>etc/conf' 'rm etc/conf' 'echo setting=2 >etc/conf' \
			'rm -r etc; mv bin/busybox bin/a' 'chmod 700 init; noise 99999 x >etc/new'; do
			# Nothing in these tells an edit that moves nothing from a lost byte.
			[[ $codec != @(lz4|plain) || $edit != *setting=2* ]] || continue
			echo "$codec: $edit"
			edit_behind_guard "$codec" "$edit"
			is_edited
		done

		# As it was told.
		seal --remove -q
		seal -q
		check
	done
}

@test "an image that was edited behind its guard, and has lost a byte as well" {
	local early mtime

	sealed_with_early_cpio zstd
	mtime=$(stat -c %.9Y "$IMAGE")
	early=$(stat -c %s "$BATS_TEST_TMPDIR/early.cpio")
	edit_behind_guard zstd 'echo edited >>etc/conf'
	cp "$IMAGE" "$BATS_TEST_TMPDIR/edited"
	is_edited
	# What was sealed is all that is there, or was.
	for end in $((GUARD + early)) $((GUARD + early + 300000)); do
		head -c "$end" "$BATS_TEST_TMPDIR/sealed" >"$IMAGE"
		touch -d "@$mtime" "$IMAGE"
		corrupt_initrd
		truncate -s "$(stat -c %s "$BATS_TEST_TMPDIR/sealed")" "$IMAGE"
		touch -d "@$mtime" "$IMAGE"
		corrupt_initrd
		run -1 seal
	done
	# In the new stream, the microcode, a program and a header of the guard.
	for offset in $((GUARD + early + 300000)) $((GUARD + 5000)) 300000 12; do
		cp "$BATS_TEST_TMPDIR/edited" "$IMAGE"
		flip_bit "$IMAGE" "$offset"
		corrupt_initrd
		run -1 seal
	done
}

@test "members that kernels read over: sealed with a word, and no corruption" {
	local odd=$BATS_TEST_TMPDIR/odd kind at

	make_system zstd
	for kind in no-type long-link empty-name no-name folder-with-data; do
		with_skipped "$kind" >"$odd"
		zstd -qf --check "$odd" -o "$odd.zst"
		gzip -9nc "$odd" >"$odd.gz"
		told "$odd" 5 BV-IMAGE-LOOSE "or members that kernels skip"
		for packed in "$odd.zst" "$odd.gz"; do
			told "$packed" 4 BV-IMAGE-SOUND "every checksum that it carries"
			[[ "$(field '.findings[0].evidence.not_unpacked')" == "1 members"* ]]
		done
		for packed in "$odd" "$odd.zst"; do
			cp "$packed" "$IMAGE"
			run seal
			[ "$status" -eq 0 ]
			[[ $output == *"does not unpack 1 of its members"* ]]
			run check
			[ "$status" -eq 0 ]
		done
	done
	# The damaged twins: a byte of what kernels do not read over, sealed and not.
	cp "$odd" "$IMAGE"
	seal -q
	at=$(grep -abo qqqqqqqq "$IMAGE" | head -n 1 | cut -d : -f 1)
	keeping_times "$IMAGE" flip_bit "$IMAGE" $((at + 2500))
	run check
	[ "$status" -eq 1 ]
	corrupt "$IMAGE"
	flip_bit "$odd.gz" 3000
	corrupt "$odd.gz"
}

@test "a zstd window that no kernel gives, and a byte lost in it as well" {
	raw_archive "$BATS_TEST_TMPDIR/raw"
	zstd -q --long=31 --check <"$BATS_TEST_TMPDIR/raw" >"$BATS_TEST_TMPDIR/long"
	told "$BATS_TEST_TMPDIR/long" 3 BV-IMAGE-FORMAT "more than the 128 MiB that kernels give"
	flip_bit "$BATS_TEST_TMPDIR/long" 300000
	corrupt "$BATS_TEST_TMPDIR/long"
}

@test "a write that was never finished is no storage corruption; what ends early of the sealed one is" {
	make_system zstd
	seal -q
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	cp "$KERNEL" "$BATS_TEST_TMPDIR/kernel"
	make_initrd "$BATS_TEST_TMPDIR/other" zstd 2
	sleep 1.1
	head -c 300000 "$BATS_TEST_TMPDIR/other" >"$IMAGE"
	is_unfinished BV-INITRD-CHANGED
	: >"$IMAGE"
	is_unfinished BV-INITRD-CHANGED
	cp "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	: >"$KERNEL"
	is_unfinished BV-KERNEL-CHANGED
	cp "$BATS_TEST_TMPDIR/kernel" "$KERNEL"
	truncate -s 900000 "$IMAGE"
	is_unfinished BV-INITRD-CHANGED
	# The twins: the sealed image, with its time, ends early; another one has lost a byte.
	touch -r "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	corrupt_initrd
	cp "$BATS_TEST_TMPDIR/other" "$IMAGE"
	flip_bit "$IMAGE" 300000
	corrupt_initrd
	[[ $output == *"It is not: root=, crypttab, or the passphrase"* ]]
	# Room was made for it, and for a part of it, and nothing was written there.
	head -c 300000 /dev/zero >"$IMAGE"
	is_unfinished BV-INITRD-CHANGED
	{ head -c 409600 "$BATS_TEST_TMPDIR/sealed" && head -c 8192 /dev/zero; } >"$IMAGE"
	is_unfinished BV-INITRD-CHANGED
	# Where it stopped is no border of anything.
	for stopped in 413000 413600 413695; do
		{ head -c $stopped "$BATS_TEST_TMPDIR/sealed" &&
			head -c $(($(stat -c %s "$BATS_TEST_TMPDIR/sealed") - stopped)) /dev/zero; } >"$IMAGE"
		is_unfinished BV-INITRD-CHANGED
	done
	{ head -c 409600 "$BATS_TEST_TMPDIR/sealed" && head -c 8192 /dev/zero; } >"$IMAGE"
	# The twins: a bit is lost in front of that; sealed bytes are behind zeros; its time is as sealed.
	flip_bit "$IMAGE" 300000
	corrupt_initrd
	{ head -c 409600 "$BATS_TEST_TMPDIR/sealed" && head -c 8192 /dev/zero &&
		tail -c +417793 "$BATS_TEST_TMPDIR/sealed" | head -c 8192; } >"$IMAGE"
	corrupt_initrd
	head -c 300000 /dev/zero >"$IMAGE"
	touch -r "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	corrupt_initrd
}

@test "a copy of a sealed image that was not written to its end" {
	local copy=$BATS_TEST_TMPDIR/copy

	make_system zstd
	make_early_cpio "$BATS_TEST_TMPDIR/early.cpio"
	cat "$BATS_TEST_TMPDIR/early.cpio" "$IMAGE" >"$copy"
	cp "$copy" "$IMAGE"
	seal -q
	cp "$IMAGE" "$BATS_TEST_TMPDIR/old"
	sleep 1.1
	make_initrd "$IMAGE" zstd 2
	seal -q
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/sealed"
	sleep 1.1
	# An older one over it: behind the guard, in the microcode and behind that.
	for end in 1400000 $(($(stat -c %s "$BATS_TEST_TMPDIR/old") - $(stat -c %s "$copy") + 9000)); do
		head -c "$end" "$BATS_TEST_TMPDIR/old" >"$IMAGE"
		is_unfinished BV-INITRD-CHANGED
		# The damaged twin: a program in its guard.
		flip_bit "$IMAGE" 300000
		corrupt_initrd
	done
	# And in what follows the guard.
	head -c 1400000 "$BATS_TEST_TMPDIR/old" >"$IMAGE"
	flip_bit "$IMAGE" "$(($(stat -c %s "$BATS_TEST_TMPDIR/old") - $(stat -c %s "$copy") + 9000))"
	corrupt_initrd
	# The same one: written over itself, or, by its time, by nobody.
	head -c 1400000 "$BATS_TEST_TMPDIR/sealed" >"$IMAGE"
	is_unfinished BV-INITRD-CHANGED
	touch -r "$BATS_TEST_TMPDIR/sealed" "$IMAGE"
	corrupt_initrd
	ln "$IMAGE" "$BATS_TEST_TMPDIR/held" # that its inode is not given to the copy
	for end in 1400000 400000; do
		head -c "$end" "$BATS_TEST_TMPDIR/sealed" >"$copy"
		cp "$copy" "$IMAGE.new"
		mv "$IMAGE.new" "$IMAGE"
		is_unfinished BV-INITRD-CHANGED
		flip_bit "$IMAGE" 300000
		corrupt_initrd
	done
}

@test "a kernel of no bytes that was never sealed: seal and check agree" {
	make_system zstd
	: >"$KERNEL"
	run seal
	[ "$status" -eq 2 ]
	[[ $output == *"it is not sealed, because it is empty"* ]]
	run check
	[ "$status" -eq 5 ]
}

@test "a file of terabytes is refused as an initrd, and not read to its end" {
	make_system zstd
	seal -q
	truncate -s 3T "$BATS_TEST_TMPDIR/sparse" || skip "no file of that size here"
	run timeout 20 "$BOOTVERDICT" check --json "$BATS_TEST_TMPDIR/sparse"
	[ "$status" -eq 5 ]
	[ "$(field '.findings[0].id')" = BV-IMAGE-UNSUPPORTED ]
	[[ "$(field '.findings[0].summary')" == *"more than 4096 MiB, and no initrd has"* ]]
	mv "$BATS_TEST_TMPDIR/sparse" "$IMAGE"
	run timeout 20 "$BOOTVERDICT" seal --root "$ROOT" -k "$KVER"
	[ "$status" -eq 2 ]
	[[ $output == *"it is not sealed: it has more than 4096 MiB, and no initrd has"* ]]
	run timeout 20 "$BOOTVERDICT" check --root "$ROOT" -k "$KVER"
	[ "$status" -eq 5 ]
}

@test "a boot folder that is an absolute link below --root is that of the system there" {
	make_system zstd
	mv "$ROOT/boot" "$ROOT/real"
	ln -s /real "$ROOT/boot"
	run seal
	[ "$status" -eq 0 ]
	[ -s "$ROOT/real/bootverdict/$KVER.manifest" ]
	run check --json
	[ "$status" -eq 0 ]
	[[ "$(field '.artifacts[].path')" == *"$ROOT/real/initrd.img-$KVER"* ]]
	run bv check --root "$ROOT" --all
	[ "$status" -eq 0 ]
	# Its damaged twin, and one that leads round in a circle.
	keeping_times "$ROOT/real/initrd.img-$KVER" zero_block "$ROOT/real/initrd.img-$KVER" 300
	run check
	[ "$status" -eq 1 ]
	ln -sfn /boot "$ROOT/boot"
	run timeout 20 "$BOOTVERDICT" check --root "$ROOT" -k "$KVER"
	[ "$status" -eq 1 ]
}
