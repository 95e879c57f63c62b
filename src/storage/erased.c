// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/erased.h"

#include <string.h>
#include <zlib.h>

#include "storage/disklabel.h"
#include "storage/lvm.h"
#include "storage/md.h"
#include "storage/superblock.h"
#include "util/bytes.h"
#include "util/util.h"

/* linux/swap.h, union swap_header: behind 1024 bytes for a boot loader; the magic ends the page. */
#define SWAP_INFO	1024u
#define SWAP_PADDING	1068u
#define SWAP_MAGIC	10u
#define SWAP_UUID	1036u
#define SWAP_UUID_BYTES 16u

/* Linux, drivers/md/bcache/bcache_ondisk.h, struct cache_sb_disk: up to the keys behind it. */
#define BCACHE_AT    4096u
#define BCACHE_MAGIC 24u
#define BCACHE_KEYS  206u
#define BCACHE_BYTES 208u

static bool read_at(const struct source *source, unsigned char *p, size_t len, uint64_t at)
{
	return source_read(source, p, len, at) == (ssize_t)len;
}

static bool is_zero_at(const struct source *source, uint64_t from, uint64_t to)
{
	unsigned char block[BLOCK_SIZE];

	for (uint64_t at = from; at < to; at += sizeof(block)) {
		size_t len = to - at < sizeof(block) ? (size_t)(to - at) : sizeof(block);

		if (!read_at(source, block, len, at) || !bytes_are_zero(block, len))
			return false;
	}
	return true;
}

/* mkswap: version 1, the number of the last page, no bad pages, a UUID; zeros are all the rest of the page. */
static bool is_swap(const struct source *source, uint32_t page)
{
	unsigned char head[SWAP_PADDING];

	if (!read_at(source, head, sizeof(head), 0) || le32(head + SWAP_INFO) != 1 ||
	    le32(head + SWAP_INFO + 8) != 0 || source->size < 2 * (uint64_t)page ||
	    le32(head + SWAP_INFO + 4) != source->size / page - 1 ||
	    bytes_are_zero(head + SWAP_UUID, SWAP_UUID_BYTES))
		return false;
	return is_zero_at(source, SWAP_PADDING, page);
}

static bool any_swap(const struct source *source)
{
	static const uint32_t pages[] = { 4096, 16384, 65536 };

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		if (is_swap(source, pages[i]))
			return true;
	}
	return false;
}

static bool is_power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

/*
 * Microsoft, "FAT: General Overview of On-Disk Format": the BPB, and both tables begin with its media byte
 * and ones. wipefs erases the type's name, the jump's first byte, and 55 aa.
 */
static bool is_fat(const struct source *source)
{
	unsigned char s[512], first[4], second[4];
	uint32_t sector, reserved, fat, all;

	if (!read_at(source, s, sizeof(s), 0) || s[0] || s[510] || s[511])
		return false;
	sector = le16(s + 11);
	reserved = le16(s + 14);
	fat = le16(s + 22) ? le16(s + 22) : le32(s + 36);
	all = le16(s + 19) ? le16(s + 19) : le32(s + 32);
	if (!is_power_of_two(sector) || sector < 512 || !is_power_of_two(s[13]) || !reserved ||
	    s[16] != 2 || s[21] < 0xf0 || !fat || !all || all > source->size / sector)
		return false;
	if (!read_at(source, first, sizeof(first), (uint64_t)reserved * sector) ||
	    !read_at(source, second, sizeof(second), ((uint64_t)reserved + fat) * sector))
		return false;
	return first[0] == s[21] && first[1] == 0xff && memcmp(first, second, sizeof(first)) == 0;
}

/* ECMA-182, inverted before and behind, as bcache has it. */
static uint64_t crc64(const unsigned char *p, size_t len)
{
	uint64_t crc = ~UINT64_C(0);

	while (len--) {
		crc ^= (uint64_t)*p++ << 56;
		for (int i = 0; i < 8; i++)
			crc = crc << 1 ^ (crc >> 63 ? UINT64_C(0x42f0e1eba9ea3693) : 0);
	}
	return ~crc;
}

