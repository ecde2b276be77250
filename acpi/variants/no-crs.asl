// SPDX-License-Identifier: GPL-2.0-only
// No resources: the driver has to know the port by itself (0x505).
// exec: _CRS = AE_NOT_FOUND
// exec: WRPT 1 = done, 0606:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PENOCRS", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Include ("wrpt.asl")
		}
	}
}
