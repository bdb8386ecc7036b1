// What comes of a wait where nothing can be thrown, since the one who asked is long gone.
#pragma once

#include <optional>

#include "common/http/message.hpp"

namespace six {

/// A value, or the error that took its place.
template <class T>
struct Outcome {
    std::optional<http::Error> failed;
    T value{};
};

}  // namespace six
