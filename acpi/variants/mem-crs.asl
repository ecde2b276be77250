// SPDX-License-Identifier: GPL-2.0-only
// The port is memory: _CRS names one page of memory-mapped I/O, and AML writes
// its second byte. The page is the buffer of QEMU's pc-testdev (-device
// pc-testdev), which keeps what is written and lets the monitor show it:
// "xp /2xb 0xff000000" gives the driver's byte, then AML's. The buffer starts
// as zeroes, so RDPT announces the capability without reading it.
// exec: RDPT = 0x07
// exec: WRPT 1 = done, FF000001:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEMEM", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Name (_CRS, ResourceTemplate ()
			{
				Memory32Fixed (ReadWrite, 0xFF000000, 0x00000001)
			})

			OperationRegion (PEOR, SystemMemory, 0xFF000001, 0x01)
			Field (PEOR, ByteAcc, NoLock, Preserve)
			{
				PEPT, 8
			}

			Method (RDPT, 0, NotSerialized)
			{
				Return (0x07)
			}

			Include ("wrpt.asl")
		}
	}
}
