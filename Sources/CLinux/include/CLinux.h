#pragma once
#include "datagram.h"
