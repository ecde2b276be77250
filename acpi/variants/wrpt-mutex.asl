// SPDX-License-Identifier: GPL-2.0-only
// WRPT acquires a mutex that HOLD keeps while it sleeps: the interpreter is free
// then, and WRPT would wait none the less.
// exec: WRPT 1 = done, 0606:01
// exec: HOLD 200 = done, 200 ms
// exec: SPIN 50 = done, 50 ms
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRMUT", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Include ("spin.asl")

			Mutex (PEMX, 0x00)
			Method (HOLD, 1, Serialized)
			{
				Acquire (PEMX, 0xFFFF)
				Sleep (Arg0)
				Release (PEMX)
			}

			Method (WRPT, 1, Serialized)
			{
				Acquire (PEMX, 0xFFFF)
				PEPT = Arg0
				Release (PEMX)
			}
		}
	}
}
