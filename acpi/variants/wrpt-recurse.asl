// SPDX-License-Identifier: GPL-2.0-only
// WRPT calls itself without end, until ACPICA's limit for nested methods.
// iasl: 2098 the recursion is what this is about
// exec: WRPT 1 = AE_AML_METHOD_LIMIT
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRREC", 1)
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
				WRPT (Arg0)
				PEPT = Arg0
			}
		}
	}
}
