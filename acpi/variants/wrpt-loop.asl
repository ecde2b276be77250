// SPDX-License-Identifier: GPL-2.0-only
// WRPT never comes back, until ACPICA's limit for a loop (30 s) ends it.
// exec: WRPT 0 = AE_AML_LOOP_TIMEOUT
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRLOOP", 1)
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
				While (One)
				{
				}

				PEPT = Arg0
			}
		}
	}
}
