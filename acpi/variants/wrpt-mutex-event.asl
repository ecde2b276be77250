// SPDX-License-Identifier: GPL-2.0-only
// WRPT acquires the mutex that HOLD keeps, but only for an event: the rehearsal
// does not learn of it.
// exec: WRPT 0 = done, 0606:00
// exec: WRPT 1 = done, 0606:01
// exec: HOLD 200 = done, 200 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRMUEV", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")

			Mutex (PEMX, 0x00)
			Method (HOLD, 1, Serialized)
			{
				Acquire (PEMX, 0xFFFF)
				Sleep (Arg0)
				Release (PEMX)
			}

			Method (WRPT, 1, Serialized)
			{
				If (Arg0)
				{
					Acquire (PEMX, 0xFFFF)
				}

				PEPT = Arg0
				If (Arg0)
				{
					Release (PEMX)
				}
			}
		}
	}
}
