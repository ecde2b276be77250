// SPDX-License-Identifier: GPL-2.0-only
Method (RDPT, 0, NotSerialized)
{
	Local0 = PEPT
	Return (Local0)
}
