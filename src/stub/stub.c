// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <unistd.h>

#include "stub.h"

static int exec_next_init(char **argv, char **envp)
{
	execve(STUB_NEXT_INIT, argv, envp);
	return errno;
}

int main(int argc, char **argv, char **envp)
{
	struct stub_config config;
	const char *fault = NULL;
	bool sealed = !access(STUB_GUARD, F_OK), decided = false;
	int error;

	(void)argc;
	if (!sealed) {
		say(SAY_DEBUG, "this initramfs is not sealed, going on", NULL, NULL);
		last_words(exec_next_init(argv, envp), NULL, NULL);
	}
	stub_config_read(&config);
	if (checker_is_sound(&config, &fault)) {
		fault = NULL;
		decided = checker_run(&config, envp, 0);
	} else {
		say(SAY_CRITICAL, "STORAGE CORRUPTION: the checker was not run: ", fault,
		    "; this boot is unchecked");
	}
	if (!decided)
		checker_disable();
	error = exec_next_init(argv, envp);
	if (decided)
		checker_run(&config, envp, error);
	last_words(error, &config, fault);
}
