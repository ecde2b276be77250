// SPDX-License-Identifier: GPL-2.0-only
// The port that the driver writes to when it does not evaluate WRPT.
Name (_CRS, ResourceTemplate ()
{
	IO (Decode16, 0x0505, 0x0505, 0x01, 0x01)
})
