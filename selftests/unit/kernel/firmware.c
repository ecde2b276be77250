// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPICA and the firmware's AML: the locks that an evaluation takes, and the odd things that a
 * method can do. A handle points into guest.node: a device's to the node, WRPT's to its @wrpt.
 */
#include "guest.h"

/* An evaluation of the simplest method takes this many. */
#define ACPICA_SEMAPHORES 3
#define ACPICA_SPINLOCKS  1

static struct node *node_of(const void *pointer)
{
	const char *p = pointer;
	struct node *node;

	for (node = guest.node; node < guest.node + GUEST_NODES; node++)
		if (p >= (char *)node && p < (char *)(node + 1))
			return node;

	return NULL;
}

acpi_handle acpi_handle_of(struct device *dev)
{
	return &guest.node[guest_node_of(dev)];
}

const struct acpi_device_id *acpi_match_device(const struct acpi_device_id *ids,
					       const struct device *dev)
{
	const struct node *node = &guest.node[guest_node_of(dev)];

	if (!node->present || node->bus != BUS_ACPI)
		return NULL;
	while (*ids->id && strcmp(ids->id, "QEMU0001"))
		ids++;

	return *ids->id ? ids : NULL;
}

acpi_status acpi_get_handle(acpi_handle parent, const char *path, acpi_handle *handle)
{
	struct node *node = node_of(parent);

	guest_slow_call(__func__);
	if (!node || strcmp(path, "WRPT"))
		guest_violation("the driver looks up %s", path);
	if (!node || node->wrpt->absent || guest_fault(__func__))
		return AE_NOT_FOUND;
	*handle = &node->wrpt;

	return AE_OK;
}

acpi_status acpi_get_object_info(acpi_handle handle, struct acpi_device_info **info)
{
	struct node *node = node_of(handle);

	guest_slow_call(__func__);
	if (!node || handle != &node->wrpt) {
		guest_violation("acpi_get_object_info() of something that is not WRPT");
		return AE_NOT_FOUND;
	}
	*info = guest_alloc(sizeof(**info), __func__);
	if (!*info)
		return AE_NO_MEMORY;
	(*info)->type = node->wrpt->no_method ? ACPI_TYPE_INTEGER : ACPI_TYPE_METHOD;
	(*info)->param_count = node->wrpt->no_method ? 0 : 1 + node->wrpt->arguments;

	return AE_OK;
}

static void take(struct node *node, unsigned int semaphores)
{
	unsigned int i;

	for (i = 0; i < semaphores; i++)
		guest_down(&node->semaphores[i]);
}

/* ACPICA takes its spinlock even after it has released the semaphores. */
static void release(struct node *node, unsigned int semaphores, unsigned int spinlocks)
{
	unsigned int i;

	while (semaphores--)
		guest_up(&node->semaphores[semaphores]);
	for (i = 0; i < spinlocks; i++) {
		guest_spin_lock(&node->spinlocks[i]);
		guest_spin_unlock(&node->spinlocks[i]);
	}
}

static void take_last_locks(struct node *node)
{
	struct semaphore *sem = &node->semaphores[GUEST_SEMAPHORES - 1];
	raw_spinlock_t *lock = &node->spinlocks[GUEST_SPINLOCKS - 1];

	guest_down(sem);
	guest_spin_lock(lock);
	guest_spin_unlock(lock);
	guest_up(sem);
}

/* Another task's evaluation. The driver must not take its locks for those of WRPT. */
static void others_run(struct node *node)
{
	struct task_struct *task = kernel_current;

	kernel_current = &guest_other_task;
	take_last_locks(node);
	guest_probed(PROBED_MAP_IOMEM, NULL);
	guest_probed(PROBED_DELETE_SEMAPHORE, NULL);
	kernel_current = task;
}

acpi_status acpi_evaluate_integer(acpi_handle handle, const char *path,
				  struct acpi_object_list *args, unsigned long long *answer)
{
	struct node *node = node_of(handle);

	guest_slow_call(__func__);
	if (!node || strcmp(path, "RDPT") || args)
		guest_violation("the driver evaluates %s, and not RDPT", path);

	take(node, ACPICA_SEMAPHORES);
	release(node, ACPICA_SEMAPHORES, ACPICA_SPINLOCKS);
	switch (node->rdpt) {
	case RDPT_ABSENT:
		return AE_NOT_FOUND;
	case RDPT_FAILS:
		return AE_AML_BAD_RESOURCE;
	case RDPT_NO_NUMBER:
		return AE_TYPE;
	case RDPT_SLEEPS:
		kernel_current->nvcsw++;
		guest_pass(500);
		break;
	default:
		break;
	}
	*answer = node->rdpt_answer;

