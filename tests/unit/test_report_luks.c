// SPDX-License-Identifier: GPL-2.0-or-later
/* The words for a person: what is told of keyslots, headers and a passphrase. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luks/report.h"
#include "luks/report_passphrase.h"
#include "luks/report_slots.h"
#include "luks/table.h"
#include "luks/view_read.h"
#include "luks/words.h"
#include "util/util.h"

#define DEVICE "/dev/nowhere"

static struct luks_view view;
static struct sealed_luks sealed;
static struct report report;

static void make_slot(unsigned int number, enum slot_state state)
{
	struct luks_keyslot *k = &view.luks.slots[number];

	k->present = k->active = true;
	k->offset = 32768 + number * 262144;
	k->length = 262144;
	k->used = 256000;
	strcpy(k->pbkdf, "argon2id");
	k->iterations = 4;
	k->memory_kib = 1048576;
	view.comparison.slots[number] = state;
}

/* A healthy LUKS2 device with keyslots 0 and 3, as sealed. */
static int set_up(void **state)
{
	(void)state;
	memset(&view, 0, sizeof(view));
	memset(&sealed, 0, sizeof(sealed));
	view.device = DEVICE;
	view.sealed = &sealed;
	view.luks.version = 2;
	strcpy(view.luks.uuid, "0c9a9c7e-6f41-4c8c-9a4b-0123456789ab");
	sealed.uuid = view.luks.uuid;
	sealed.seqid = 7;
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		view.luks.copies[i].state = LUKS_COPY_GOOD;
		view.luks.copies[i].offset = i * 16384u;
		view.luks.copies[i].length = 16384;
		view.luks.copies[i].seqid = 7;
		view.comparison.copy_as_sealed[i] = true;
	}
	view.comparison.same_uuid = view.comparison.same_version = true;
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		view.comparison.slots[i] = SLOT_UNKNOWN;
	make_slot(0, SLOT_AS_SEALED);
	make_slot(3, SLOT_AS_SEALED);
	report_init(&report, "luks");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_clear(&report);
	luks_view_clear(&view);
	return 0;
}

