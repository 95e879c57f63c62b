// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/root_scene.h"

#include <strings.h>

/* What root= names by its UUID is what is looked for; else the record alone knows the root's. */
enum root_owner root_owner_of(const struct root_scene *c, const char *uuid)
{
	if (c->s->name.kind == ROOT_UUID && !strcasecmp(uuid, c->s->name.value))
		return OWNER_ROOT;
	if (!*c->sealed)
		return OWNER_UNKNOWN;
	return strcasecmp(uuid, c->sealed) ? OWNER_OTHER : OWNER_ROOT;
}

/* Where the root that was sealed is, or a copy of it: nothing tells one from the other. */
void root_tell_sealed(struct finding *f, const struct root_scene *c)
{
	if (!*c->sealed)
		return;
	finding_text(f, EVIDENCE_SEALED_ROOT, "UUID %s%s%s", c->sealed,
		     c->s->sealed_at ? ", which is on " : "",
		     c->s->sealed_at ? c->s->sealed_at : "");
	if (c->s->sealed_at)
		finding_next(
			f,
			"%s has the UUID of the root that was sealed. Is it that, and no copy? "
			"Then [e] in the boot menu edits root= for one boot: root=UUID=%s",
			c->s->sealed_at, c->sealed);
}
