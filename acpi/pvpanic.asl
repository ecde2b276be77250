// SPDX-License-Identifier: GPL-2.0-only
//
// The pvpanic device as QEMU builds it, where QEMU has it: below the ISA bridge
// of the machine "pc". A guest sees it in QEMU's own DSDT; here it is the
// reference that the variants depart from, and that `make check-acpi` holds
// against a running QEMU, byte for byte.
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PVPANIC", 1)
{
	External (\_SB.PCI0.S08, DeviceObj)

	Scope (\_SB.PCI0.S08)
	{
		Device (PEVT)
		{
			Name (_HID, "QEMU0001")
			Name (_CRS, ResourceTemplate ()
			{
				IO (Decode16, 0x0505, 0x0505, 0x01, 0x01)
			})
			OperationRegion (PEOR, SystemIO, 0x0505, One)
			Field (PEOR, ByteAcc, NoLock, Preserve)
			{
				PEPT, 8
			}

			Name (_STA, 0x0F)
			Method (RDPT, 0, NotSerialized)
			{
				Local0 = PEPT
				Return (Local0)
			}

			Method (WRPT, 1, NotSerialized)
			{
				PEPT = Arg0
			}
		}
	}
}
