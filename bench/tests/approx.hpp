// Catch2's Approx under one name: version 3 has it in a namespace.
#pragma once

#include "common/testing/catch.hpp"

#if __has_include(<catch2/catch_approx.hpp>)
using Catch::Approx;
#endif
