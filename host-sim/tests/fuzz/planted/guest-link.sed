# device_write() finds a power-off graver than a crash that the guest dumps itself.
s/else if (value & PVPANIC_CRASH_LOADED)/else if ((value \& PVPANIC_CRASH_LOADED) \&\& !(value \& PVPANIC_SHUTDOWN))/
