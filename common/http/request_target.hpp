// What a request target names: the path, in whichever of its four forms the target comes
// (RFC 9112, 3.2). Pure functions. Private to common/http. Read next: request_parser.cpp.
#pragma once

#include <string>
#include <string_view>

namespace six::http {

/// Who may use the two forms that name no path.
enum class TargetForms { usual, options, connect };

/// Turns `target` into the path that it names, without query, not percent-decoded. `*` is
/// allowed to `options` only, and for `connect` the target must be an authority, which is
/// left as it is. False: the target is malformed (and may have been changed).
bool reduce_to_path(std::string& target, TargetForms forms);

/// True when `host` could be `host[:port]`. Loose: it keeps out what other servers might
/// read in another way, it does not resolve names.
bool is_plausible_host(std::string_view host);

}  // namespace six::http
