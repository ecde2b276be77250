// SPDX-License-Identifier: GPL-2.0-only
// RDPT returns what an empty bus reads as; five of the bits are reserved.
// exec: RDPT = 0xFF
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PERDFF", 1)
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
				Return (0xFF)
			}

			Include ("wrpt.asl")
		}
	}
}
