// SPDX-License-Identifier: GPL-2.0-only
// A port of no length: there is nothing to write to.
// exec: WRPT 1 = done, 0606:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEZERO", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Name (_CRS, ResourceTemplate ()
			{
				IO (Decode16, 0x0505, 0x0505, 0x01, 0x00)
			})

			Include ("region-606.asl")
			Include ("rdpt.asl")
			Include ("wrpt.asl")
		}
	}
}
