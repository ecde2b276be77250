// SPDX-License-Identifier: GPL-2.0-only
// RDPT returns a package.
// exec: RDPT = package
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PERDPKG", 1)
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
				Return (Package () {0x03})
			}

			Include ("wrpt.asl")
		}
	}
}
