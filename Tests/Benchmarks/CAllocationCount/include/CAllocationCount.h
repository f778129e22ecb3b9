#pragma once

// Allocations that the calling thread has made so far. Linking this replaces the process's malloc by one that counts.
long shim_allocation_count(void);
