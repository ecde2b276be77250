// SPDX-License-Identifier: GPL-2.0-only
// RDPT takes 300 ms and keeps the interpreter, and the CPU, all the while.
// exec: RDPT = 0x07, 300 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PERDSLOW", 1)
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
				Local0 = 3000
				While (Local0)
				{
					Stall (100)
					Local0--
				}

				Return (PEPT)
			}

			Include ("wrpt.asl")
		}
	}
}
