/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The version of the project. Files that cannot read it are checked against it by make lint
 * (selftests/lint.sh): dkms.conf, debian/changelog, NEWS, the manual pages, pvpanic-check.
 */
#ifndef PVPANIC_VERSION_H
#define PVPANIC_VERSION_H

#define PVPANIC_GUEST_VERSION "1.0"

#endif
