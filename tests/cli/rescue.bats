#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The guard carries the image's own rules for a rescue shell: what sealing finds in it.

load system

# The line in the guard of the sealed image, without its first word.
rules() {
	seal >"$BATS_TEST_TMPDIR/said" 2>&1
	rm -rf "$BATS_TEST_TMPDIR/guard"
	mkdir "$BATS_TEST_TMPDIR/guard"
	(cd "$BATS_TEST_TMPDIR/guard" && cpio -idm --quiet <"$IMAGE")
	sed -n 's/^rescue //p' "$BATS_TEST_TMPDIR/guard/bootverdict/config"
}

main=(conf/initramfs.conf 'MODULES=most\n')

@test "an image of initramfs-tools: nothing, and panic= of its conf files in their order" {
	make_system
	make_initrd_with "${main[@]}"
	[ "$(rules)" = "initramfs-tools" ]
	make_initrd_with "${main[@]}" conf/conf.d/b 'panic=30\n' conf/conf.d/a 'panic=5\n'
	[ "$(rules)" = "initramfs-tools panic=30" ]
	[ "$(grep -c understood "$BATS_TEST_TMPDIR/said")" -eq 0 ]
	check
}

@test "what may forbid the shell and is not understood is told while it can be mended" {
	make_system
	for file in 'conf/conf.d/x [ -e /x ]&&panic=30\n' 'conf/conf.d/x ->/etc/other' \
		'scripts/panic/x reboot\n'; do
		make_initrd_with "${main[@]}" "${file%% *}" "${file#* }"
		[ "$(rules)" = "initramfs-tools unclear=${file%% *}" ]
		grep -q "/${file%% *} in the initramfs may forbid the rescue shell, but is not understood" \
			"$BATS_TEST_TMPDIR/said"
		check
	done
}

@test "an image of dracut: its own command line, and whether root has a password" {
	make_system
	# shellcheck disable=SC2016 # a hash
	make_initrd_with usr/bin/dracut-emergency 'getargbool 0 SYSTEMD_SULOGIN_FORCE\nsulogin -e\n' \
		etc/passwd 'root:x:0:0::/root:/bin/sh\n' etc/shadow 'root:$y$secret:1::::::\n' \
		etc/cmdline.d/01-default.conf 'quiet rd.shell=0\n'
	[ "$(rules)" = "dracut-systemd rd.shell=0 password" ]
	[ "$(grep -c secret "$BATS_TEST_TMPDIR/guard/bootverdict/config")" -eq 0 ]
}

@test "an image of another builder is known as such" {
	make_system
	[ "$(rules)" = "unknown" ]
}

# The boot compares it with its list.
@test "the guard's config is recorded with the rules in it" {
	cat >"$BATS_TEST_TMPDIR/xxh3.c" <<-'END'
	#define XXH_INLINE_ALL
	#include <stdio.h>
	#include <xxhash.h>
	int main(void)
	{
		static char data[4096];
		size_t len = fread(data, 1, sizeof(data), stdin);
		printf("%zu %016llx\n", len, (unsigned long long)XXH3_64bits(data, len));
		return 0;
	}
	END
	${CC:-cc} -O1 -o "$BATS_TEST_TMPDIR/xxh3" "$BATS_TEST_TMPDIR/xxh3.c"
	make_system
	make_initrd_with "${main[@]}" conf/conf.d/a 'panic=5\n'
	[ "$(rules)" = "initramfs-tools panic=5" ]
	cd "$BATS_TEST_TMPDIR/guard/bootverdict"
	grep -q "^content file 444 $("$BATS_TEST_TMPDIR/xxh3" <config) .* bootverdict/config$" manifest
	run seal
	[[ $output == *"already sealed"* ]]
}
