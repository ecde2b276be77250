// SPDX-License-Identifier: GPL-2.0-only
// WRPT takes two arguments and writes the second, which the caller does not
// give. ACPICA warns, and under Linux reads it as zero: evaluation succeeds, and
// the event is lost.
// iasl: 2146 the argument that the caller does give is not the one that is wanted
// exec: WRPT 1 = done, 0606:00
// exec: WRPT 1 2 = done, 0606:02
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRAR2", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Method (WRPT, 2, NotSerialized)
			{
				PEPT = Arg1
			}
		}
	}
}
