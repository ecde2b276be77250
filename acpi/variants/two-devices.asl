// SPDX-License-Identifier: GPL-2.0-only
// Two pvpanic devices, each with a port of its own for both ways.
// exec: PEV0.WRPT 1 = done, 0505:01
// exec: PEV1.WRPT 2 = done, 0606:02
// exec: PEV1._UID = 0x01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PETWO", 1)
{
	Scope (\_SB)
	{
		Device (PEV0)
		{
			Name (_UID, Zero)
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

		Device (PEV1)
		{
			Name (_UID, One)
			Include ("identity.asl")
			Name (_CRS, ResourceTemplate ()
			{
				IO (Decode16, 0x0606, 0x0606, 0x01, 0x01)
			})

			Include ("region-606.asl")
			Include ("rdpt.asl")
			Include ("wrpt.asl")
		}
	}
}
