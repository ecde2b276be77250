// SPDX-License-Identifier: GPL-2.0-only
// RDPT returns a string, though one that looks like a number.
// exec: RDPT = "3"
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PERDSTR", 1)
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
				Return ("3")
			}

			Include ("wrpt.asl")
		}
	}
}