/* The one finding with this name. */
static const struct finding *finding(const char *id)
{
	const struct finding *found = NULL;

	for (size_t i = 0; i < report.finding_count; i++) {
		if (strcmp(catalog_entry(report.findings[i].id)->id, id) == 0) {
			assert_null(found);
			found = &report.findings[i];
		}
	}
	if (!found)
		fail_msg("%s is not told", id);
	return found;
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void assert_next(const struct finding *f, const char *part)
{
	for (size_t i = 0; i < f->next.count; i++) {
		if (strstr(f->next.items[i], part))
			return;
	}
	fail_msg("%s does not say what to do: \"%s\"", f->id, part);
}

static void test_names_of_slots(void **state)
{
	static const struct {
		slot_set set;
		const char *text;
	} rows[] = {
		{ 0, "keyslots" },
		{ 1u << 3, "keyslot 3" },
		{ 1u << 0 | 1u << 31, "keyslots 0 and 31" },
		{ 1u << 0 | 1u << 1 | 1u << 4, "keyslots 0, 1 and 4" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text = luks_slots_text(rows[i].set);

		assert_string_equal(text, rows[i].text);
		free(text);
	}
}

static void test_healthy(void **state)
{
	(void)state;
	report_luks(&report, &view);
	assert_int_equal(report.finding_count, 0);
	assert_int_equal(report.artifact_count, 1);
	assert_int_equal(report.artifacts[0].state, STATE_INTACT);
	assert_true(report.artifacts[0].bytes == 2 * 16384 + 2 * 262144);
	assert_true(report.artifacts[0].bad_bytes == 0);
}

static void test_damaged_slot(void **state)
{
	const struct damage damage = { .kind = DAMAGE_ZEROED };
	const struct finding *f;

	(void)state;
	view.comparison.slots[3] = SLOT_DAMAGED;
	assert_int_equal(bad_ranges_add(&view.bad[3], 32768 + 3 * 262144, BLOCK_SIZE, &damage), 0);
	report_luks(&report, &view);
	f = finding("BV-LUKS-KEYSLOT");
	assert_says(f->summary, "keyslot 3 is damaged");
	assert_string_equal(f->target, DEVICE);
	assert_int_equal(f->range_count, 1);
	assert_true(f->ranges[0].offset == 32768 + 3 * 262144);
	assert_next(f, "The passphrase of keyslot 0 still opens the disk.");
	assert_next(f, "cryptsetup luksKillSlot " DEVICE
		       " 3; cryptsetup luksAddKey --key-slot 3 " DEVICE);
	assert_next(f, "cryptsetup luksHeaderRestore " DEVICE " --header-backup-file BACKUP-FILE");
	assert_says(f->not .items[0], "the passphrase");
	assert_int_equal(report.artifacts[0].state, STATE_DAMAGED);
	assert_true(report.artifacts[0].bad_bytes == BLOCK_SIZE);
}

static bool says_anywhere(const char *part)
{
	for (size_t i = 0; i < report.finding_count; i++) {
		const struct finding *f = &report.findings[i];

		if (strstr(f->summary, part))
			return true;
		for (size_t j = 0; j < f->next.count; j++) {
			if (strstr(f->next.items[j], part))
				return true;
		}
	}
	return false;
}

static void nothing_else(void)
{
}

static void second_copy_is_bad(void)
{
	view.luks.copies[1].state = LUKS_COPY_BAD_CHECKSUM;
}

static void another_format_beside(void)
{
	second_copy_is_bad();
	view.other = "a btrfs file system";
	view.foreign = true;
}

static void a_signature_over_the_first(void)
{
	view.luks.chosen = 1;
	view.luks.copies[0].state = LUKS_COPY_ABSENT;
	view.other = "swap space";
	view.foreign = true;
}

static void another_format_over_the_first(void)
{
	a_signature_over_the_first();
	view.ambiguous = true;
}

static void a_copy_is_unreadable(void)
{
	view.luks.copies[1].state = LUKS_COPY_UNREADABLE;
}

static void fields_are_bad(void)
{
	view.comparison.fields_bad = true;
}

static void a_requirement_is_unknown(void)
{
	strcpy(view.luks.requirements, "foo");
}

static void the_other_is_unbound(void)
{
	view.luks.slots[0].unbound = true;
}

static void a_reencryption_began(void)
{
	view.luks.reencrypting = true;
}

static void the_other_is_ignored(void)
{
	view.luks.slots[0].ignored = true;
}

static void the_other_has_a_token(void)
{
	strcpy(view.luks.slots[0].token, "systemd-tpm2");
}

/* With keyslot 3 damaged and keyslot 0 as sealed: what else has to be true for each sentence. */
static void test_conditions_of_sentences(void **state)
{
	static const char opens[] = "keyslot 0 still opens the disk", silent[] = "without a word",
			  refused[] = "does not open it like this";
	static const struct {
		void (*what)(void);
		bool opens, silent, refused;
	} rows[] = {
		{ nothing_else, true, false, false },
		{ second_copy_is_bad, true, true, false },
		{ another_format_beside, false, false, false },
		{ a_signature_over_the_first, false, false, false },
		{ another_format_over_the_first, false, false, true },
		{ a_copy_is_unreadable, false, false, false },
		{ fields_are_bad, false, false, false },
		{ a_requirement_is_unknown, false, false, false },
		{ the_other_is_unbound, false, false, false },
		{ a_reencryption_began, false, false, false },
		{ the_other_has_a_token, false, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tear_down(state);
		set_up(state);
		view.comparison.slots[3] = SLOT_DAMAGED;
		rows[i].what();
		report_luks(&report, &view);
		if (says_anywhere(opens) != rows[i].opens ||
		    says_anywhere(silent) != rows[i].silent ||
		    says_anywhere(refused) != rows[i].refused)
			fail_msg("row %zu", i);
		assert_false(says_anywhere("nobody wrote"));
		assert_false(says_anywhere("no way to the data"));
		finding("BV-LUKS-KEYSLOT");
	}
}

/* With keyslot 3 damaged: what is said of keyslot 0, and the advice that goes with it. */
static void test_what_is_left(void **state)
{
	static const struct {
		void (*what)(void);
		enum slot_state slot;
		const char *says, *never;
	} rows[] = {
		{ nothing_else, SLOT_AS_SEALED, "luksKillSlot", "No other keyslot" },
		{ nothing_else, SLOT_DAMAGED, "No other keyslot is left", "luksKillSlot" },
		{ nothing_else, SLOT_CUT, "Behind the end of the device lies keyslot 0",
		  "No other keyslot" },
		{ nothing_else, SLOT_CHANGED, "Nothing speaks against keyslot 0", "still opens" },
		{ the_other_is_unbound, SLOT_AS_SEALED, "No other keyslot is left",
		  "luksKillSlot" },
		{ the_other_is_unbound, SLOT_AS_SEALED, "Another volume key", "luksKillSlot" },
		{ a_reencryption_began, SLOT_AS_SEALED, "No luksHeaderRestore", "luksKillSlot" },
		{ a_reencryption_began, SLOT_AS_SEALED, "keyslots of both volume keys",
		  "--header-backup-file" },
		{ the_other_is_ignored, SLOT_AS_SEALED, "--key-slot 0 " DEVICE,
		  "No other keyslot" },
		{ the_other_has_a_token, SLOT_AS_SEALED, "keyslot 0 (systemd-tpm2) still opens",
		  "luksKillSlot" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tear_down(state);
		set_up(state);
		view.comparison.slots[3] = SLOT_DAMAGED;
		view.comparison.slots[0] = rows[i].slot;
		rows[i].what();
		report_luks_slots(&report, &view);
		if (!says_anywhere(rows[i].says) || says_anywhere(rows[i].never))
			fail_msg("row %zu", i);
	}
}

/* Nothing can be done only when neither metadata nor key material is left. */
static void test_last_sentence(void **state)
{
	static const struct {
		enum luks_rebuilt rebuilt;
		enum slot_state slot;
		bool sealed, last;
	} rows[] = {
		{ LUKS_NOT_REBUILT, SLOT_DAMAGED, true, true },
		{ LUKS_NOT_REBUILT, SLOT_WIPED, true, true },
		{ LUKS_NOT_REBUILT, SLOT_AS_SEALED, true, false },
		{ LUKS_NOT_REBUILT, SLOT_PADDING, true, false },
		{ LUKS_REBUILT_PROVEN, SLOT_DAMAGED, true, false },
		{ LUKS_REBUILT_UNPROVEN, SLOT_AS_SEALED, true, false },
		{ LUKS_NOT_REBUILT, SLOT_UNKNOWN, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tear_down(state);
		set_up(state);
		view.luks.chosen = -1;
		view.luks.copies[0].state = view.luks.copies[1].state = LUKS_COPY_BAD_CHECKSUM;
		view.luks.rebuilt = rows[i].rebuilt;
		if (!rows[i].sealed)
			view.sealed = NULL;
		view.comparison.slots[0] = view.comparison.slots[3] = rows[i].slot;
		report_luks(&report, &view);
		finding("BV-LUKS-HEADERS");
		if (says_anywhere("no way to the data") != rows[i].last)
			fail_msg("row %zu", i);
		if (says_anywhere("--save-header") != (rows[i].rebuilt != LUKS_NOT_REBUILT))
			fail_msg("row %zu: what is left", i);
	}
}

static void test_no_slot_is_left(void **state)
{
	(void)state;
	view.comparison.slots[0] = SLOT_UNREADABLE;
	view.luks.slots[3].active = false;
	view.comparison.slots[3] = SLOT_UNKNOWN;
	report_luks(&report, &view);
	assert_says(finding("BV-LUKS-KEYSLOT")->summary, "cannot read all of keyslot 0");
	assert_next(finding("BV-LUKS-KEYSLOT"), "No other keyslot is left");
}

static void test_changed_by_its_owner(void **state)
{
	const struct finding *f;

	(void)state;
	view.comparison.slots[0] = SLOT_REMOVED;
	view.luks.slots[0] = (struct luks_keyslot){ 0 };
	make_slot(5, SLOT_NEW);
	view.comparison.slots[3] = SLOT_CHANGED;
	view.comparison.seqid_higher = true;
	view.luks.copies[0].seqid = view.luks.copies[1].seqid = 9;
	report_luks(&report, &view);
	f = finding("BV-LUKS-STALE");
	assert_int_equal(f->verdict, VERDICT_STALE);
	assert_int_equal(report.finding_count, 1);
	assert_next(f, "bootverdict seal --all");
	assert_int_equal(f->evidence[0].key, EVIDENCE_KEYSLOTS_CHANGED);
	assert_string_equal(f->evidence[0].value, "keyslot 3");
	assert_string_equal(f->evidence[1].value, "keyslot 5");
	assert_string_equal(f->evidence[2].value, "keyslot 0");
}

static void test_detached_header_is_named(void **state)
{
	(void)state;
	view.header = "/boot/header";
	view.luks.copies[1].state = LUKS_COPY_BAD_CHECKSUM;
	strcpy(view.luks.copies[1].reason, "because");
	report_luks(&report, &view);
	assert_string_equal(finding("BV-LUKS-COPY")->target, "/boot/header");
	assert_next(finding("BV-LUKS-COPY"), "cryptsetup repair --header /boot/header " DEVICE);
}

static void test_tables(void **state)
{
	const char *const tried[LUKS_SLOTS_MAX] = { [0] = "opens it", [3] = "refused" };
	const struct report_table *t;

	(void)state;
	report_luks_tables(&report, &view, tried);
	assert_int_equal(report.table_count, 2);
	t = &report.tables[0];
	assert_int_equal(t->cells.count, 2 * t->columns.count);
	assert_string_equal(t->cells.items[4], "as sealed");
	t = &report.tables[1];
	assert_int_equal(t->columns.count, 6);
	assert_int_equal(t->cells.count, 12);
	assert_string_equal(t->cells.items[1], "argon2id, 4 passes, 1024 MiB");
	assert_string_equal(t->cells.items[5], "opens it");
	assert_string_equal(t->cells.items[6], "3");
	assert_string_equal(t->cells.items[11], "refused");
}

static void test_states_of_slots(void **state)
{
	static const char *const names[] = {
		[SLOT_AS_SEALED] = "as sealed",	    [SLOT_CHANGED] = "changed",
		[SLOT_DAMAGED] = "damaged",	    [SLOT_WIPED] = "not as sealed",
		[SLOT_PADDING] = "padding differs", [SLOT_NEW] = "new",
		[SLOT_REMOVED] = "removed",	    [SLOT_UNREADABLE] = "unreadable",
		[SLOT_CUT] = "behind the end",	    [SLOT_UNKNOWN] = "not sealed",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		view.comparison.slots[3] = (enum slot_state)i;
		assert_string_equal(luks_slot_state(&view, 3), names[i]);
	}
	view.implausible[3] = 2;
	assert_string_equal(luks_slot_state(&view, 3), "overwritten");
	view.implausible[3] = -5;
	assert_string_equal(luks_slot_state(&view, 3), "unreadable");
}

/* What a refusal says together with what refused. */
static void assert_passphrase(struct luks_tried tried, enum verdict verdict, const char *part)
{
	const struct finding *f;

	report_luks(&report, &view);
	report_luks_passphrase(&report, &view, &tried);
	f = finding("BV-LUKS-PASSPHRASE");
	assert_int_equal(f->verdict, verdict);
	assert_says(f->summary, part);
}

static void test_passphrase_opens(void **state)
{
	(void)state;
	assert_passphrase((struct luks_tried){ .opened = 1u << 3 }, VERDICT_INTACT,
			  "opens keyslot 3");
}

static void test_passphrase_is_wrong(void **state)
{
	(void)state;
	assert_passphrase((struct luks_tried){ 0 }, VERDICT_CONFIG_ERROR,
			  "the passphrase or the keyboard layout, not the storage");
	assert_next(finding("BV-LUKS-PASSPHRASE"), "Caps Lock");
	assert_int_equal(finding("BV-LUKS-PASSPHRASE")->evidence_count, 0);
}

static void test_passphrase_was_cut(void **state)
{
	const struct finding *f;

	(void)state;
	assert_passphrase((struct luks_tried){ .cut = true, .not_ascii = true },
			  VERDICT_CONFIG_ERROR, "the passphrase or the keyboard layout");
	f = finding("BV-LUKS-PASSPHRASE");
	assert_int_equal(f->evidence_count, 2);
	assert_int_equal(f->evidence[0].key, EVIDENCE_PASSPHRASE_CUT);
	assert_says(f->evidence[0].value, "first 512 characters");
	assert_int_equal(f->evidence[1].key, EVIDENCE_PASSPHRASE_CHARACTERS);
	assert_says(f->evidence[1].value, "not plain ASCII");
}

static void test_passphrase_of_a_damaged_slot(void **state)
{
	(void)state;
	view.comparison.slots[3] = SLOT_DAMAGED;
	assert_passphrase((struct luks_tried){ 0 }, VERDICT_INCONCLUSIVE,
			  "keyslot 3, whose key material is damaged");
}

static void test_passphrase_was_not_tried(void **state)
{
	(void)state;
	assert_passphrase((struct luks_tried){ .failed = 1u << 0 }, VERDICT_INCONCLUSIVE,
			  "keyslot 0, which could not be tried");
}

static void test_passphrase_without_a_record(void **state)
{
	(void)state;
	view.sealed = NULL;
	view.comparison.slots[0] = view.comparison.slots[3] = SLOT_UNKNOWN;
	assert_passphrase((struct luks_tried){ 0 }, VERDICT_INCONCLUSIVE,
			  "keyslots 0 and 3, which no sealed record proves");
}

/* What a passphrase opens is as it must be, whatever was sealed; what it does not open stays bad. */
static void test_passphrase_proves_a_slot(void **state)
{
	const struct damage damage = { .kind = DAMAGE_ZEROED };

	(void)state;
	for (unsigned int i = 0; i < 4; i += 3) {
		view.comparison.slots[i] = i ? SLOT_WIPED : SLOT_DAMAGED;
		assert_int_equal(
			bad_ranges_add(&view.bad[i], 32768 + i * 262144, BLOCK_SIZE, &damage), 0);
	}
	luks_view_tried(&view, 1u << 0);
	assert_false(view.refused);
	assert_int_equal(view.comparison.slots[0], SLOT_CHANGED);
	assert_int_equal(view.comparison.slots[3], SLOT_WIPED);
	assert_true(view.bad[0].count == 0 && view.bad[3].count == 1);
	report_luks(&report, &view);
	assert_says(finding("BV-LUKS-STALE")->summary, "keyslot 0 is other than sealed");
	assert_int_equal(finding("BV-LUKS-STALE")->next.count, 0);
	assert_says(finding("BV-LUKS-WIPED")->summary, "keyslot 3");
}

static void test_passphrase_proves_no_unreadable_slot(void **state)
{
	(void)state;
	view.comparison.slots[0] = SLOT_UNREADABLE;
	luks_view_tried(&view, 1u << 0);
	assert_int_equal(view.comparison.slots[0], SLOT_UNREADABLE);
	luks_view_tried(&view, 0);
	assert_true(view.refused);
}

/* Sealing is told only of what nothing speaks against. */
static void test_when_to_seal(void **state)
{
	static const struct {
		void (*what)(void);
		bool refused, closed, seal;
	} rows[] = {
		{ nothing_else, false, false, true },
		{ nothing_else, true, false, false },
		{ nothing_else, false, true, false },
		{ second_copy_is_bad, false, false, false },
		{ a_copy_is_unreadable, false, false, false },
		{ a_requirement_is_unknown, false, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tear_down(state);
		set_up(state);
		view.sealed = NULL;
		view.comparison.slots[0] = view.comparison.slots[3] = SLOT_UNKNOWN;
		rows[i].what();
		view.refused = rows[i].refused;
		view.closed = rows[i].closed;
		report_luks(&report, &view);
		finding("BV-LUKS-NOT-SEALED");
		if (says_anywhere("Seal it") != rows[i].seal)
			fail_msg("row %zu", i);
	}
}

static void test_passphrase_without_a_header(void **state)
{
	(void)state;
	view.luks.chosen = -1;
	view.luks.copies[0].state = view.luks.copies[1].state = LUKS_COPY_BAD_CHECKSUM;
	assert_passphrase((struct luks_tried){ 0 }, VERDICT_INCONCLUSIVE, "there is no header");
}

static void test_passphrase_without_a_slot(void **state)
{
	(void)state;
	view.luks.slots[0].active = view.luks.slots[3].active = false;
	view.comparison.slots[0] = view.comparison.slots[3] = SLOT_UNKNOWN;
	assert_passphrase((struct luks_tried){ 0 }, VERDICT_CONFIG_ERROR, "no keyslot in use.");
}

static void test_passphrase_without_a_slot_or_a_proof(void **state)
{
	(void)state;
	view.luks.version = 1;
	view.sealed = NULL;
	view.luks.slots[0].active = view.luks.slots[3].active = false;
	view.comparison.slots[0] = view.comparison.slots[3] = SLOT_UNKNOWN;
	assert_passphrase((struct luks_tried){ 0 }, VERDICT_INCONCLUSIVE,
			  "no keyslot in use, and nothing proves that it had none");
}

/* LUKS1: the states of its keyslots were lost, which the record tells. */
static void test_passphrase_beside_lost_descriptors(void **state)
{
	test_passphrase_without_a_slot(state);
	tear_down(state);
	set_up(state);
	view.luks.version = 1;
	view.luks.slots[0].active = view.luks.slots[3].active = false;
	view.comparison.slots[0] = view.comparison.slots[3] = SLOT_DAMAGED;
	report_luks(&report, &view);
	assert_says(finding("BV-LUKS-NO-KEYSLOT")->summary, "no checksum that would tell");
	report_luks_passphrase(&report, &view, &(struct luks_tried){ 0 });
	assert_int_equal(finding("BV-LUKS-PASSPHRASE")->verdict, VERDICT_INCONCLUSIVE);
}

static void test_no_slot_was_sealed(void **state)
{
	(void)state;
	view.luks.version = 1;
	view.luks.slots[0].active = view.luks.slots[3].active = false;
	view.comparison.slots[0] = view.comparison.slots[3] = SLOT_UNKNOWN;
	report_luks(&report, &view);
	assert_says(finding("BV-LUKS-NO-KEYSLOT")->summary, "So it was sealed.");
}

/* What a copy is like is said as it is. */
static void test_words_of_a_bad_copy(void **state)
{
	static const struct {
		enum luks_copy_state state;
		const char *says;
	} rows[] = {
		{ LUKS_COPY_BAD_CHECKSUM, "is damaged, as its checksum shows" },
		{ LUKS_COPY_BAD_FIELD, "is damaged: it contradicts the format" },
		{ LUKS_COPY_ABSENT, "is gone: other bytes are in its place" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tear_down(state);
		set_up(state);
		view.luks.copies[1].state = rows[i].state;
		report_luks(&report, &view);
		assert_says(finding("BV-LUKS-COPY")->summary, rows[i].says);
	}
}

static void test_offline_reencryption(void **state)
{
	(void)state;
	view.luks.version = 1;
	view.luks.chosen = -1;
	view.luks.reencrypting = true;
	view.luks.copies[0].state = LUKS_COPY_UNKNOWN;
	memset(&view.luks.copies[1], 0, sizeof(view.luks.copies[1]));
	report_luks(&report, &view);
	assert_says(finding("BV-LUKS-UNKNOWN")->summary, "An offline reencryption of this LUKS1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_slots),
		TEST(test_healthy),
		TEST(test_damaged_slot),
		TEST(test_conditions_of_sentences),
		TEST(test_what_is_left),
		TEST(test_last_sentence),
		TEST(test_no_slot_is_left),
		TEST(test_changed_by_its_owner),
		TEST(test_detached_header_is_named),
		TEST(test_tables),
		TEST(test_states_of_slots),
		TEST(test_passphrase_opens),
		TEST(test_passphrase_is_wrong),
		TEST(test_passphrase_was_cut),
		TEST(test_passphrase_of_a_damaged_slot),
		TEST(test_passphrase_was_not_tried),
		TEST(test_passphrase_without_a_record),
		TEST(test_passphrase_proves_a_slot),
		TEST(test_passphrase_proves_no_unreadable_slot),
		TEST(test_when_to_seal),
		TEST(test_passphrase_without_a_header),
		TEST(test_passphrase_without_a_slot),
		TEST(test_passphrase_beside_lost_descriptors),
		TEST(test_no_slot_was_sealed),
		TEST(test_words_of_a_bad_copy),
		TEST(test_offline_reencryption),
		TEST(test_passphrase_without_a_slot_or_a_proof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
