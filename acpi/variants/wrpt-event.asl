// SPDX-License-Identifier: GPL-2.0-only
// WRPT waits for an AML event that nobody signals, for 300 ms.
// iasl: 3130 the wait is meant to time out, and to be gone on from
// exec: WRPT 1 = done, 0606:01, 300 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWREVT", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")

			Event (PEEV)

			Method (WRPT, 1, NotSerialized)
			{
				Wait (PEEV, 300)
				PEPT = Arg0
			}
		}
	}
}
