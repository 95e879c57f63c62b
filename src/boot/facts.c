// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/facts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "image/rules.h"
#include "image/startable.h"
#include "manifest/format.h"
#include "manifest/load.h"
#include "system/kernel_log.h"
#include "system/modules.h"
#include "system/mounts.h"
#include "system/paths.h"
#include "util/text.h"
#include "util/util.h"

static void load_manifest(struct boot_facts *f, int root)
{
	cleanup(free_ptr) char *rebuild = NULL;
	char reason[MANIFEST_REASON_BYTES];
	struct finding *finding;
	int rc;

	manifest_init(&f->manifest);
	rc = manifest_load(&f->manifest, BOOT_MANIFEST, reason);
	f->manifest_usable = !rc;
	f->builder = manifest_builder_below(&f->manifest, root);
	report_identify(&f->report, NULL, rc ? NULL : f->manifest.os, f->release);
	if (!rc)
		return;
	rebuild = builder_rebuild(f->builder, f->release);
	if (manifest_error_verdict(rc) != VERDICT_STORAGE_CORRUPTION) {
		finding = report_finding(
			&f->report, VERDICT_INCONCLUSIVE, FINDING_GUARD_MANIFEST, BOOT_MANIFEST,
			"The record that the guard carries cannot be used: %s", reason);
		finding_next(finding, "Seal again: %s", rebuild);
		return;
	}
	finding = report_finding(
		&f->report, VERDICT_STORAGE_CORRUPTION, FINDING_GUARD_MANIFEST, BOOT_MANIFEST,
		"The record that the guard in the initial RAM disk carries is damaged (%s), so the "
		"rest of it cannot be compared.",
		reason);
	finding_text(finding, EVIDENCE_REASON, "%s", reason);
	finding_not(finding, "root=, crypttab, the passphrase, or the package that built it");
	finding_next(finding,
		     "Write nothing to this disk. Tell its host's administrator: the disk, "
		     "or the way from it into memory, gave other bytes than were written.");
	finding_next(finding, "Boot an older kernel from the boot menu, or a rescue system.");
	finding_next(finding, "Once disk and memory are sound (test the memory as well): %s",
		     rebuild);
}

/* What was found when the image was to be sealed. */
static const char *refusal_text(enum refusal refusal)
{
	switch (refusal) {
	case REFUSED_BROKEN:
		return "The image was broken already when it was to be sealed: the disk lost a part of "
		       "it, or it was never written to its end.";
	case REFUSED_UNKNOWN:
		return "The image was not sealed, because its structure, or a program that it starts with, "
		       "is not what it should be: it was broken already, or built so.";
	case REFUSED_FORMAT:
		return "The image was not sealed, because no kernel unpacks it as it is packed.";
	case REFUSED_CHANGED:
		return "The image was not sealed, because the program that it starts with was changed "
		       "when it was built: a hook of initramfs-tools, or a dracut module, edits /init.";
	default:
		return "The image was not sealed, because what it starts with cannot be executed.";
	}
}

static void tell_refusal(struct boot_facts *f)
{
	const struct manifest *m = &f->manifest;
	cleanup(free_ptr) char *rebuild = NULL;
	enum verdict verdict = judge_refusal(m->refusal, f->kernel_message);
	bool of_the_build = verdict == VERDICT_CONFIG_ERROR;
	struct finding *finding;

	if (!f->manifest_usable || !m->refusal)
		return;
	finding = report_finding(&f->report, verdict, FINDING_IMAGE_REFUSED, "initial RAM disk",
				 "%s", refusal_text(m->refusal));
	finding_text(finding, EVIDENCE_REASON, "%s", m->refused);
	if (m->refusal == REFUSED_BROKEN)
		finding_not(finding, "root=, crypttab, or the passphrase");
	if (of_the_build)
		finding_not(finding, "the disk or the memory");
	finding_next(finding, "Boot an older kernel from the boot menu, or a rescue system.");
	if (!of_the_build)
		finding_next(finding, "Have the disk checked, or the host that provides it.");
	rebuild = builder_rebuild(f->builder, m->kernel);
	finding_next(finding, "Make the image anew: %s", rebuild);
}

/* An image that was refused without a proof is stopped only when this boot shows a fault, too. */
static bool refusal_stops(const struct boot_facts *f)
{
	if (!f->manifest_usable || !f->manifest.refusal)
		return false;
	return f->manifest.refusal == REFUSED_BROKEN || f->kernel_message || !f->next_init_sound;
}

