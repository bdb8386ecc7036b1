// The machine that the figures come from: what it is, and what it allows.
#pragma once

#include "bench/load.hpp"
#include "bench/results.hpp"

namespace six::bench {

/// What the system tells about itself; empty where it tells nothing.
MachineInfo describe_machine();

/// How many sockets this process may open and how many local ports there are. Call it after
/// 01's `prepare_process`, which raises the limit of descriptors.
Allowed look_at_limits();

}  // namespace six::bench
