// SPDX-License-Identifier: GPL-2.0-only
/*
 * A list that a panic reads without a lock. An entry that was taken out must stay in memory, and
 * its register mapped, until synchronize_rcu() has waited for the readers.
 */
#include "guest.h"

static bool reader_left; /* a panic may still read an entry that was taken out */

void list_add_tail_rcu(struct list_head *entry, struct list_head *head)
{
	entry->next = head;
	entry->prev = head->prev;
	__atomic_store_n(&head->prev->next, entry, __ATOMIC_RELEASE);
	head->prev = entry;
}

void list_del_rcu(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
	reader_left = true;
}

void synchronize_rcu(void)
{
	guest_slow_call(__func__);
	reader_left = false;
}

/** guest_check_readers() - report it if something is freed that a panic may still read */
void guest_check_readers(const char *what)
{
	if (reader_left)
		guest_violation("%s while a panic may still use it", what);
	reader_left = false;
}
