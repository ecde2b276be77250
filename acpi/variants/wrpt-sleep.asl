// SPDX-License-Identifier: GPL-2.0-only
// WRPT sleeps before it writes.
// exec: WRPT 1 = done, 0606:01, 50 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRSLP", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Method (WRPT, 1, NotSerialized)
			{
				Sleep (50)
				PEPT = Arg0
			}
		}
	}
}
