// SPDX-License-Identifier: GPL-2.0-only
// The port that AML writes to: another than that of _CRS, so that a test sees
// by which way a byte reached the host.
OperationRegion (PEOR, SystemIO, 0x0606, 0x01)
Field (PEOR, ByteAcc, NoLock, Preserve)
{
	PEPT, 8
}
