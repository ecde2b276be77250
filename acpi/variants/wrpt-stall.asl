// SPDX-License-Identifier: GPL-2.0-only
// WRPT spins for 400 ms before it writes: far more than the driver allows, for a
// guest under emulation can measure its time wrong by a factor of two.
// exec: WRPT 1 = done, 0606:01, 400 ms
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
				Local0 = 4000
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
