// SPDX-License-Identifier: GPL-2.0-only
// WRPT is there, but a number: evaluating it succeeds and sends nothing.
// exec: RDPT = 0x07
// exec: WRPT = 0x05
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRNAME", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Name (WRPT, 0x05)
		}
	}
}
