// SPDX-License-Identifier: GPL-2.0-only
// Stays in a method for Arg0 milliseconds, asleep: ACPICA leaves its interpreter
// lock meanwhile.
Method (HOLD, 1, NotSerialized)
{
	Sleep (Arg0)
}
