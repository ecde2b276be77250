// SPDX-License-Identifier: GPL-2.0-only
// Resources, but none that could be a port.
// exec: WRPT 1 = done, 0606:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEBADCRS", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Name (_CRS, ResourceTemplate ()
			{
				IRQNoFlags () {5}
			})

			Include ("region-606.asl")
			Include ("rdpt.asl")
			Include ("wrpt.asl")
		}
	}
}