static bool is_bcache(const struct source *source)
{
	unsigned char sb[BLOCK_SIZE];
	size_t len;

	if (!read_at(source, sb, sizeof(sb), BCACHE_AT) ||
	    !bytes_put_back(sb + BCACHE_MAGIC,
			    "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81", 16))
		return false;
	len = BCACHE_BYTES + 8 * (size_t)le16(sb + BCACHE_KEYS);
	return len <= sizeof(sb) && le64(sb) == crc64(sb + 8, len - 8);
}

/* UEFI Specification, 5.2: four entries, and 55 aa behind them, which wipefs erases. */
#define MBR_BYTES	    512u
#define MBR_ENTRIES	    446u
#define MBR_ENTRY_BYTES	    16u
#define MBR_ENTRY_COUNT	    4u
#define MBR_MAGIC	    510u
#define MBR_PROTECTIVE	    0xeeu
#define MBR_SIGNATURE	    440u
#define MBR_SIGNATURE_BYTES 4u

static bool read_erased_mbr(const struct source *source, unsigned char s[MBR_BYTES])
{
	return read_at(source, s, MBR_BYTES, 0) && !s[MBR_MAGIC] && !s[MBR_MAGIC + 1];
}

static const unsigned char *mbr_entry(const unsigned char *s, unsigned int i)
{
	return s + MBR_ENTRIES + (size_t)i * MBR_ENTRY_BYTES;
}

/* An entry that is used: a boot flag of 00 or 80, a type, and sectors that this device has. */
static bool is_mbr_partition(const unsigned char *entry, uint64_t sectors)
{
	uint64_t start = le32(entry + 8), count = le32(entry + 12);

	return !(entry[0] & 0x7f) && entry[4] && start && count && start + count <= sectors;
}

static bool overlaps(const unsigned char *a, const unsigned char *b)
{
	return le32(a + 8) < (uint64_t)le32(b + 8) + le32(b + 12) &&
	       le32(b + 8) < (uint64_t)le32(a + 8) + le32(a + 12);
}

/* Nothing in all of the sector but the disk's signature: a disk that loses it leaves no four bytes of it. */
static bool is_blank(const unsigned char s[MBR_BYTES])
{
	return bytes_are_zero(s, MBR_SIGNATURE) &&
	       !bytes_are_zero(s + MBR_SIGNATURE, MBR_SIGNATURE_BYTES) &&
	       bytes_are_zero(s + MBR_SIGNATURE + MBR_SIGNATURE_BYTES,
			      MBR_BYTES - MBR_SIGNATURE - MBR_SIGNATURE_BYTES);
}

/* Each entry is a partition or nothing at all, none is in another one's place, and one is used, or it is blank. */
static bool is_mbr(const struct source *source)
{
	unsigned char s[MBR_BYTES];
	bool used[MBR_ENTRY_COUNT], any = false;

	if (!read_erased_mbr(source, s))
		return false;
	for (unsigned int i = 0; i < MBR_ENTRY_COUNT; i++) {
		const unsigned char *entry = mbr_entry(s, i);

		used[i] = !bytes_are_zero(entry, MBR_ENTRY_BYTES);
		if (used[i] && !is_mbr_partition(entry, source->size / SECTOR_BYTES))
			return false;
		for (unsigned int k = 0; used[i] && k < i; k++) {
			if (used[k] && overlaps(entry, mbr_entry(s, k)))
				return false;
		}
		any |= used[i];
	}
	return any || is_blank(s);
}

/*
 * UEFI Specification, 5.3.2 "GPT Header": its CRC-32, for which that counts as zeros, and where it is. Its
 * entries begin in the third sector.
 */
#define GPT_BYTES	92u
#define GPT_CRC		16u
#define GPT_MY_LBA	24u
#define GPT_ENTRY_COUNT 80u
#define GPT_ENTRY_BYTES 84u

static bool is_gpt_header(const struct source *source, uint64_t lba, uint32_t sector, uint64_t *end)
{
	unsigned char s[BLOCK_SIZE];
	uint32_t size, crc;

	if (!read_at(source, s, sector, lba * sector) || !bytes_put_back(s, "EFI PART", 8))
		return false;
	size = le32(s + 12);
	crc = le32(s + GPT_CRC);
	memset(s + GPT_CRC, 0, 4);
	if (size < GPT_BYTES || size > sector || le64(s + GPT_MY_LBA) != lba ||
	    crc32(0, s, size) != crc)
		return false;
	*end = 2 * sector + (uint64_t)le32(s + GPT_ENTRY_COUNT) * le32(s + GPT_ENTRY_BYTES);
	return true;
}

