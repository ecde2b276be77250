// SPDX-License-Identifier: GPL-2.0-only
// WRPT takes no argument, so that it can only ever say "panicked": evaluating
// it while the guest is well raises a false alarm.
// exec: WRPT 0 = done, 0606:01
// exec: WRPT 1 = done, 0606:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRAR0", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Method (WRPT, 0, NotSerialized)
			{
				PEPT = One
			}
		}
	}
}