/* Everything that was sealed is there and as sealed: only then something else is to blame. */
static bool content_proven(const struct boot_facts *f)
{
	return f->manifest_usable && !f->manifest.refusal && !f->content.missing &&
	       !f->content.different;
}

static bool content_bad(const struct boot_facts *f)
{
	return (f->content.missing || f->content.different) && cause_is_fault(f->content.cause);
}

/* A symptom: it never makes the verdict by itself. */
static void tell_kernel_message(struct boot_facts *f)
{
	struct finding *finding;
	bool harmless = f->manifest_usable && !content_bad(f) && !f->manifest.refusal;
	bool replaced = f->content.different && f->content.cause == CAUSE_REPLACED;

	if (!f->kernel_message)
		return;
	if (harmless && replaced)
		finding = report_finding(
			&f->report, VERDICT_INCONCLUSIVE, FINDING_KERNEL_UNPACK, "initial RAM disk",
			"The kernel said \"%s\", and yet every file that was sealed "
			"is there: another initrd that the boot loader passed, or "
			"padding, made it stop.",
			f->kernel_message);
	else if (harmless)
		finding = report_finding(
			&f->report, VERDICT_INTACT, FINDING_KERNEL_UNPACK, "initial RAM disk",
			"The kernel said \"%s\", and yet everything that was sealed "
			"is there and intact: harmless. Something else that the "
			"boot loader passed, or padding, made it stop.",
			f->kernel_message);
	else
		finding = report_finding(&f->report, VERDICT_INCONCLUSIVE, FINDING_KERNEL_UNPACK,
					 "initial RAM disk",
					 "The kernel could not unpack all of it: \"%s\". This is a "
					 "symptom; the proof is what differs from the seal.",
					 f->kernel_message);
	finding->warning = true;
	finding_text(finding, EVIDENCE_KERNEL_MESSAGE, "%s", f->kernel_message);
}

static bool lists_modules_of(const struct manifest *m, const char *release)
{
	bool listed = false;
	char *folder;

	for (size_t i = 0; !listed && (folder = modules_folder(i, release)); i++) {
		listed = manifest_find(m, folder);
		free(folder);
	}
	return listed;
}

/*
 * The loader's menu may have paired a kernel with another kernel's image; or all that was written of this
 * kernel's image is lost, and what the blocks had held before shows through.
 */
static void compare_release(struct boot_facts *f)
{
	cleanup(free_ptr) char *other = NULL;
	struct finding *finding;

	if (!content_proven(f) || !strcmp(f->release, f->manifest.kernel) ||
	    lists_modules_of(&f->manifest, f->release))
		return;
	other = manifest_other_modules(&f->manifest, f->release);
	finding = report_finding(
		&f->report, other ? VERDICT_INCONCLUSIVE : VERDICT_INTACT, FINDING_KERNEL_OTHER,
		"initial RAM disk",
		"The initial RAM disk is as sealed, but it was made for kernel %s, and "
		"kernel %s runs: %s.",
		f->manifest.kernel, f->release,
		other ? "none of its modules fits. The boot loader has paired them, or the disk has lost "
			"what was written since, and an older image shows through"
		      : "it has no modules, so that may do no harm");
	finding->warning = !other;
	finding_text(finding, EVIDENCE_KERNEL_RUNNING, "%s", f->release);
	finding_text(finding, EVIDENCE_KERNEL_SEALED, "%s", f->manifest.kernel);
	if (!other)
		return;
	finding_next(
		finding,
		"Boot the entry that pairs kernel and initrd of one version, or an older kernel. Then "
		"look which image the boot loader's configuration names for kernel %s.",
		f->release);
	finding_next(
		finding,
		"If it names another kernel's, correct it (update-grub, grub2-mkconfig). If it names that "
		"one's own, have the disk checked: bootverdict check --direct -k %s",
		f->release);
}

/*
 * Whether the files that were sealed explain that it cannot be executed: one is not there, or no program by its
 * mode. What the kernel does not know by its bytes may have lost them before it was packed and sealed.
 */
static bool lacks_something(int no_init)
{
	return no_init == ENOENT || no_init == EACCES || no_init == ELOOP || no_init == ENOTDIR;
}

/* Whether something sealed is of nearly the name of what is not there. */
static bool near_name(const struct boot_facts *f, int root, int no_init,
		      char name[PROGRAM_NAME_MAX])
{
	bool near;

	if (no_init != ENOENT || !content_proven(f))
		return false;
	mounts_proc();
	near = startable_near(&f->manifest, root, GUARD_ORIGINAL_INIT, name);
	mounts_proc_off();
	return near;
}

