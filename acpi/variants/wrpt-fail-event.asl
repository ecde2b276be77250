// SPDX-License-Identifier: GPL-2.0-only
// WRPT fails, but only for an event: the rehearsal sees nothing amiss.
// exec: WRPT 0 = done, 0606:00
// exec: WRPT 1 = AE_AML_DIVIDE_BY_ZERO
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRFAEV", 1)
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
				If (Arg0)
				{
					Local0 = Zero
					PEPT = (Arg0 / Local0)
				}

				PEPT = Arg0
			}
		}
	}
}
