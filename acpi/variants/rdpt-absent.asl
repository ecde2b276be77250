// SPDX-License-Identifier: GPL-2.0-only
// No RDPT: the capability has to be read from the port.
// exec: RDPT = AE_NOT_FOUND
// exec: WRPT 1 = done, 0606:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PERDABS", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("wrpt.asl")
		}
	}
}
