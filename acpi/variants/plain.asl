// SPDX-License-Identifier: GPL-2.0-only
// QEMU's device as a table of its own: the same port for _CRS and for AML.
// exec: RDPT = 0x07
// exec: WRPT 1 = done, 0505:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEPLAIN", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")

			OperationRegion (PEOR, SystemIO, 0x0505, 0x01)
			Field (PEOR, ByteAcc, NoLock, Preserve)
			{
				PEPT, 8
			}

			Include ("rdpt.asl")
			Include ("wrpt.asl")
		}
	}
}