	return AE_OK;
}

/**
 * guest_aml_safe() - whether AML can be evaluated now without waiting for a stopped CPU
 *
 * This is the truth about the guest (Documentation/guard.rst), and not what the driver can
 * know. The driver's guard must never allow WRPT where this returns false.
 */
bool guest_aml_safe(unsigned int node)
{
	const struct scene *scene = &guest.scene;
	const struct node *n = &guest.node[node];
	unsigned int i;

	if (scene->context != CONTEXT_TASK || scene->lock != LOCK_NONE || guest.config->preempt_rt)
		return false;
	if (scene->tainted_die || scene->oops || guest.panics != 1 || scene->crash_loaded)
		return false;
	if (scene->stop != STOP_BY_IPI)
		return false;
	for (i = 0; i < n->wrpt->semaphores; i++)
		if (!n->semaphores[i].count || n->semaphores[i].lock.locked)
			return false;
	for (i = 0; i < n->wrpt->spinlocks; i++)
		if (n->spinlocks[i].locked)
			return false;

	return true;
}

/* The body of WRPT in a guest that runs. */
static acpi_status rehearsed(struct node *node, unsigned int n)
{
	const struct wrpt *wrpt = node->wrpt;
	bool acts = n < wrpt->first;

	guest_pass(n ? wrpt->delay : wrpt->delay + wrpt->delay_first);
	if (wrpt->others)
		others_run(node);
	if (acts && wrpt->more_locks)
		take_last_locks(node);
	if (acts && wrpt->sleeps)
		kernel_current->nvcsw++;
	if (acts && wrpt->maps)
		guest_probed(PROBED_MAP_IOMEM, NULL);
	if (acts && wrpt->deletes)
		guest_probed(PROBED_DELETE_SEMAPHORE, &node->semaphores[0]);

	return acts && wrpt->fails ? AE_AML_BAD_RESOURCE : AE_OK;
}

/* The body of WRPT in a panic. */
static acpi_status evaluated(struct node *node, u8 event)
{
	const struct wrpt *wrpt = node->wrpt;

	if (guest.scene.nested == NESTED_IN_AML && guest.dying == 1) {
		guest_fault_in_task();
		return AE_ERROR;
	}
	if (wrpt->irqs_on)
		guest.irqs_off = false;
	if (wrpt->fails_before)
		return AE_AML_BAD_RESOURCE;
	/* With another type or number of arguments, ACPICA reports success and writes nothing. */
	if (!wrpt->no_method && !wrpt->arguments)
		sim_write(node - guest.node, BY_WRPT, event);

	return wrpt->fails_after ? AE_AML_BAD_RESOURCE : AE_OK;
}

acpi_status acpi_evaluate_object(acpi_handle handle, const char *path,
				 struct acpi_object_list *args, struct acpi_buffer *result)
{
	struct node *node = node_of(handle);
	acpi_status status;
	u64 event;

	guest_call(__func__);
	if (!node || handle != &node->wrpt || path || result || node->wrpt->absent) {
		guest_violation("the driver evaluates something that is not WRPT");
		return AE_NOT_FOUND;
	}
	if (args->count != 1 || args->pointer->type != ACPI_TYPE_INTEGER) {
		guest_violation("WRPT takes one integer");
		return AE_AML_BAD_RESOURCE;
	}
	event = args->pointer->integer.value;

	if (guest.dying && !guest_aml_safe(node - guest.node)) {
		guest_violation("WRPT is evaluated where it may wait forever");
		return AE_ERROR;
	}
	if (!guest.dying && event)
		guest_violation("WRPT(%llu) in a guest that runs", (unsigned long long)event);
	if (!guest.dying)
		guest_slow_call(__func__);

	if (node->wrpt->semaphores) { /* the namespace's, to find the method */
		take(node, 1);
		release(node, 1, !!node->wrpt->spinlocks);
	}
	take(node, node->wrpt->semaphores);
	status = guest.dying ? evaluated(node, event) : rehearsed(node, node->evaluations++);
	release(node, node->wrpt->semaphores, node->wrpt->spinlocks);

	return status;
}

const char *acpi_format_exception(acpi_status status)
{
	switch (status) {
	case AE_NOT_FOUND:
		return "AE_NOT_FOUND";
	case AE_TYPE:
		return "AE_TYPE";
	default:
		return "AE_AML_BAD_RESOURCE";
	}
}
