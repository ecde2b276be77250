// SPDX-License-Identifier: GPL-2.0-only
// The field is wider than the port: a read gives 32 bits, of which the low byte
// is the port's, and a write puts 16 bits where there is one byte.
// exec: RDPT = 0x7070707
// exec: WRPT 1 = done, 0606:0001
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWIDE", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")

			OperationRegion (PEOR, SystemIO, 0x0606, 0x04)
			Field (PEOR, DWordAcc, NoLock, Preserve)
			{
				PERD, 32
			}

			Field (PEOR, WordAcc, NoLock, Preserve)
			{
				PEWR, 16
			}

			Method (RDPT, 0, NotSerialized)
			{
				Return (PERD)
			}

			Method (WRPT, 1, NotSerialized)
			{
				PEWR = Arg0
			}
		}
	}
}
