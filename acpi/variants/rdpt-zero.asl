// SPDX-License-Identifier: GPL-2.0-only
// RDPT announces no capability: the device is of no use.
// exec: RDPT = 0x00
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PERDZERO", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Method (RDPT, 0, NotSerialized)
			{
				Return (Zero)
			}

			Include ("wrpt.asl")
		}
	}
}
