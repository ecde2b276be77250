// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of fields, _CRS, RDPT and WRPT that a random device can have. The texts are
 * ASL as text.c reads it; grammar.c has the rules, device.c the values.
 */
#include "random.h"

/* How AML reaches the register. */
const struct kind fields[] = {
	{ "byte", 8, "OperationRegion (PEOR, SystemIO, $amlport, 1)\n"
		"Field (PEOR, ByteAcc, NoLock, $update)\n{\nPEPT, 8\n}\n",
		.place = IN_IO, .bits = 8 },
	{ "bits", 4, "OperationRegion (PEOR, SystemIO, $amlport, 1)\n"
		"Field (PEOR, ByteAcc, NoLock, $update)\n{\nPEPT, $bits\n}\n",
		.place = IN_IO, .bits = 0 },
	{ "offset", 3, "OperationRegion (PEOR, SystemIO, $offset, 4)\n"
		"Field (PEOR, ByteAcc, NoLock, $update)\n{\nOffset (3),\nPEPT, 8\n}\n",
		.place = IN_IO, .bits = 8 },
	{ "locked", 2, "OperationRegion (PEOR, SystemIO, $amlport, 1)\n"
		"Field (PEOR, ByteAcc, Lock, $update)\n{\nPEPT, 8\n}\n",
		.place = IN_IO, .bits = 8 },
	{ "index", 2, "OperationRegion (PEIR, SystemMemory, $index, 1)\n"
		"Field (PEIR, ByteAcc, NoLock, Preserve)\n{\nPEIX, 8\n}\n"
		"OperationRegion (PEOR, SystemIO, $amlport, 1)\n"
		"Field (PEOR, ByteAcc, NoLock, Preserve)\n{\nPEDA, 8\n}\n"
		"IndexField (PEIX, PEDA, ByteAcc, NoLock, $update)\n{\nOffset (5),\nPEPT, 8\n}\n",
		.place = IN_IO, .bits = 8 },
	{ "memory", 2, "OperationRegion (PEOR, SystemMemory, $amlmemory, 4)\n"
		"Field (PEOR, ByteAcc, NoLock, $update)\n{\nPEPT, 8\n}\n",
		.place = IN_MEMORY, .bits = 8 },
	{ "word", 1, "OperationRegion (PEOR, SystemMemory, $amlmemory, 4)\n"
		"Field (PEOR, WordAcc, NoLock, $update)\n{\nPEPT, 16\n}\n",
		.place = IN_MEMORY, .bits = 16 },
	{ "dword", 1, "OperationRegion (PEOR, SystemMemory, $amlmemory, 4)\n"
		"Field (PEOR, DWordAcc, NoLock, $update)\n{\nPEPT, 32\n}\n",
		.place = IN_MEMORY, .bits = 32 },
	{ 0 }
};

/* The driver takes the first resource that can be the port. */
const struct kind crss[] = {
	{ "io", 24, "<crs>IO (Decode16, $port, $port, 1, 1)\n<others>})\n", .place = IN_IO },
	{ "word-io", 4, "<crs>WordIO (<wide>)\n<others>})\n", .place = IN_IO },
	{ "dword-io", 4, "<crs>DWordIO (<wide>)\n<others>})\n", .place = IN_IO },
	{ "qword-io", 4, "<crs>QWordIO (<wide>)\n<others>})\n", .place = IN_IO },
	{ "mem-fixed", 4, "<crs>Memory32Fixed (ReadWrite, $memory, 1)\n<others>})\n",
		.place = IN_MEMORY },
	{ "mem32", 3, "<crs>Memory32 (ReadWrite, $memory, $memory, 1, 1)\n<others>})\n",
		.place = IN_MEMORY },
	{ "qword-mem", 3, "<crs>QWordMemory (ResourceConsumer, PosDecode, MinFixed, MaxFixed, "
		"NonCacheable, ReadWrite, 0, $memory, $memory, 0, 1)\n<others>})\n",
		.place = IN_MEMORY },
	{ "io-io", 4, "<crs>IO (Decode16, $port, $port, 1, 1)\n"
		"IO (Decode16, $amlport, $amlport, 1, 1)\n<others>})\n", .place = IN_IO },
	{ "mem-io", 3, "<crs>Memory32Fixed (ReadWrite, $memory, 1)\n"
		"IO (Decode16, $port, $port, 1, 1)\n<others>})\n", .place = IN_MEMORY },
	{ "zero-io", 4, "<crs>IO (Decode16, $amlport, $amlport, 1, 0)\n"
		"IO (Decode16, $port, $port, 1, 1)\n<others>})\n", .place = IN_IO },
	{ "method", 6, "Method (_CRS, 0, Serialized)\n{\nName (RBUF, ResourceTemplate ()\n{\n"
		"<others>IO (Decode16, $port, $port, 1, 1)\n<others>})\nReturn (RBUF)\n}\n",
		.place = IN_IO },
	{ "absent", 4, "", .expect = { "_CRS = AE_NOT_FOUND" }, .place = AT_0505 },
	{ "empty", 2, "Name (_CRS, ResourceTemplate ()\n{\n})\n", .place = AT_0505 },
	{ "other", 3, "<crs><other><others>})\n", .place = AT_0505 },
	{ "fails", 2, "Method (_CRS, 0, NotSerialized)\n{\n<divide>Return (Local0)\n}\n",
		.expect = { "_CRS = AE_AML_DIVIDE_BY_ZERO" }, .place = NOWHERE },
	{ "integer", 2, "Method (_CRS, 0, NotSerialized)\n{\nLocal0 = #0-255\nReturn (Local0)\n}\n",
		.place = NOWHERE },
	{ 0 }
};

