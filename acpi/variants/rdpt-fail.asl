// SPDX-License-Identifier: GPL-2.0-only
// RDPT fails: the capability has to be read from the port.
// exec: RDPT = AE_AML_DIVIDE_BY_ZERO
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PERDFAIL", 1)
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
				Local0 = PEPT
				Local1 = Zero
				Local0 /= Local1
				Return (Local0)
			}

			Include ("wrpt.asl")
		}
	}
}
