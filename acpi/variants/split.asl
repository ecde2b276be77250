// SPDX-License-Identifier: GPL-2.0-only
// The port of _CRS is 0x505, AML's is 0x606: the bytes at each show which way
// the driver took. Most variants are this one with a single oddity.
// exec: RDPT = 0x07
// exec: WRPT 1 = done, 0606:01
// exec: HOLD 200 = done, 200 ms
// exec: SPIN 50 = done, 50 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PESPLIT", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Include ("wrpt.asl")
			Include ("hold-asleep.asl")
			Include ("spin.asl")
		}
	}
}
