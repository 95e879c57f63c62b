#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The stub as an ordinary process, in a folder that stands for the root. What would be the kernel
# log and the console are plain files there.

setup_file() {
	local source="$BATS_TEST_DIRNAME/../../src/stub"

	# shellcheck disable=SC2086
	${CC:-cc} -std=gnu11 -D_GNU_SOURCE -O1 -g ${STUB_TEST_CFLAGS:-} -DSTUB_ROOT='"."' \
		-o "$BATS_FILE_TMPDIR/stub" "$source"/*.c
	cat >"$BATS_FILE_TMPDIR/xxh64.c" <<-'END'
	#define XXH_INLINE_ALL
	#include <stdio.h>
	#include <stdlib.h>
	#include <xxhash.h>
	int main(void)
	{
		static char data[1 << 22];
		size_t len = fread(data, 1, sizeof(data), stdin);
		printf("%016llx %zu\n", (unsigned long long)XXH64(data, len, 0), len);
		return 0;
	}
	END
	${CC:-cc} -O1 -o "$BATS_FILE_TMPDIR/xxh64" "$BATS_FILE_TMPDIR/xxh64.c"
}

setup() {
	PATH="$BATS_FILE_TMPDIR:$PATH"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p bootverdict dev proc usr/lib/bootverdict
	: >dev/kmsg
	: >dev/console
	echo "root=/dev/vda1 ro quiet" >proc/cmdline
	next_init <<-'END'
	echo "next-init $*" >>happened
	END
	checker <<-'END'
	exit 0
	END
}

# The original init: a script on standard input.
next_init() {
	{ echo '#!/bin/sh'; cat; } >usr/lib/bootverdict/next-init
	chmod 755 usr/lib/bootverdict/next-init
}

# The checker: a script on standard input; sealed at once, with the further lines of the config.
checker() {
	{ printf '#!/bin/bash\n'"echo \"checker \$*\" >>happened\n"; cat; } >bootverdict/bootverdict
	chmod 755 bootverdict/bootverdict
	{ echo "checker $(xxh64 <bootverdict/bootverdict)"; printf '%s\n' "$@"; } >bootverdict/config
}

# Runs the stub; its exit status is that of the original init, or 100 for "would reboot".
boot() {
	run timeout --kill-after=1 10 stub "$@"
}

# The same without any descriptor of bats; "$1" is closed as well when it is given.
boot_bare() {
	timeout 10 python3 -c 'import os, signal, sys
for s in (signal.SIGPIPE, signal.SIGXFSZ): signal.signal(s, signal.SIG_DFL)
os.closerange(3, 4096)
for fd in sys.argv[1:]: os.close(int(fd))
os.execvp("stub", ["stub"])' "$@" </dev/null >/dev/null 2>&1
}

# Later scripts have no bound for a checker that does not work.
left_alone() {
	[ "$(stat -c %a bootverdict/bootverdict)" = 0 ]
}

expect() {
	[ "$(cat "$1")" = "$2" ] || {
		echo "--- $1 has:"
		cat "$1"
		return 1
	}
}

@test "a sound checker runs, then the original init, and nothing is said" {
	boot quiet splash
	[ "$status" -eq 0 ]
	expect happened $'checker boot --hold-fd 3\nnext-init quiet splash'
	expect dev/kmsg ""
	expect dev/console ""
	[ "$(stat -c %a bootverdict/bootverdict)" = 755 ]
}

@test "an image that was never sealed costs one line of level debug" {
	rm -r bootverdict
	boot
	[ "$status" -eq 0 ]
	expect happened "next-init "
	expect dev/kmsg "<7>bootverdict: this initramfs is not sealed, going on"
	expect dev/console ""
}

@test "the original init gets no descriptor, no blocked signal, and its environment" {
	cat >usr/lib/bootverdict/next-init <<-'END'
	#!/usr/bin/python3
	import os
	fds = [f for f in range(200) if os.path.lexists(f"/proc/self/fd/{f}")]
	with open("happened", "a") as out:
	    print(fds, os.environ["TERM"], file=out)
	    for line in open("/proc/self/status"):
	        if line.startswith("SigBlk"):
	            print(line.split()[1], file=out)
	END
	TERM=linux boot_bare
	expect happened $'checker boot --hold-fd 3\n[0, 1, 2] linux\n0000000000000000'
}

@test "the checker gets the pipe as descriptor 3 and no other of the stub's" {
	checker <<-'END'
	readlink /proc/$$/fd/3 | sed 's/:.*//' >>happened
	ls /proc/$$/fd | grep -v -e '^[0-3]$' -e '^255$' >>happened
	grep SigBlk /proc/self/status >>happened
	END
	boot_bare
	expect happened $'checker boot --hold-fd 3\npipe\nSigBlk:\t0000000000000000\nnext-init '
}

