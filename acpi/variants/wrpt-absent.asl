// SPDX-License-Identifier: GPL-2.0-only
// No WRPT: the port is the only way.
// exec: RDPT = 0x07
// exec: WRPT 1 = AE_NOT_FOUND
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRABS", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
		}
	}
}