static void tell_no_init(struct boot_facts *f, int root, int no_init)
{
	cleanup(free_ptr) char *list = NULL, *rebuild = NULL;
	char name[PROGRAM_NAME_MAX];
	struct finding *finding;
	bool near = near_name(f, root, no_init, name);
	bool proven = content_proven(f), of_the_build = proven && !near && lacks_something(no_init);

	if (!no_init)
		return;
	finding = report_finding(
		&f->report, of_the_build ? VERDICT_CONFIG_ERROR : VERDICT_INCONCLUSIVE,
		FINDING_NO_INIT, "/" GUARD_ORIGINAL_INIT,
		"The original init (/" GUARD_ORIGINAL_INIT ") cannot be started: %s.",
		strerror(no_init));
	finding->warning = !f->manifest_usable || content_bad(f);
	finding_number(finding, EVIDENCE_ERRNO, (uint64_t)no_init);
	if (near)
		finding_text(finding, EVIDENCE_REASON,
			     "%s is there, and one bit makes the difference to what is not", name);
	if (!proven)
		return;
	if (of_the_build)
		finding_not(finding,
			    "the disk or the memory: all that was sealed is there and intact");
	finding_next(finding, "Boot an older kernel from the boot menu, or a rescue system.");
	list = builder_list(f->builder, f->manifest.kernel);
	rebuild = builder_rebuild(f->builder, f->manifest.kernel);
	finding_next(finding,
		     "Look for what the image lacks (the interpreter in the first line of "
		     "its init, a library)%s: %s",
		     of_the_build ? ""
				  : ", or has of no use: a disk may have lost bytes of it before "
				    "it was packed",
		     list);
	finding_next(finding, "Then build it again: %s", rebuild);
}

/* Their names are asked of /proc, which is there for that long only. */
static bool can_start_init(const struct boot_facts *f, int root)
{
	bool sound;

	mounts_proc();
	/* Of what was refused there is no list. */
	sound = startable(f->manifest_usable && !f->manifest.refusal ? &f->manifest : NULL, root,
			  GUARD_ORIGINAL_INIT);
	mounts_proc_off();
	return sound;
}

void boot_facts_verify(struct boot_facts *f, int root)
{
	const struct unpacking unpacking = { .kernel_message = f->kernel_message,
					     .just_now = true };

	if (!content_verify(&f->manifest, root, &unpacking, &f->report, &f->content))
		return;
	report_finding(&f->report, VERDICT_INCONCLUSIVE, FINDING_CONTENT_UNCHECKED,
		       "initial RAM disk", "There is not enough memory to verify it.");
	manifest_clear(&f->manifest);
	f->manifest_usable = false;
}

void boot_facts_gather(struct boot_facts *f, int root, int no_init)
{
	struct utsname name;

	memset(f, 0, sizeof(*f));
	report_init(&f->report, "boot");
	if (!uname(&name))
		snprintf(f->release, sizeof(f->release), "%s", name.release);
	load_manifest(f, root);
	f->kernel_message = kernel_log_unpack_message();
	if (f->manifest_usable)
		boot_facts_verify(f, root);
	tell_refusal(f);
	tell_kernel_message(f);
	compare_release(f);
	tell_no_init(f, root, no_init);
	report_conclude(&f->report);
	f->next_init_sound = !no_init && can_start_init(f, root);
	f->stops = no_init || content_bad(f) || (!f->manifest_usable && f->kernel_message) ||
		   refusal_stops(f);
}

void boot_facts_clear(struct boot_facts *f)
{
	free(f->kernel_message);
	manifest_clear(&f->manifest);
	report_clear(&f->report);
}

char *boot_facts_line(const struct boot_facts *f)
{
	const struct report *r = &f->report;
	const char *harmless = "";

	if (r->verdict != VERDICT_INTACT)
		return text_format("%s: %s", verdict_name(r->verdict),
				   r->finding_count ? r->findings[0].summary : "");
	if (f->kernel_message)
		harmless = "; the kernel's words about unpacking are harmless";
	return text_format("intact: %" PRIu64 " files, %" PRIu64
			   " MiB, as sealed by content, type and permissions (%" PRIu64 " ms)%s",
			   f->content.checked, (f->content.bytes + (1u << 19)) >> 20,
			   f->content.milliseconds, harmless);
}