@test "the pipe is descriptor 3 also when the kernel gave no console" {
	checker <<-'END'
	readlink /proc/$$/fd/3 | sed 's/:.*//' >>happened
	END
	boot_bare 0
	expect happened $'checker boot --hold-fd 3\npipe\nnext-init '
	rm happened
	boot_bare 0 1 2
	expect happened $'checker boot --hold-fd 3\npipe\nnext-init '
}

@test "a checker that crashes costs one line" {
	checker <<-'END'
	ulimit -c 0
	kill -SEGV $$
	END
	boot
	[ "$status" -eq 0 ]
	expect happened $'checker boot --hold-fd 3\nnext-init '
	expect dev/kmsg "<2>bootverdict: the checker crashed, signal 11; this boot is unchecked"
	expect dev/console ""
	left_alone
}

@test "a checker that fails costs one line" {
	checker <<<'exit 7'
	boot
	expect happened $'checker boot --hold-fd 3\nnext-init '
	expect dev/kmsg "<2>bootverdict: the checker failed, exit status 7; this boot is unchecked"
	left_alone
}

@test "a checker that hangs is ended after the configured time, with what it started" {
	checker "wait 1" <<-'END'
	sleep 97 & echo $! >child
	sleep 97
	END
	boot
	[ "$status" -eq 0 ]
	expect happened $'checker boot --hold-fd 3\nnext-init '
	expect dev/kmsg "<2>bootverdict: the checker did not decide within 1 s and was ended; this boot is unchecked"
	state=$(ps -o stat= -p "$(cat child)" || true)
	[[ -z $state || $state == Z* ]]
	left_alone
}

@test "a checker that closes the pipe and hangs is ended as well" {
	checker "wait 1" <<-'END'
	exec 3>&-
	sleep 97
	END
	boot
	expect happened $'checker boot --hold-fd 3\nnext-init '
	grep -q 'did not decide within 1 s' dev/kmsg
}

@test "a checker that asks a person has all the time it needs" {
	checker "wait 1" <<-'END'
	printf h >&3
	exec 3>&-
	sleep 3
	echo answered >>happened
	END
	boot
	expect happened $'checker boot --hold-fd 3\nanswered\nnext-init '
	expect dev/kmsg ""
}

@test "any other byte on the pipe gives no time" {
	checker "wait 1" <<-'END'
	printf x >&3
	sleep 97
	END
	boot
	expect happened $'checker boot --hold-fd 3\nnext-init '
	grep -q 'did not decide within 1 s' dev/kmsg
}

@test "a checker that ignores signals and turns them off is ended all the same" {
	checker "wait 1" <<-'END'
	trap '' TERM HUP INT CHLD
	while :; do sleep 1; done
	END
	boot
	grep -q 'did not decide within 1 s' dev/kmsg
	grep -q next-init happened
}

@test "a checker with one flipped bit is not run" {
	checker <<<'# sealed a'
	sed -i 's/sealed a/sealed c/' bootverdict/bootverdict
	boot
	[ "$status" -eq 0 ]
	expect happened "next-init "
	expect dev/kmsg "<2>bootverdict: STORAGE CORRUPTION: the checker was not run: its bytes are not those that were sealed; this boot is unchecked"
	left_alone
}

@test "a checker of another length, with the right hash of what the config says, is not run" {
	sed -i 's/ [0-9]*$/ 5/' bootverdict/config
	boot
	expect happened "next-init "
	grep -q 'not those that were sealed' dev/kmsg
}

@test "a checker that is absent costs one line" {
	rm bootverdict/bootverdict
	boot
	expect happened "next-init "
	expect dev/kmsg "<2>bootverdict: STORAGE CORRUPTION: the checker was not run: it cannot be read; this boot is unchecked"
}

@test "a checker that cannot be executed costs one line of its own" {
	checker </dev/null
	sed -i '1s,.*,#!/does/not/exist,' bootverdict/bootverdict
	echo "checker $(xxh64 <bootverdict/bootverdict)" >bootverdict/config
	boot
	expect happened "next-init "
	grep -q '^<2>bootverdict: the checker cannot be executed: errno 2$' dev/kmsg
}

