// SPDX-License-Identifier: GPL-2.0-only
// Keeps ACPICA's interpreter lock for Arg0 milliseconds.
Method (SPIN, 1, NotSerialized)
{
	Local0 = (Arg0 * 10)
	While (Local0)
	{
		Stall (100)
		Local0--
	}
}
