// SPDX-License-Identifier: GPL-2.0-only
// WRPT sleeps, but only for an event: the rehearsal sees nothing amiss.
// exec: WRPT 0 = done, 0606:00
// exec: WRPT 1 = done, 0606:01, 50 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRSLEV", 1)
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
				If (Arg0)
				{
					Sleep (50)
				}

				PEPT = Arg0
			}
		}
	}
}
