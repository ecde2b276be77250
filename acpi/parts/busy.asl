// SPDX-License-Identifier: GPL-2.0-only
// Two ways to be inside a method while another CPU panics, for Arg0
// milliseconds: asleep (ACPICA leaves its interpreter lock meanwhile), and
// spinning (it keeps the lock).
Method (HOLD, 1, NotSerialized)
{
	Sleep (Arg0)
}

Method (SPIN, 1, NotSerialized)
{
	Local0 = (Arg0 * 10)
	While (Local0)
	{
		Stall (100)
		Local0--
	}
}