static bool is_protective(const struct source *source)
{
	unsigned char s[MBR_BYTES];

	return read_erased_mbr(source, s) && mbr_entry(s, 0)[4] == MBR_PROTECTIVE &&
	       le32(mbr_entry(s, 0) + 8) == 1;
}

/*
 * The one at the end may be of years before, of a disk that was wiped and used as a whole then: it counts
 * beside the MBR alone that came with it.
 */
static bool is_gpt(const struct source *source, uint32_t sector, uint64_t *at, uint64_t *end)
{
	uint64_t sectors = source->size / sector;

	*at = sector;
	if (is_gpt_header(source, 1, sector, end))
		return true;
	*at = 0;
	return sectors > 2 && is_protective(source) &&
	       is_gpt_header(source, sectors - 1, sector, end);
}

static const char *of_superblock(const struct superblock *s, uint64_t *at)
{
	*at = strcmp(s->kind, "btrfs") == 0 ? 65536 : strcmp(s->kind, "xfs") == 0 ? 0 : 1024;
	if (*at == 1024)
		return "a wiped ext file system";
	return *at ? "a wiped btrfs file system" : "a wiped XFS file system";
}

/* As wipefs leaves its label, and as pvremove does: the metadata area's header behind it has a checksum. */
static bool is_physical_volume(const struct source *source, uint64_t *at)
{
	enum lvm_state state = lvm_examine(source, at);

	return state == LVM_ERASED || state == LVM_LABEL_GONE;
}

/*
 * cryptsetup, lib/verity/verity.c, struct verity_sb: in 512 bytes, of which the rest is zeros. 32 random bytes are
 * its UUID and salt.
 */
#define VERITY_BYTES	 512u
#define VERITY_ALGORITHM 32u
#define VERITY_DATA	 64u
#define VERITY_HASH	 68u
#define VERITY_SALT_SIZE 80u
#define VERITY_SALT	 88u
#define VERITY_SALT_MAX	 256u

static bool is_block_size(uint32_t bytes)
{
	return bytes >= 512 && bytes <= 512u * 1024 && !(bytes & (bytes - 1));
}

static bool is_verity(const struct source *source)
{
	unsigned char s[VERITY_BYTES];
	size_t salt, name;

	if (!read_at(source, s, sizeof(s), 0) || !bytes_put_back(s, "verity\0\0", 8))
		return false;
	salt = le16(s + VERITY_SALT_SIZE);
	name = strnlen((char *)s + VERITY_ALGORITHM, VERITY_DATA - VERITY_ALGORITHM);
	return le32(s + 8) == 1 && le32(s + 12) <= 1 && name >= 3 &&
	       bytes_are_zero(s + VERITY_ALGORITHM + name, VERITY_DATA - VERITY_ALGORITHM - name) &&
	       is_block_size(le32(s + VERITY_DATA)) && is_block_size(le32(s + VERITY_HASH)) &&
	       salt <= VERITY_SALT_MAX &&
	       bytes_are_zero(s + VERITY_SALT + salt, VERITY_BYTES - VERITY_SALT - salt);
}

const char *recognise_erased(const struct source *source, uint64_t *at, uint64_t *end)
{
	struct superblock s;

	if (is_gpt(source, 512, at, end) || is_gpt(source, 4096, at, end))
		return "a wiped GPT partition table";
	*end = 0;
	if (superblock_is_erased(source, &s))
		return of_superblock(&s, at);
	if (md_is_erased(source, at))
		return "a wiped Linux RAID member";
	if (is_physical_volume(source, at))
		return "a wiped LVM physical volume";
	*at = BCACHE_AT;
	if (is_bcache(source))
		return "a wiped bcache device";
	*at = 0;
	if (any_swap(source))
		return "wiped swap space";
	if (is_verity(source))
		return "a wiped dm-verity hash device";
	if (is_fat(source))
		return "a wiped FAT file system";
	*end = MBR_BYTES;
	if (is_mbr(source))
		return "a wiped MBR partition table";
	return recognise_erased_disklabel(source);
}