/* $load is the value of PEPT, which RDPT reads by $read. */
const struct kind rdpts[] = {
	{ "field", 40, "<rdpt>Return ($read)\n}\n", .expect = { "RDPT = $load" } },
	{ "const", 13, "<rdpt>Return (0x$capability)\n}\n", .expect = { "RDPT = 0x$capability" } },
	{ "name", 4, "Name (RDPT, 0x$capability)\n", .expect = { "RDPT = 0x$capability" } },
	{ "wide", 4, "<rdpt>Return (0xFEDCBA98000000$capability)\n}\n",
		.expect = { "RDPT = 0xFEDCBA98000000$capability" } },
	{ "string", 4, "<rdpt>Return (\"$capability\")\n}\n",
		.expect = { "RDPT = \"$capability\"" },
		.no_number = true },
	{ "package", 3, "<rdpt>Return (Package (1) {0x$capability})\n}\n",
		.expect = { "RDPT = package" },
		.no_number = true },
	{ "buffer", 3, "<rdpt>Return (Buffer (2) {0x$capability, 0})\n}\n",
		.expect = { "RDPT = done" },
		.no_number = true },
	{ "absent", 5, "", .expect = { "RDPT = AE_NOT_FOUND" }, .no_number = true },
	{ "fails", 5, "<rdpt><divide>Return (0x$capability)\n}\n",
		.expect = { "RDPT = AE_AML_DIVIDE_BY_ZERO" }, .no_number = true },
	/* The last value is what ACPICA returns, because Linux has it lax. */
	{ "no-return", 3, "<rdpt>VAR1 = 0x$capability\n}\n", .expect = { "RDPT = 0x$capability" } },
	{ "sleeps", 3, "<rdpt>Sleep (20)\nReturn ($read)\n}\n",
		.expect = { "RDPT = $load, 20 ms" } },
	/* The driver's limit is 100 ms, and the clock of an emulated guest errs by half. */
	{ "stalls", 2, "<rdpt><stall>Return ($read)\n}\n", .expect = { "RDPT = $load, 300 ms" } },
	/* Linux has an argument that was not given read as zero. */
	{ "arg", 2, "Method (RDPT, 1, <serialized>)\n{\n<begin><body><end>"
		"Return ((Arg0 | 0x$capability))\n}\n", .expect = { "RDPT = 0x$capability" } },
	{ 0 }
};

/* $zero, $one and $two are the writes of a store to PEPT. */
#define WRITES		.expect = { "WRPT 0 = done$zero", "WRPT 1 = done$one" }
#define EVENT_FAILS	"WRPT 1 = AE_AML_DIVIDE_BY_ZERO"

