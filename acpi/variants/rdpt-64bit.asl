// SPDX-License-Identifier: GPL-2.0-only
// RDPT returns 64 bits, of which only the low byte's bits 0..2 mean anything.
// (Where the DSDT is of revision 1, as QEMU's is, ACPICA keeps 32 of them.)
// exec: RDPT = 0xFEDCBA9876543203
DefinitionBlock ("", "SSDT", 2, "PVPANI", "PERD64", 1)
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
				Return (0xFEDCBA9876543203)
			}

			Include ("wrpt.asl")
		}
	}
}
