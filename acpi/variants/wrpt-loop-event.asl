// SPDX-License-Identifier: GPL-2.0-only
// WRPT loops for ever, but only for an event: the rehearsal sees nothing amiss.
// ACPICA's limit for a loop counts jiffies, which stand still in a panic.
// exec: WRPT 0 = done, 0606:00
// exec: WRPT 1 = AE_AML_LOOP_TIMEOUT
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRLOEV", 1)
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
				While (Arg0)
				{
				}

				PEPT = Arg0
			}
		}
	}
}
