// SPDX-License-Identifier: GPL-2.0-only
Method (WRPT, 1, NotSerialized)
{
	PEPT = Arg0
}
