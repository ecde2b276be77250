// SPDX-License-Identifier: GPL-2.0-only
/*
 * What random devices contain beside the kinds in device.c, as a grammar (see text.c).
 *
 * The statements of a method always end, never fail, and leave the register alone. They
 * use Local0..Local3 as numbers, Local4 and Local5 for other objects, Local6 and Local7
 * to count. The rules <flat>, <inner> and <outer> limit how deep blocks are nested.
 */
#include "random.h"

const struct rule grammar[] = {
	/* The identity. The kernel finds the driver by _HID or by any _CID. */
	{ "identity", {
		"17*Name (_HID, \"QEMU0001\")\n",
		"2*Name (_HID, \"PVPA0001\")\nName (_CID, \"QEMU0001\")\n",
		"Name (_HID, \"PVPA0001\")\n"
		"Name (_CID, Package (2) {\"PVPA0002\", \"QEMU0001\"})\n",
	} },
	{ "uid", { "4*Name (_UID, $number)\n", "Name (_UID, \"$name\")\n" } },
	{ "description", { "9*", "Name (_DDN, \"device $number\")\n" } },
	{ "status", {
		"4*",
		"12*Name (_STA, 0x0F)\n",
		"Name (_STA, 0x0B)\n",
		"2*Method (_STA, 0, NotSerialized)\n{\nReturn (0x0F)\n}\n",
	} },

	/* Methods that the kernel evaluates by itself, at enumeration and at bind. */
	{ "extras", { "<initialize><power>" } },
	{ "initialize", { "9*", "Method (_INI, 0, NotSerialized)\n{\n<begin><body><end>}\n" } },
	{ "power", {
		"11*",
		"Method (_PS0, 0, Serialized)\n{\nSleep (#1-5)\n}\n"
		"Method (_PS3, 0, Serialized)\n{\nVAR1 = #0-255\n}\n",
	} },

	/* Resources that hold no port. */
	{ "others", { "3*", "<other>" } },
	{ "other", {
		"IRQNoFlags () {#3-11}\n",
		"IRQ (Level, ActiveLow, Shared) {#3-11}\n",
		"DMA (Compatibility, NotBusMaster, Transfer8) {#0-3}\n",
		"VendorShort () {#0-255, #0-255}\n",
		"VendorLong () {#0-255, #0-255, #0-255}\n",
	} },
	{ "crs", { "Name (_CRS, ResourceTemplate ()\n{\n<others>" } },
	{ "wide", { "ResourceConsumer, MinFixed, MaxFixed, PosDecode, EntireRange, "
		    "0, $port, $port, 0, 1" } },

	/* Objects that statements use. MTX0 may be kept, so its level is 0: any may follow. */
	{ "objects", {
		"Name (VAR0, #0-65535)\nName (VAR1, #0-65535)\n"
		"Mutex (MTX0, 0)\nMutex (MTX1, #0-3)\n"
		"Method (HLP0, 1, <serialized>)\n{\n<begin>Local0 ^= Arg0\n<inner><inner><end>"
		"Return (VAR0)\n}\n"
		"Method (HLP1, 1, <serialized>)\n{\n<begin>Local0 ^= HLP0 (Arg0)\n<inner><end>"
		"Return (VAR0)\n}\n",
	} },
	{ "serialized", { "2*NotSerialized", "Serialized" } },

	/* The beginning and the end of a method with statements. iasl wants every local used. */
	{ "begin", { "Local0 = #0-255\nLocal1 = #0-255\nLocal2 = #0-255\nLocal3 = #0-255\n" } },
	{ "end", { "VAR0 = (((Local0 ^ Local1) ^ Local2) ^ Local3)\n" } },
	{ "rdpt", { "Method (RDPT, 0, <serialized>)\n{\n<begin><body><end>" } },
	{ "wrpt", { "Method (WRPT, 1, <serialized>)\n{\n<begin><body>" } },
	{ "wrpts", { "Method (WRPT, 1, Serialized)\n{\n<begin><body>" } },
	{ "rest", { "<body><end>" } },
	{ "stall", { "Local6 = 3000\nWhile (Local6)\n{\nStall (100)\nLocal6--\n}\n" } },
	{ "region", { "OperationRegion (LREG, SystemMemory, $local, 1)\n"
		      "Field (LREG, ByteAcc, NoLock, Preserve)\n{\nLFLD, 8\n}\nLocal0 = LFLD\n" } },
	{ "divide", { "Local4 = Zero\nLocal0 = (One / Local4)\n" } },

	/* Statements */
	{ "body", { "", "<outer>", "<outer><outer>", "<outer><outer><outer>" } },
	{ "outer", {
		"6*<flat>",
		"If ((Local<n> <relation> <number>))\n{\n<inner><inner>}\n",
		"If ((Local<n> <relation> <number>))\n{\n<inner>}\nElse\n{\n<inner><inner>}\n",
		"Local7 = #1-6\nWhile (Local7)\n{\n<inner><inner>Local7--\n}\n",
		/* None inside: mutexes may be taken in the order of their levels only. */
		"Acquire (MTX0, 0xFFFF)\n<inner>Release (MTX0)\n",
		"Acquire (MTX1, 0xFFFF)\n<inner>Release (MTX1)\n",
		"Stall (#1-50)\n",
		"Local<n> = HLP0 (Local<n>)\n",
		"Local<n> = HLP1 (Local<n>)\n",
	} },
	{ "inner", {
		"6*<flat>",
		"If ((Local<n> <relation> <number>))\n{\n<flat><flat>}\nElse\n{\n<flat>}\n",
		"Local6 = #1-6\nWhile (Local6)\n{\n<flat><flat>Local6--\n}\n",
		"Stall (#1-50)\n",
	} },
	{ "flat", {
		"2*Local4 = Buffer (2) {#0-255, #0-255}\n"
		"<store>Local<n> = DerefOf (Local4 [#0-1])\n",
		"Local4 = Buffer (6) {#0-255, #0-255, #0-255, #0-255, #0-255, #0-255}\n"
		"<store>Local<n> = DerefOf (Local4 [#0-5])\n",
		"2*Local5 = Package (3) {#0-65535, #0-255, #0-255}\n"
		"Local<n> = DerefOf (Local5 [#0-2])\n",
		"Local4 = ToHexString (Local<n>)\nLocal<n> = SizeOf (Local4)\n",
		"Local4 = ToDecimalString (Local<n>)\nLocal4 = Concatenate (Local4, \"$name\")\n"
		"Local<n> = SizeOf (Local4)\n",
		"VAR0 = <sum>\n",
		"VAR1 = <sum>\n",
		"2*Local<n> = <sum>\n",
		"Local<n> += <sum>\n",
		"Local0 = FindSetLeftBit (Local1)\n",
		"Local<n> = ObjectType (PEPT)\n",
	} },
	{ "store", { "", "Local4 [#0-1] = Local<n>\n" } },
	{ "relation", { "==", "!=", "<", ">", "<=", ">=" } },
	{ "n", { "0", "1", "2", "3" } },

	/* Numbers. A divisor is never zero. */
	{ "sum", {
		"2*<number>", "(<number> << #0-23)", "(<number> >> #0-23)", "~<number>",
		"(<number> + <number>)", "(<number> - <number>)", "(<number> * <number>)",
		"(<number> ^ <number>)", "(<number> & <number>)", "(<number> | <number>)",
	} },
	{ "number", {
		"2*<simple>", "(<simple> << #0-23)", "(<simple> >> #0-23)", "~<simple>",
		"(Local<n> / #1-255)", "(Local<n> % #1-255)",
		"(<simple> + <simple>)", "(<simple> - <simple>)", "(<simple> * <simple>)",
		"(<simple> ^ <simple>)", "(<simple> & <simple>)", "(<simple> | <simple>)",
	} },
	{ "simple", { "#0-65535", "Local<n>", "VAR0", "VAR1" } },
	{ 0 }
};
