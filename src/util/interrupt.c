// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/interrupt.h"

#include <signal.h>
#include <stddef.h>

#include "util/util.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
/* A reader of messages that is gone, and a limit of file sizes: both come as errors as well. */
static const int ignored[] = { SIGPIPE, SIGXFSZ };
static volatile sig_atomic_t came;
static bool is_deferred;

static void remember(int signal)
{
	came = signal;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = remember }, old;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
}

bool interrupted(void)
{
	return came != 0 && !is_deferred;
}

void interrupt_defer(bool deferred)
{
	is_deferred = deferred;
}

void interrupt_deliver(void)
{
	if (!came)
		return;
	signal(came, SIG_DFL);
	raise(came);
}
