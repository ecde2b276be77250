// SPDX-License-Identifier: GPL-2.0-only
// WRPT spins for 150 ms before it writes.
// exec: WRPT 1 = done, 0606:01, 150 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRSTAL", 1)
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
				Local0 = 1500
				While (Local0)
				{
					Stall (100)
					Local0--
				}

				PEPT = Arg0
			}
		}
	}
}
