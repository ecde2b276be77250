// SPDX-License-Identifier: GPL-2.0-only
// The fields are wider than a byte: RDPT reads 32 bits, of which the low byte is
// the capability's, and WRPT writes 16 bits where there is one byte. No port of
// QEMU's keeps such a write, so the region lies in the page of mem-crs ("xp /4xb
// 0xff000004" shows what was written). The page starts as zeroes, hence the Or.
// exec: RDPT = 0x7070707
// exec: WRPT 1 = done, FF000004:0001
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWIDE", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")

			OperationRegion (PEOR, SystemMemory, 0xFF000004, 0x04)
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
				Return ((PERD | 0x07))
			}

			Method (WRPT, 1, NotSerialized)
			{
				PEWR = Arg0
			}
		}
	}
}