@test "without a config, or with a damaged one, the checker is not run" {
	cp bootverdict/config config.good
	for damage in 'rm bootverdict/config' ': >bootverdict/config' \
		'sed -i s/^checker/chucker/ bootverdict/config' \
		'sed -i s/[0-9a-f]/g/ bootverdict/config' \
		'truncate -s 20 bootverdict/config' \
		'head -c 1000 /dev/zero >bootverdict/config' \
		'head -c 100000 /dev/urandom >bootverdict/config'; do
		cp config.good bootverdict/config
		rm -f happened
		: >dev/kmsg
		eval "$damage"
		boot
		[ "$status" -eq 0 ]
		expect happened "next-init "
		expect dev/kmsg "<2>bootverdict: STORAGE CORRUPTION: the checker was not run: its checksum is damaged or absent; this boot is unchecked"
	done
	cp config.good bootverdict/config
	chmod 755 bootverdict/bootverdict
	rm happened
	boot
	expect happened $'checker boot --hold-fd 3\nnext-init '
}

@test "a damaged waiting time takes its default" {
	for wait in 0 2p -1 3601 99999999999999999999999 ""; do
		rm -f happened
		checker "wait $wait" <<<'sleep 1.2'
		boot
		expect happened $'checker boot --hold-fd 3\nnext-init '
		expect dev/kmsg ""
	done
}

@test "without a kernel log the line is on the console" {
	rm -r dev/kmsg
	mkdir .bootverdict-kmsg # neither removed nor made
	checker <<<'exit 7'
	boot
	expect dev/console "bootverdict: the checker failed, exit status 7; this boot is unchecked"
}

@test "an original init that is absent is explained by the checker" {
	rm usr/lib/bootverdict/next-init
	echo "ro panic=-1" >proc/cmdline
	boot
	[ "$status" -eq 100 ]
	expect happened $'checker boot --hold-fd 3\nchecker boot --hold-fd 3 --no-init 2'
	grep -q '^<2>bootverdict: the original init cannot be executed, errno 2$' dev/kmsg
	grep -q 'gave no decision' dev/console
	[ "$(grep -c VERDICT dev/console)" -eq 0 ]
}

@test "an original init whose interpreter is absent is explained by the checker" {
	sed -i '1s,.*,#!/does/not/exist,' usr/lib/bootverdict/next-init
	echo "ro panic=-1" >proc/cmdline
	boot
	grep -q -e '--no-init 2' happened
	chmod 600 usr/lib/bootverdict/next-init
	boot
	grep -q -e '--no-init 13' happened
}

@test "checker damaged and init absent: the text that is built in blames the storage" {
	rm usr/lib/bootverdict/next-init
	echo damaged >>bootverdict/bootverdict
	echo "ro panic=-1" >proc/cmdline
	boot
	[ "$status" -eq 100 ]
	[ ! -e happened ]
	grep -q '^VERDICT: STORAGE CORRUPTION - not a configuration error$' dev/console
	[ "$(wc -L <dev/console)" -lt 80 ]
	[ "$(wc -l <dev/console)" -le 24 ]
}

@test "never sealed and init absent: no verdict without evidence" {
	rm -r usr bootverdict
	echo "ro panic=-1" >proc/cmdline
	boot
	[ "$status" -eq 100 ]
	grep -q 'never sealed' dev/console
	[ "$(grep -c VERDICT dev/console)" -eq 0 ]
}

@test "panic= on the command line: seconds until the reboot" {
	rm usr/lib/bootverdict/next-init
	echo "panic=7 quiet panic=2 ro" >proc/cmdline
	SECONDS=0
	boot
	[ "$status" -eq 100 ]
	[ "$SECONDS" -ge 2 ]
	[ "$SECONDS" -lt 7 ]
	grep -q 'rebooting in 2 s' dev/kmsg
}

@test "panic= of the image's own configuration: the same, unless the command line says otherwise" {
	rm usr/lib/bootverdict/next-init
	checker "rescue initramfs-tools panic=1" <<<'exit 7'
	echo "ro quiet" >proc/cmdline
	SECONDS=0
	boot
	[ "$status" -eq 100 ]
	[ "$SECONDS" -ge 1 ]
	grep -q 'rebooting in 1 s' dev/kmsg
	echo "panic=-1" >proc/cmdline
	: >dev/kmsg
	boot
	[ "$status" -eq 100 ]
	[ "$(grep -c 'rebooting in' dev/kmsg)" -eq 0 ]
	for line in "panic=" "panic=0"; do
		echo "$line" >proc/cmdline
		run timeout --signal=KILL 1.7 stub
		[ "$status" -eq 137 ]
	done
	for rules in "initramfs-tools" "initramfs-tools xpanic=1" "initramfs-tools panic=0"; do
		checker "rescue $rules" <<<'exit 7'
		echo "ro quiet" >proc/cmdline
		run timeout --signal=KILL 1.7 stub
		[ "$status" -eq 137 ]
	done
}

