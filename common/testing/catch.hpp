// Catch2 in one include, whether it is version 2.13 (Debian 12) or 3. Every test file
// includes this and nothing else of Catch2. The names are those of version 3.
#pragma once

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_all.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#else
#include <catch2/catch.hpp>

#include <string>

namespace Catch::Matchers {

/// What version 3 calls the matcher for a part of a string.
inline auto ContainsSubstring(const std::string& part) {
    return Contains(part);
}

}  // namespace Catch::Matchers

#ifdef CATCH_CONFIG_EXTERNAL_INTERFACES
namespace Catch {
using EventListenerBase = TestEventListenerBase;
}
#endif
#endif
