// SPDX-License-Identifier: GPL-2.0-only
// WRPT declares its memory region inside the method, so every evaluation maps
// the page anew and unmaps it: nothing that may be done in a panic. The page is
// that of mem-crs ("xp /2xb 0xff000000": AML's byte is the second).
// iasl: 3175 the region inside the method is what this is about
// iasl: 2173 the same, said of its names
// exec: WRPT 1 = done, FF000001:01
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PEMEMLOC", 1)
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
				OperationRegion (PELR, SystemMemory, 0xFF000001, 0x01)
				Field (PELR, ByteAcc, NoLock, Preserve)
				{
					PELB, 8
				}

				PELB = Arg0
			}
		}
	}
}
