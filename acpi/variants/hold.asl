// SPDX-License-Identifier: GPL-2.0-only
// Methods that wait while they are Serialized: each holds, beside what the
// interpreter holds, the mutex that ACPICA makes for the method. WRPT shares
// neither, so only SPIN may keep the driver from evaluating it.
// exec: RDPT = 0x07
// exec: WRPT 1 = done, 0606:01
// exec: HOLD 200 = done, 200 ms
// exec: SPIN 50 = done, 50 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEHOLD", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Include ("wrpt.asl")

			Method (HOLD, 1, Serialized)
			{
				Sleep (Arg0)
			}

			Method (SPIN, 1, Serialized)
			{
				Local0 = (Arg0 * 10)
				While (Local0)
				{
					Stall (100)
					Local0--
				}
			}
		}
	}
}