# The checker as a program that notes how the terminal is, makes it raw, and goes on as told; the
# original init says how it has found the terminal.
terminal_checker() {
	mkdir bootverdict/run
	cat >bootverdict/bootverdict <<-END
	#!/usr/bin/python3
	import array, fcntl, os, signal, struct, termios, tty
	settings = array.array("B", bytes(56))
	fcntl.ioctl(0, termios.TCGETS, settings)
	number = os.stat(os.ttyname(0)).st_rdev
	before = termios.tcgetattr(0)
	signal.signal(signal.SIGTTOU, signal.SIG_IGN) # process 1 has no terminal of its own
	def note(cut=64):
	    with open("bootverdict/run/terminals", "wb") as out:
	        record = struct.pack("II", os.major(number), os.minor(number)) + settings.tobytes()
	        out.write(record[:cut])
	def raw():
	    tty.setraw(0)
	    os.system("stty -a >raw")
	$1
	END
	chmod 755 bootverdict/bootverdict
	{ echo "checker $(xxh64 <bootverdict/bootverdict)"; echo "wait 1"; } >bootverdict/config
	next_init <<-'END'
	stty -a >after
	END
}

# Runs the stub at a terminal of its own; the files before and after hold its settings.
# shellcheck disable=SC2016 # the inner shell expands it
boot_at_terminal() {
	run timeout --kill-after=1 20 python3 "$BATS_TEST_DIRNAME/terminal.py" none none \
		sh -c 'stty -a >before; ln -s "$(tty)" dev/terminal; exec stub'
}

@test "a checker that dies gives no raw terminal to the original init" {
	for way in 'note(); raw(); os.kill(os.getpid(), signal.SIGKILL)' \
		'note(); raw(); signal.signal(signal.SIGALRM, signal.SIG_DFL); signal.alarm(1); signal.pause()' \
		'note(); raw(); os._exit(7)' \
		'note(); raw(); signal.pause()' \
		'note(); os.write(3, b"h"); raw(); os.kill(os.getpid(), signal.SIGSEGV)'; do
		rm -rf bootverdict/run dev/terminal raw after
		terminal_checker "$way"
		boot_at_terminal
		grep -q -e '-icanon' raw # it was raw
		expect after "$(cat before)"
		[ ! -e bootverdict/run/terminals ]
		left_alone
	done
}

@test "a checker that ends in good order has given the terminal back, and is not interfered with" {
	terminal_checker 'note(); raw(); termios.tcsetattr(0, termios.TCSANOW, before)
os.unlink("bootverdict/run/terminals")'
	boot_at_terminal
	grep -q -e '-icanon' raw
	expect after "$(cat before)"
}

@test "what was noted of a terminal only in part is not used" {
	terminal_checker 'note(63); os.system("stty rows 7 -echo"); os._exit(7)'
	boot_at_terminal
	grep -q -e '-echo ' after
	[ ! -e bootverdict/run/terminals ]
}

@test "without panic=, with 0 or nonsense it waits and never ends" {
	rm usr/lib/bootverdict/next-init
	for line in "ro quiet" "ro panic=0" "ro panic=1x" "xpanic=1" "panic=" "panic=-"; do
		: >dev/console
		echo "$line" >proc/cmdline
		run timeout --signal=KILL 0.7 stub
		[ "$status" -eq 137 ]
		grep -q 'waits to be switched off' dev/console
	done
}

@test "as process 1: orphans are reaped, and ended when the checker crashes" {
	unshare --pid --fork --mount-proc true || skip "no permission to make a PID namespace"
	checker <<-'END'
	ulimit -c 0
	setsid sh -c 'sleep 0.2 & exit' # an orphan that ends by itself
	setsid sleep 97 &
	i=0 # a loaded machine takes its time
	while ps -eo stat=,args= | grep -q -e '^Z' -e 'sleep 0\.2' && [ $i -lt 40 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	ps -eo stat= | grep -c '^Z' >zombies
	kill -SEGV $$
	END
	next_init <<-'END'
	ps -eo pid=,comm= | grep -v -e ' ps$' -e ' grep$' >processes
	END
	run timeout --kill-after=1 10 unshare --pid --fork --mount-proc stub
	[ "$status" -eq 0 ]
	expect zombies 0
	[ "$(wc -l <processes)" -eq 1 ]
	grep -q 'crashed, signal 11' dev/kmsg
}
