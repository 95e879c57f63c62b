# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of crypttab(5), of Debian's cryptsetup-initramfs and of systemd.

Sealing never fails because of one, and a healthy system stays intact. What the line unlocks by LUKS
is recorded; a bit of it is lost then.
"""

import os

from cases import Case, Wrong, command, must
from foreign import file_of
from headers import QUICK, cryptsetup, over
from lab import host

UUID = "11111111-2222-4333-8444-5555555555aa"


class Crypttab(Case):
    """make is the text; {disk}: a LUKS device, {other}: one that holds something else. records: how
    many devices are recorded; former: {other} was LUKS once; says: words of seal."""

    records = 0
    former = False
    says = ""

    def run(self, place):
        place.system()
        disk, other = place.path("disk.img"), place.path("other.img")
        over(lambda: b"", "--type", "luks2", "--uuid", UUID, *QUICK)(disk)
        if self.former:
            over(lambda: b"", "--type", "luks2", *QUICK)(other)
            with open(other, "r+b") as f:       # what plain dm-crypt does to the start of it
                f.write(os.urandom(16384 + 6))
        else:
            host.put(other, "")
            os.truncate(other, 8 << 20)
        text = self.make.format(disk=disk, other=other, uuid=UUID, key=place.write("key", b"k" * 32))
        host.put(os.path.join(place.root, "etc/crypttab"), text)
        must(place.seal(), 0, "seal", self.says)
        answer = must(place.check(), 0, "check", never="corrupt|damaged")
        told = [a for a in answer.json["artifacts"] if a["kind"] == "luks"]
        if len(told) != self.records:
            raise Wrong(f"{len(told)} LUKS devices are recorded, not {self.records}: {told}")
        if self.records:
            place.lose_bit(disk, 32768 + 20000)
            must(place.check(), 1, "check, a bit of a keyslot lost")
            self.twins += 1


def line(name, text, **how):
    """One crypttab."""
    Crypttab("crypttab: " + name, text, **how)


line("luks, by path", "vault {disk} none luks,initramfs\n", records=1)
line("luks, with many options", "vault {disk} none luks,discard,initramfs,tries=3,"
     "keyslot=0,no-read-workqueue,x-initrd.attach,timeout=30\n", records=1)
line("luks, tabs and spaces", "  vault\t\t{disk} \t none   luks,initramfs \t \n", records=1)
line("luks, no newline at the end", "vault {disk} none luks,initramfs", records=1)
line("luks, comments and empty lines", "# name source key options\n\n  # more\nvault {disk} none "
     "luks,initramfs\n\n#end", records=1)
line("luks, a key file", "vault {disk} {key} luks,initramfs\n", records=1)
line("luks, a key script", "vault {disk} key luks,initramfs,keyscript=/lib/decrypt_derived\n",
     records=1)
line("luks, twice the same device", "vault {disk} none luks,initramfs\n"
     "again {disk} none luks,initramfs,noauto\n", records=1)
line("no options", "vault {disk} none\n", records=1)
line("no key either", "vault {disk}\n", records=1)
line("options without luks", "vault {disk} none initramfs,discard\n", records=1)
line("a dash for the key, as systemd has it", "vault {disk} - luks,initramfs\n", records=1)
line("noauto, not in the initramfs", "vault {disk} none luks,noauto\n")
line("a UUID that no device has", "vault UUID=00000000-1111-2222-3333-444444444444 none "
     "luks,initramfs\n", says="00000000-1111")
line("a label, quoted", 'vault LABEL="no such" none luks,initramfs\n')
line("a partition's UUID that is not there", "vault PARTUUID=12345678-01 none luks,initramfs\n")
line("a path that is not there", "vault /dev/disk/by-id/none none luks,initramfs\n",
     says="/dev/disk/by-id/none")
line("a source with a space", "vault /dev/disk/by-label/no\\040such none luks,initramfs\n")
line("swap with a random key", "swap {other} /dev/urandom swap,cipher=aes-xts-plain64,size=256,"
     "initramfs\n")
line("swap with a random key, where LUKS was", "swap {other} /dev/urandom swap,"
     "cipher=aes-xts-plain64,size=256,initramfs\n", former=True)
line("tmp", "tmp {other} /dev/urandom tmp=ext4\n", former=True)
line("plain", "old {other} none plain,cipher=aes-cbc-essiv:sha256,size=256,hash=ripemd160,"
     "initramfs\n", former=True)
line("plain without the word", "old {other} none cipher=aes-cbc-essiv:sha256,size=256,"
     "hash=ripemd160,initramfs\n", former=True)
line("plain without the word, on a device that was never LUKS", "old {other} none "
     "cipher=aes-xts-plain64,size=512,hash=plain,initramfs\n")
line("plain with an offset", "old {other} {key} plain,offset=2048,skip=2048,size=512,initramfs\n",
     former=True)
line("tcrypt", "old {other} none tcrypt,tcrypt-veracrypt,initramfs\n", former=True)
line("bitlk", "windows {other} none bitlk,initramfs\n")
line("loop-aes", "old {other} {key} loop,initramfs\n")
line("garbage", "\0\x01\x02 = ;;\nvault\n=\n,,,\n" + "x" * 9000 + "\n")
line("lines of Windows", "# made elsewhere\r\nvault {disk} none luks,initramfs\r\n", records=1)
line("an empty file", "")
line("a thousand devices that are not there", "".join(
    f"vault{n} /dev/none{n} none luks,noauto\n" for n in range(1000)))
