// SPDX-License-Identifier: GPL-2.0-only
// WRPT makes a mutex of its own each time: the semaphore that the rehearsal sees
// is gone when the panic comes.
// iasl: 2173 the mutex inside the method is what this is about
// exec: WRPT 1 = done, 0606:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEWRLMUT", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Include ("identity.asl")
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Method (WRPT, 1, Serialized)
			{
				Mutex (PELM, 0x00)
				Acquire (PELM, 0xFFFF)
				PEPT = Arg0
				Release (PELM)
			}
		}
	}
}
