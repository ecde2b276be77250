// SPDX-License-Identifier: GPL-2.0-only
// WRPT writes the byte twice: a duplicate is tolerable.
// exec: WRPT 1 = done, 0606:01, 0606:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRTWO", 1)
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
				PEPT = Arg0
				PEPT = Arg0
			}
		}
	}
}
