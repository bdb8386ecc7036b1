// What a parser makes of some bytes, written down so that two runs can be compared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/http/request_parser.hpp"

namespace six::http {

using State = RequestParser::State;

/// One request as the parser saw it: `GET /path keep body`, say, or `refused 400 why`.
using Outcome = std::vector<std::string>;

/// Lets `parser` go on as a server does that wants every request and all of its body, and
/// writes down each request that is complete. `body` holds what was taken of one that is
/// not.
void go_on(RequestParser& parser, std::string& body, Outcome& outcome);

/// Feeds the pieces one after another, then the end of the input.
Outcome outcome_of(const std::vector<std::string_view>& pieces, const Limits& limits = {});

/// The bytes one by one.
std::vector<std::string_view> single_bytes(std::string_view bytes);

}  // namespace six::http
