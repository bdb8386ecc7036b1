// Power loss, as far as tests look into it. Read first: lab.hpp.
#pragma once

#include <string>
#include <string_view>

#include "bench/lab/lab.hpp"
#include "bench/lab/shim_control.hpp"

namespace six::lab {

/// The content that a file has after power loss: what had been written before a sync of it
/// began that came to its end. All else is dropped, which a disk may do. Pure.
std::string synced_bytes(std::string_view journal, DatabaseFile file);

/// Saves under load, loses what was not synced, starts again and looks for what was
/// acknowledged. `disk_lies`: the disk says that all is synced and keeps nothing, to show
/// that the lab would notice.
Observed power_loss(Subject& subject, bool disk_lies);

}  // namespace six::lab
