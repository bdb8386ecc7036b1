// A lesson: a text with code and figures between markers (weave.cpp lists them). Read next:
// rules.hpp.
#pragma once

#include <filesystem>
#include <string>

#include "bench/results.hpp"

namespace six::docs {

/// What was measured: by the ladder, by the fault lab, and by the benchmark.
struct Recordings {
    bench::Results results;
    std::string faults;
    std::string bench;
};

/// The ladder's file, and those of the others beside it. Throws std::runtime_error.
Recordings read_recordings(const std::filesystem::path& ladder);

/// The text as it has to be: between its markers what the code and the recordings say now.
/// `folder` is where the lesson's paths begin. Throws std::runtime_error if something that
/// a marker names isn't there, or a marker has no end.
std::string woven(const std::string& text, const std::filesystem::path& folder,
                  const Recordings& recordings);

}  // namespace six::docs
