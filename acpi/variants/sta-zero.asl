// SPDX-License-Identifier: GPL-2.0-only
// The device says that it is not there: no driver may bind to it.
// exec: _STA = 0x00
DefinitionBlock ("", "SSDT", 1, "PVPANI", "PESTA0", 1)
{
	Scope (\_SB)
	{
		Device (PEVT)
		{
			Name (_HID, "QEMU0001")
			Name (_STA, Zero)
			Include ("port-505.asl")
			Include ("region-606.asl")
			Include ("rdpt.asl")
			Include ("wrpt.asl")
		}
	}
}
