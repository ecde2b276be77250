// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPICA and the AML behind it: what it takes to evaluate a method, and what a method may be up
 * to. Handles are pointers into world.node: to the node, a device; to its @wrpt, the method.
 */
#include "world.h"

#define ACPICA_SEMAPHORES 3 /* that it takes for the plainest method */

static struct node *node_of(const void *pointer)
{
	const char *p = pointer;
	struct node *node;

	for (node = world.node; node < world.node + WORLD_NODES; node++)
		if (p >= (char *)node && p < (char *)(node + 1))
			return node;

	return NULL;
}

acpi_handle acpi_handle_of(struct device *dev)
{
	return &world.node[world_node_of(dev)];
}

const struct acpi_device_id *acpi_match_device(const struct acpi_device_id *ids,
					       const struct device *dev)
{
	if (!world.node[world_node_of(dev)].present)
		return NULL;
	while (*ids->id && strcmp(ids->id, "QEMU0001"))
		ids++;

	return *ids->id ? ids : NULL;
}

acpi_status acpi_get_handle(acpi_handle parent, const char *path, acpi_handle *handle)
{
	struct node *node = node_of(parent);

	world_slow_call(__func__);
	if (!node || strcmp(path, "WRPT"))
		world_violation("a handle is wanted for %s", path);
	if (!node || node->wrpt->absent || world_fault(__func__))
		return AE_NOT_FOUND;
	*handle = &node->wrpt;

	return AE_OK;
}

acpi_status acpi_get_object_info(acpi_handle handle, struct acpi_device_info **info)
{
	struct node *node = node_of(handle);

	world_slow_call(__func__);
	if (!node || handle != &node->wrpt) {
		world_violation("something is asked about as if it were WRPT");
		return AE_NOT_FOUND;
	}
	*info = world_alloc(sizeof(**info), __func__);
	if (!*info)
		return AE_NO_MEMORY;
	(*info)->type = node->wrpt->no_method ? ACPI_TYPE_INTEGER : ACPI_TYPE_METHOD;
	(*info)->param_count = node->wrpt->no_method ? 0 : 1 + node->wrpt->arguments;

	return AE_OK;
}

static void take(struct node *node, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		down_timeout(&node->semaphores[i], HZ);
}

static void give(struct node *node, unsigned int nr)
{
	while (nr--)
		up(&node->semaphores[nr]);
}

/* Whatever it does, it is not the driver's, and must not be taken for it. */
static void others_run(struct node *node)
{
	struct task_struct *task = kernel_current;

	kernel_current = &world_other_task;
	down_timeout(&node->semaphores[WORLD_SEMAPHORES - 1], HZ);
	world_probed(PROBED_MAP_IOMEM, NULL);
	world_probed(PROBED_DELETE_SEMAPHORE, &node->semaphores[WORLD_SEMAPHORES - 1]);
	up(&node->semaphores[WORLD_SEMAPHORES - 1]);
	kernel_current = task;
}

acpi_status acpi_evaluate_integer(acpi_handle handle, const char *path,
				  struct acpi_object_list *args, unsigned long long *answer)
{
	struct node *node = node_of(handle);

	world_slow_call(__func__);
	if (!node || strcmp(path, "RDPT") || args)
		world_violation("%s is evaluated as if it were RDPT", path);

	take(node, ACPICA_SEMAPHORES);
	give(node, ACPICA_SEMAPHORES);
	switch (node->rdpt) {
	case RDPT_ABSENT:
		return AE_NOT_FOUND;
	case RDPT_FAILS:
		return AE_AML_BAD_RESOURCE;
	case RDPT_NO_NUMBER:
		return AE_TYPE;
	case RDPT_SLEEPS:
		kernel_current->nvcsw++;
		world_pass(500);
		break;
	default:
		break;
	}
	*answer = node->rdpt_answer;

	return AE_OK;
}

/**
 * world_aml_safe() - can AML be evaluated now without waiting for what nobody will give back?
 *
 * What is true, not what the driver has learned: its guard must never say yes where this says no.
 * The one thing that is true and that nobody can know is a spinlock on a kernel that counts none.
 */
bool world_aml_safe(unsigned int node)
{
	const struct scene *scene = &world.scene;
	const struct node *n = &world.node[node];
	unsigned int i;

	if (scene->context != CONTEXT_TASK || scene->lock == LOCK_BH || scene->tainted_die ||
	    (scene->lock == LOCK_SPIN && world.config->preempt_count) || scene->crash_loaded ||
	    scene->online > 1 || scene->by_nmi || scene->irqs_on || world.panics > 1 ||
	    world.config->preempt_rt)
		return false;
	for (i = 0; i < n->wrpt->semaphores; i++)
		if (!n->semaphores[i].count || n->semaphores[i].lock.locked)
			return false;

	return true;
}

/* The body of WRPT, in a guest that lives. */
static acpi_status rehearsed(struct node *node, unsigned int n)
{
	const struct wrpt *wrpt = node->wrpt;
	bool acts = n < wrpt->first;

	world_pass(n ? wrpt->delay : wrpt->delay + wrpt->delay_first);
	if (wrpt->others)
		others_run(node);
	if (acts && wrpt->sleeps)
		kernel_current->nvcsw++;
	if (acts && wrpt->maps)
		world_probed(PROBED_MAP_IOMEM, NULL);
	if (acts && wrpt->deletes)
		world_probed(PROBED_DELETE_SEMAPHORE, &node->semaphores[0]);

	return acts && wrpt->fails ? AE_AML_BAD_RESOURCE : AE_OK;
}

/* The same in one that dies. */
static acpi_status evaluated(struct node *node, u8 event)
{
	const struct wrpt *wrpt = node->wrpt;

	if (world.scene.nested == NESTED_IN_AML && world.dying == 1) {
		world_panic();
		return AE_ERROR;
	}
	if (wrpt->fails_before)
		return AE_AML_BAD_RESOURCE;
	if (!wrpt->no_method && !wrpt->arguments) /* else ACPICA finds nothing wrong */
		sim_write(node - world.node, WAY_WRPT, event);

	return wrpt->fails_after ? AE_AML_BAD_RESOURCE : AE_OK;
}

acpi_status acpi_evaluate_object(acpi_handle handle, const char *path,
				 struct acpi_object_list *args, struct acpi_buffer *result)
{
	struct node *node = node_of(handle);
	acpi_status status;
	u64 event;

	world_call(__func__);
	if (!node || handle != &node->wrpt || path || result || node->wrpt->absent) {
		world_violation("something is evaluated as if it were WRPT");
		return AE_NOT_FOUND;
	}
	if (args->count != 1 || args->pointer->type != ACPI_TYPE_INTEGER) {
		world_violation("WRPT takes one integer");
		return AE_AML_BAD_RESOURCE;
	}
	event = args->pointer->integer.value;

	if (world.dying && !world_aml_safe(node - world.node)) {
		world_violation("AML is entered where it may wait for ever");
		return AE_ERROR;
	}
	if (!world.dying && event)
		world_violation("WRPT(%llu) in a guest that lives", (unsigned long long)event);
	if (!world.dying)
		world_slow_call(__func__);

	if (node->wrpt->semaphores)
		take(node, 1), give(node, 1); /* the namespace, to find the method */
	take(node, node->wrpt->semaphores);
	status = world.dying ? evaluated(node, event) : rehearsed(node, node->evaluations++);
	give(node, node->wrpt->semaphores);

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
