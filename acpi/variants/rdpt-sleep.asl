// SPDX-License-Identifier: GPL-2.0-only
// RDPT sleeps for 300 ms.
// exec: RDPT = 0x07, 300 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PERDSLP", 1)
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
				Sleep (300)
				Return (PEPT)
			}

			Include ("wrpt.asl")
		}
	}
}
