// What the Glibc module does not show.
#pragma once

#include "datagram.h"
#include "process.h"
#include "tunnel.h"
