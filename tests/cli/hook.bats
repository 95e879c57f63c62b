#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The scripts that put bootverdict into an initrd and seal it, in folders that stand for the
# system's: which files they make, and that none of their failures costs an initrd.
# Each test is a subshell of its own, as it should be:
# shellcheck disable=SC2030,SC2031

bats_require_minimum_version 1.5.0

setup() {
	source=$BATS_TEST_DIRNAME/../..
	cd "$BATS_TEST_TMPDIR" || return
	export BOOTVERDICT_LIB=$PWD/lib BOOTVERDICT_CONF=$PWD/conf BOOTVERDICT_BOOT=$PWD/boot
	mkdir lib boot
	cp "$source"/hook/* lib/
	cp "$source/etc/bootverdict.conf" conf
	printf 'the stub: /usr/lib/bootverdict/next-init' >lib/init
	printf 'busybox' >lib/busybox
	cat >lib/bootverdict <<-'END'
		#!/bin/sh
		echo "$*" >>"$BOOTVERDICT_LIB/called"
		exit "$(cat "$BOOTVERDICT_LIB/status" 2>/dev/null || echo 0)"
	END
	chmod +x lib/init lib/bootverdict lib/busybox
	(cd lib && sha256sum init bootverdict busybox >sums)
	new_image
}

# A folder as mkinitramfs has it when it runs the hooks: merged /usr, and /init a script.
new_image() {
	rm -rf image
	mkdir -p image/usr/lib image/usr/bin image/scripts
	ln -s usr/lib image/lib
	ln -s usr/bin image/bin
	printf '#!/bin/sh\necho init\n' >image/init
	chmod 0755 image/init
}

# Everything in the image: paths, types, modes, links and content.
listing() {
	(cd image && find . -printf '%p %M %l\n' | sort && find . -type f | sort | xargs -d '\n' md5sum)
}

# As mkinitramfs asks behind the last hook. Its answer, on standard output, has no name in it.
hook() {
	DESTDIR=$PWD/image version=6.12 run -0 --separate-stderr \
		"$source/initramfs-tools/scripts/bootverdict/divert" prereqs
	[ -z "$output" ]
	# shellcheck disable=SC2154 # set by run
	output=$stderr
}

assert_diverted() {
	[ "$(readlink image/init)" = usr/lib/bootverdict/init ]
	cmp lib/init image/usr/lib/bootverdict/init
	[ -x image/usr/lib/bootverdict/init ]
	[ ! -L image/usr/lib/bootverdict/init ]
	[ "$(head -n 1 image/usr/lib/bootverdict/next-init)" = '#!/bin/sh' ]
	[ "$(find image/usr/lib/bootverdict | wc -l)" -eq 3 ]
	[ -x image/usr/lib/bootverdict/next-init ]
}

@test "the hook diverts /init" {
	hook
	[ -z "$output" ]
	assert_diverted
	[ "$(image/usr/lib/bootverdict/next-init)" = init ]
}

@test "the hook can run twice, and takes a newer stub" {
	hook
	before=$(listing)
	hook
	[ "$(listing)" = "$before" ]
	printf 'a newer stub' >lib/init
	rm lib/sums
	hook
	assert_diverted
}

@test "a hook that writes through /init later does not reach the running system" {
	hook
	printf '#!/bin/sh\n' >image/init
	(cd lib && sha256sum --status -c sums)
}

@test "an /init that is a link stays what it means" {
	for target in usr/lib/systemd/systemd /usr/lib/systemd/systemd; do
		new_image
		ln -sfn "$target" image/init
		hook
		[ "$(readlink image/init)" = usr/lib/bootverdict/init ]
		[ "$(readlink image/usr/lib/bootverdict/next-init)" = /usr/lib/systemd/systemd ]
		hook
		[ "$(readlink image/usr/lib/bootverdict/next-init)" = /usr/lib/systemd/systemd ]
	done
}

@test "nothing is diverted when it is switched off" {
	before=$(listing)
	for word in no '"no"' "'no'" 'no # for now' false 0; do
		echo "ENABLED=$word" >>conf
		hook
		[ -z "$output" ]
		[ "$(listing)" = "$before" ]
	done
	echo ENABLED=yes >>conf
	hook
	assert_diverted
}

@test "without a configuration file it is on" {
	rm conf
	hook
	assert_diverted
}

@test "a broken configuration file does not cost the initrd" {
	printf '%s\n' 'if then (' 'ENABLED' >conf
	hook
	assert_diverted
}

# Each of these leaves the image as it was, with a warning, and exit status 0.
assert_left_alone() {
	before=$(listing)
	hook
	[[ "$output" == *"W: bootverdict: "* ]]
	[ "$(listing)" = "$before" ]
}

@test "no stub" {
	rm lib/init
	assert_left_alone
	[[ "$output" == *"install bootverdict again"* ]]
}

@test "a link in the image that leads out of it: the running system is not written to" {
	mkdir outside
	for place in usr/lib usr; do
		new_image
		rm -r "image/$place"
		ln -s "$PWD/outside" "image/$place"
		assert_left_alone
		[[ "$output" == *"leads out of it"* ]]
		[ -z "$(ls -A outside)" ]
	done
	# Healthy: it stays inside.
	new_image
	mv image/usr/lib image/usr/lib64
	ln -s lib64 image/usr/lib
	hook
	[ -z "$output" ]
	assert_diverted
}

@test "an empty stub" {
	: >lib/init
	rm lib/sums
	assert_left_alone
}

@test "a damaged stub" {
	printf 'thE stub' >lib/init
	assert_left_alone
	[[ "$output" == *"not as they were installed"* ]]
}

@test "no /init" {
	rm image/init
	assert_left_alone
}

@test "no divert, no functions" {
	rm lib/functions
	assert_left_alone
	rm lib/divert
	assert_left_alone
}

@test "no folder" {
	run -1 lib/divert ''
	[[ "$output" == *"no folder"* ]]
	rm -r image
	hook
	[[ "$output" == *"W: bootverdict: "* ]]
}

# Every program that divert starts fails in turn, from its n-th start on.
stop_at_each_program() {
	mkdir bin
	for program in mkdir cp cmp mv ln; do
		cat >"bin/$program" <<-END
			#!/bin/sh
			n=\$(cat "$PWD/count"); echo \$((n - 1)) >"$PWD/count"
			[ "\$n" -gt 1 ] || exit 1
			exec $(command -v "$program") "\$@"
		END
		chmod +x "bin/$program"
	done
}

@test "whatever fails meanwhile, the image is diverted whole or left alone" {
	stop_at_each_program
	before=$(listing)
	failures=0
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		new_image
		touch -r conf image
		echo "$n" >count
		PATH=$PWD/bin:$PATH hook
		if [ -L image/init ]; then
			assert_diverted
			break
		fi
		failures=$((failures + 1))
		[[ "$output" == *"W: bootverdict: "* ]]
		[ "$(listing)" = "$before" ]
	done
	[ -L image/init ]
	[ "$failures" -ge 7 ]
}

@test "in the boot, and without a folder, the boot scripts do nothing" {
	before=$(listing)
	printf '#!/bin/sh\ntouch %s/kept\n' "$BOOTVERDICT_LIB" >lib/keep
	for name in divert keep; do
		run -0 "$source/initramfs-tools/scripts/bootverdict/$name"
		DESTDIR=$PWD/image run -0 "$source/initramfs-tools/scripts/bootverdict/$name"
		run -0 "$source/initramfs-tools/scripts/bootverdict/$name" prereqs
		[ -z "$output" ]
	done
	[ "$(listing)" = "$before" ]
	[ ! -e lib/kept ]
}

@test "the image that is being replaced is kept, whatever that prints" {
	cat >lib/keep <<-'END'
		#!/bin/sh
		echo "$1" | tee "$BOOTVERDICT_LIB/kept"
		exit 1
	END
	DESTDIR=$PWD/image version=6.12 run -0 --separate-stderr \
		"$source/initramfs-tools/scripts/bootverdict/keep" prereqs
	[ -z "$output" ]
	[ "$(cat lib/kept)" = 6.12 ]
	rm lib/keep
	DESTDIR=$PWD/image version=6.12 run -0 "$source/initramfs-tools/scripts/bootverdict/keep" prereqs
	[ -z "$output" ]
}

# ---- init is changed behind the diversion -------------------------------------------------------

# The stub is what it was, the link is there, and next-init is what /init would have been.
assert_folded() { # TEXT...
	[ "$(readlink image/init)" = usr/lib/bootverdict/init ]
	cmp lib/init image/usr/lib/bootverdict/init
	[ -x image/usr/lib/bootverdict/next-init ]
	printf '%s\n' "$@" | diff - image/usr/lib/bootverdict/next-init
	[ -z "$(find image -name '*.new' -o -name '*-new')" ]
}

@test "an init that was moved into the link's place becomes the next-init" {
	hook
	printf '#!/bin/sh\necho another\n' >new
	chmod 755 new
	mv new image/init
	hook
	[ -z "$output" ]
	assert_folded '#!/bin/sh' 'echo another'
	before=$(listing)
	hook
	[ "$(listing)" = "$before" ]
}

@test "a link that was put into the link's place becomes the next-init" {
	hook
	ln -sfn usr/bin/systemd image/init
	hook
	assert_left_to /usr/bin/systemd
	ln -sfn /sbin/init image/init
	hook
	assert_left_to /sbin/init
}

assert_left_to() { # TARGET
	[ "$(readlink image/init)" = usr/lib/bootverdict/init ]
	[ "$(readlink image/usr/lib/bootverdict/next-init)" = "$1" ]
	cmp lib/init image/usr/lib/bootverdict/init
}

@test "an init that was written through the link becomes the next-init" {
	hook
	printf '#!/bin/sh\necho another\n' >image/init
	hook
	[ -z "$output" ]
	assert_folded '#!/bin/sh' 'echo another'
}

@test "what was appended through the link is appended to the next-init" {
	hook
	echo 'echo appended' >>image/init
	hook
	[ -z "$output" ]
	assert_folded '#!/bin/sh' 'echo init' 'echo appended'
	# As an editor does that replaces the link by a file.
	cat lib/init - >image/new <<<'echo more'
	mv image/new image/init
	hook
	[ -z "$output" ]
	assert_folded '#!/bin/sh' 'echo init' 'echo appended' 'echo more'
}

@test "an edit that met the stub is lost, but it says so, and does no harm" {
	for edit in 's/stub/Stub/' 's/nothing/like that/' '1i # a line' 's,$, more,;1i x'; do
		new_image
		hook
		sed -i "$edit" image/init
		[ ! -L image/init ]
		hook
		[[ "$output" == *"that edit is lost"* ]]
		assert_folded '#!/bin/sh' 'echo init'
	done
	hook
	[ -z "$output" ]
	sed -i --follow-symlinks 's/stub/Stub/' image/init
	hook
	[[ "$output" == *"that edit is lost"* ]]
	assert_folded '#!/bin/sh' 'echo init'
}

@test "a program that was put before the link and executes it does not go round for ever" {
	for keep in 'mv' 'cp -a' 'cp'; do
		new_image
		hook
		(cd image && $keep init init.real && printf '#!/bin/sh\nexec /init.real\n' >new &&
			chmod 755 new && mv new init)
		hook
		[ -z "$output" ]
		assert_folded '#!/bin/sh' 'exec /init.real'
		target=$(readlink image/init.real)
		[ "$(head -n 2 "image$target" | tail -n 1)" = 'echo init' ]
		# And once more.
		(cd image && $keep init second && printf '#!/bin/sh\nexec /second\n' >new &&
			chmod 755 new && mv new init)
		hook
		assert_folded '#!/bin/sh' 'exec /second'
		target=$(readlink image/second)
		[ "$(head -n 2 "image$target" | tail -n 1)" = 'exec /init.real' ]
	done
}

@test "an image that leads to a stub and has no next-init is left alone" {
	hook
	rm image/usr/lib/bootverdict/next-init
	assert_left_alone
	cp --remove-destination lib/init image/init
	assert_left_alone
}

@test "whatever fails meanwhile, an init that came later is executed in one way or the other" {
	stop_at_each_program
	failures=0
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		new_image
		rm -f count
		hook
		printf '#!/bin/sh\necho another\n' >new
		chmod 755 new
		mv new image/init
		echo "$n" >count
		PATH=$PWD/bin:$PATH hook
		rm -f count
		[ "$(head -n 2 image/init | tail -n 1)" = 'echo another' ] ||
			assert_folded '#!/bin/sh' 'echo another'
		[ ! -L image/init ] || break
		failures=$((failures + 1))
	done
	[ -L image/init ]
	[ "$failures" -ge 6 ]
}

# ---- after an update ----------------------------------------------------------------------------

post_update() { # STATUS [IMAGE]
	: >boot/initrd.img-6.12
	run "-$1" "$source/initramfs-tools/post-update.d/bootverdict" 6.12 \
		"${2:-$PWD/boot/initrd.img-6.12}"
}

called() {
	cat lib/called 2>/dev/null || :
}

@test "an update seals the image" {
	post_update 0
	[ -z "$output" ]
	[ "$(called)" = "seal --boot $PWD/boot -k 6.12 --image $PWD/boot/initrd.img-6.12" ]
}

@test "a disk that did not keep what was written fails the update, loudly" {
	echo 1 >lib/status
	post_update 1
	[[ "$output" == *"what a reboot would do now"* ]]
	[[ "$output" == *"$PWD/boot/initrd.img-6.12"* ]]
	echo SEAL_CORRUPTION=warn >>conf
	post_update 0
	[[ "$output" == *"what a reboot would do now"* ]]
}

@test "what cannot be sealed is a warning, or an error when that is wanted" {
	for status in 2 127 139; do
		echo "$status" >lib/status
		post_update 0
		[[ "$output" == *"WARNING: $PWD/boot/initrd.img-6.12, or a device that it unlocks, is not sealed"* ]]
	done
	echo SEAL_UNABLE=fail >>conf
	post_update 1
}

@test "a damaged program of ours is not put into an image" {
	echo x >>lib/busybox
	post_update 0
	[[ "$output" == *"is not sealed"* ]]
	[ -z "$(called)" ]
}

@test "nothing is sealed when it is switched off" {
	echo ENABLED=no >>conf
	post_update 0
	[ -z "$output$(called)" ]
}

@test "seal is told which image was written, and answers whether that is what boots" {
	post_update 0 "$PWD/boot/initramfs-6.12.img"
	[ "$(called)" = "seal --boot $PWD/boot -k 6.12 --image $PWD/boot/initramfs-6.12.img" ]
}

@test "what stays after the package is removed does nothing" {
	rm -r lib
	post_update 0
	[ -z "$output" ]
}

# ---- in the boot, and after a kernel is gone ----------------------------------------------------

@test "the report is carried over to /run" {
	export BOOTVERDICT_ROOT=$PWD/root
	mkdir -p root/run root/bootverdict/run
	echo text >root/bootverdict/run/report.txt
	echo json >root/bootverdict/run/report.json
	run -0 "$source/initramfs-tools/scripts/init-top/bootverdict"
	[ -z "$output" ]
	diff -r root/bootverdict/run root/run/bootverdict
}

@test "without a report /run stays as it is" {
	export BOOTVERDICT_ROOT=$PWD/root
	mkdir -p root/run
	run -0 "$source/initramfs-tools/scripts/init-top/bootverdict"
	[ -z "$output" ]
	mkdir -p root/bootverdict/run
	run -0 "$source/initramfs-tools/scripts/init-top/bootverdict"
	[ -z "$output" ]
	[ -z "$(ls root/run)" ]
	run -0 "$source/initramfs-tools/scripts/init-top/bootverdict" prereqs
	[ -z "$output" ]
}

@test "the record of a removed kernel is forgotten, and no other" {
	export BOOTVERDICT_ROOT=$PWD/root BOOTVERDICT_LIB=$PWD/lib
	mkdir -p lib root/boot/bootverdict root/var/lib/bootverdict
	ln -sfn "$BOOTVERDICT" lib/bootverdict
	for folder in root/boot/bootverdict root/var/lib/bootverdict; do
		touch "$folder/6.1.manifest" "$folder/6.12.manifest"
	done
	touch root/boot/vmlinuz-6.1 root/boot/vmlinuz-6.12 root/boot/.initrd.img-6.1.bootverdict-old \
		root/boot/.initrd.img-6.1.bootverdict-new root/boot/.initrd.img-6.12.bootverdict-old \
		root/var/lib/bootverdict/.6.1.manifest.bootverdict-new
	run -0 "$source/kernel/postrm.d/bootverdict" 6.1
	[ -e root/boot/bootverdict/6.1.manifest ]
	rm root/boot/vmlinuz-6.1
	run -0 "$source/kernel/postrm.d/bootverdict" 6.1
	[ -z "$output" ]
	[ ! -e root/boot/bootverdict/6.1.manifest ]
	[ ! -e root/var/lib/bootverdict/6.1.manifest ]
	[ -e root/boot/bootverdict/6.12.manifest ]
	[ -e root/var/lib/bootverdict/6.12.manifest ]
	[ -z "$(find root -name '.*6.1.*')" ]
	[ -e root/boot/.initrd.img-6.12.bootverdict-old ]
	rm root/boot/vmlinuz-6.12
	run -0 "$source/kernel/postrm.d/bootverdict" 6.12 "$PWD/root/boot/vmlinuz-6.12"
	[ ! -e root/boot/bootverdict ]
	run -0 "$source/kernel/postrm.d/bootverdict"
	run -0 "$source/kernel/postrm.d/bootverdict" ../x
}
