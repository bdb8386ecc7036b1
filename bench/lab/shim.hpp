// The lab's side of the shim: switches faults on and off in a server that runs. Read first:
// shim_control.hpp.
#pragma once

#include <string>

#include "bench/lab/shim_control.hpp"
#include "bench/lab/subject.hpp"

namespace six::lab {

/// The page that a server with the shim looks at. One thread; outlives the server.
class Shim {
  public:
    /// Throws Skipped where there is no shim: without LD_PRELOAD (Linux, FreeBSD), and
    /// under a sanitizer, which must be loaded first itself.
    explicit Shim(const Subject& subject);
    ~Shim();
    Shim(const Shim&) = delete;
    Shim& operator=(const Shim&) = delete;

    /// How a server is started that obeys it. With a journal, see `power_loss`.
    testing::Launch launch(const std::string& journal = {}) const;
    ShimControl* operator->() const { return control_; }

  private:
    std::string file_;
    ShimControl* control_ = nullptr;
};

}  // namespace six::lab