const struct kind wrpts[] = {
	{ "plain", 30, "<wrpt>PEPT = Arg0\n<rest>}\n", WRITES },
	{ "twice", 4, "<wrpt>PEPT = Arg0\n<rest>PEPT = Arg0\n}\n",
		.expect = { "WRPT 0 = done$zero$zero", "WRPT 1 = done$one$one" } },
	{ "helper", 5, "Method (SEND, 1, Serialized)\n{\nPEPT = Arg0\n}\n"
		"<wrpt>SEND (Arg0)\n<rest>}\n", WRITES },
	{ "mutex", 6, "<wrpt>Acquire (MTX0, 0xFFFF)\nPEPT = Arg0\n<rest>Release (MTX0)\n}\n",
		WRITES },
	{ "returns", 3, "<wrpt>PEPT = Arg0\n<rest>Return (Package (1) {\"done\"})\n}\n", WRITES },
	{ "deep", 3, "Method (DP00, 1)\n{\nPEPT = Arg0\n}\nMethod (DP01, 1)\n{\nDP00 (Arg0)\n}\n"
		"Method (DP02, 1)\n{\nDP01 (Arg0)\n}\nMethod (DP03, 1)\n{\nDP02 (Arg0)\n}\n"
		"Method (DP04, 1)\n{\nDP03 (Arg0)\n}\nMethod (DP05, 1)\n{\nDP04 (Arg0)\n}\n"
		"Method (DP06, 1)\n{\nDP05 (Arg0)\n}\nMethod (DP07, 1)\n{\nDP06 (Arg0)\n}\n"
		"<wrpt>DP07 (Arg0)\n<rest>}\n", WRITES },
	{ "recurses", 3, "Method (RECU, 2, NotSerialized)\n{\nIf (Arg1)\n{\n"
		"RECU (Arg0, (Arg1 - One))\n}\nElse\n{\nPEPT = Arg0\n}\n}\n"
		"<wrpt>RECU (Arg0, #1-60)\n<rest>}\n", WRITES },
	{ "notifies", 3, "<wrpt>Notify (^, 0x80)\nPEPT = Arg0\n<rest>}\n", WRITES },
	{ "big", 3, "<wrpt>Local4 = Buffer (0x8000) {}\nPEPT = Arg0\n<rest>"
		"Local0 = SizeOf (Local4)\n}\n", WRITES },
	{ "signals", 3, "Event (EVT0)\n<wrpt>Signal (EVT0)\nPEPT = Arg0\n<rest>"
		"Local0 = Wait (EVT0, 0xFFFF)\n}\n", WRITES },
	{ "leaks", 2, "<wrpt>Acquire (MTX0, 0xFFFF)\nPEPT = Arg0\n<rest>}\n", WRITES },

	/* No method of one argument */
	{ "absent", 4, "", .expect = { "WRPT 1 = AE_NOT_FOUND" } },
	{ "name", 3, "Name (WRPT, #0-255)\n", .expect = { "WRPT = done" } },
	{ "args0", 3, "Method (WRPT, 0, NotSerialized)\n{\nPEPT = One\n}\n",
		.expect = { "WRPT = done$one" } },
	{ "args2", 3, "Method (WRPT, 2, NotSerialized)\n{\nPEPT = (Arg1 + (Arg0 & Zero))\n}\n",
		.expect = { "WRPT 1 2 = done$two" } },
	{ "args7", 2, "Method (WRPT, 7, NotSerialized)\n{\n"
		"Local0 = (((((Arg0 | Arg1) | Arg2) | Arg3) | Arg4) | Arg5)\n"
		"PEPT = (Arg6 + (Local0 & Zero))\n}\n",
		.expect = { "WRPT 1 1 1 1 1 1 2 = done$two" } },

	/* Fails, or waits */
	{ "fails-first", 4, "<wrpt><divide>PEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = AE_AML_DIVIDE_BY_ZERO", EVENT_FAILS } },
	{ "fails-last", 3, "<wrpt>PEPT = Arg0\n<rest><divide>}\n",
		.expect = { "WRPT 0 = AE_AML_DIVIDE_BY_ZERO$zero", EVENT_FAILS "$one" } },
	{ "mutex-order", 3, "Mutex (MTX5, 5)\nMutex (MTX4, 4)\n"
		"<wrpt>Acquire (MTX5, 0xFFFF)\nAcquire (MTX4, 0xFFFF)\nPEPT = Arg0\n"
		"<rest>Release (MTX4)\nRelease (MTX5)\n}\n",
		.expect = { "WRPT 0 = AE_AML_MUTEX_ORDER", "WRPT 1 = AE_AML_MUTEX_ORDER" } },
	{ "not-owner", 2, "<wrpt>PEPT = Arg0\n<rest>Release (MTX0)\n}\n",
		.expect = { "WRPT 0 = AE_AML_MUTEX_NOT_ACQUIRED$zero",
		  "WRPT 1 = AE_AML_MUTEX_NOT_ACQUIRED$one" } },
	{ "endless-recursion", 1, "<wrpt>WRPT (Arg0)\nPEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = AE_AML_METHOD_LIMIT", "WRPT 1 = AE_AML_METHOD_LIMIT" } },
	{ "loops", 1, "<wrpt>While (One) {}\nPEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = AE_AML_LOOP_TIMEOUT", "WRPT 1 = AE_AML_LOOP_TIMEOUT" } },
	{ "sleeps", 4, "<wrpt>Sleep (20)\nPEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = done$zero, 20 ms", "WRPT 1 = done$one, 20 ms" } },
	{ "stalls", 3, "<wrpt><stall>PEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = done$zero, 300 ms", "WRPT 1 = done$one, 300 ms" } },
	{ "waits", 3, "Event (EVT0)\n<wrpt>Local0 = Wait (EVT0, 20)\nPEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = done$zero, 20 ms", "WRPT 1 = done$one, 20 ms" } },

	/* Makes an object each time */
	{ "local-mutex", 4, "<wrpts>Mutex (LMTX, 0)\nAcquire (LMTX, 0xFFFF)\nPEPT = Arg0\n"
		"<rest>Release (LMTX)\n}\n", WRITES },
	{ "local-event", 2, "<wrpts>Event (LEVT)\nSignal (LEVT)\nPEPT = Arg0\n<rest>"
		"Local0 = Wait (LEVT, 0xFFFF)\n}\n", WRITES },
	{ "local-region", 3, "<wrpts><region>PEPT = Arg0\n<rest>}\n", WRITES },
	{ "local-name", 3, "<wrpts>Name (LNAM, \"gone when the method ends\")\nPEPT = Arg0\n<rest>"
		"Local0 = SizeOf (LNAM)\n}\n", WRITES },
	{ "silent", 2, "<wrpt>VAR1 = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = done", "WRPT 1 = done" },
		.lies = true },

	/* Does for an event what it does not do in the rehearsal */
	{ "event-fails", 4, "<wrpt>If (Arg0)\n{\n<divide>}\nPEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = done$zero", EVENT_FAILS } },
	{ "event-loops", 1, "<wrpt>While (Arg0) {}\nPEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = done$zero", "WRPT 1 = AE_AML_LOOP_TIMEOUT" }, .hangs = true },
	{ "event-sleeps", 2, "<wrpt>If (Arg0)\n{\nSleep (20)\n}\nPEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = done$zero", "WRPT 1 = done$one, 20 ms" }, .hangs = true },
	{ "event-waits", 2, "Event (EVT0)\n<wrpt>If (Arg0)\n{\nLocal0 = Wait (EVT0, 20)\n}\n"
		"PEPT = Arg0\n<rest>}\n",
		.expect = { "WRPT 0 = done$zero", "WRPT 1 = done$one, 20 ms" }, .hangs = true },
	{ "event-mutex", 3, "<wrpt>If (Arg0)\n{\nAcquire (MTX1, 0xFFFF)\nPEPT = Arg0\n"
		"Release (MTX1)\n}\nElse\n{\nPEPT = Arg0\n}\n<rest>}\n", WRITES },
	{ "event-local-mutex", 2, "<wrpts>If (Arg0)\n{\nMutex (LMTX, 0)\nAcquire (LMTX, 0xFFFF)\n"
		"PEPT = Arg0\nRelease (LMTX)\n}\nElse\n{\nPEPT = Arg0\n}\n<rest>}\n",
		WRITES, .lies = true },
	{ "event-local-region", 2, "<wrpts>If (Arg0)\n{\n<region>}\nPEPT = Arg0\n<rest>}\n", WRITES,
		.hangs = true },
	{ "event-silent", 2, "<wrpt>If (Arg0)\n{\nVAR1 = Arg0\n}\nElse\n{\nPEPT = Arg0\n}\n"
		"<rest>}\n",
		.expect = { "WRPT 0 = done$zero", "WRPT 1 = done" }, .lies = true },
	{ 0 }
};
