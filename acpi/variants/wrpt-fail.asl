// SPDX-License-Identifier: GPL-2.0-only
// WRPT fails before it writes.
// exec: WRPT 1 = AE_AML_DIVIDE_BY_ZERO
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRFAIL", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Method (WRPT, 1, NotSerialized)
			{
				Local0 = Zero
				PEPT = (Arg0 / Local0)
			}
		}
	}
}
