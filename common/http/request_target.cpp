#include "common/http/request_target.hpp"

#include <algorithm>

#include "common/http/text.hpp"

namespace six::http {
namespace {

// What follows `http://` or `https://`; empty when the target does not begin so.
std::string_view after_scheme(std::string_view target) {
    const auto colon = target.find("://");
    if (colon == std::string_view::npos) return {};
    const auto scheme = target.substr(0, colon);
    const bool known =
        equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "https");
    return known ? target.substr(colon + 3) : std::string_view{};
}

// Absolute form: `http://host:port/path?query`. RFC 9110, 4.2.1 wants the host not empty.
bool reduce_absolute(std::string& target) {
    const auto rest = after_scheme(target);
    const auto authority = rest.substr(0, rest.find_first_of("/?"));
    if (authority.empty() || authority[0] == ':' || !is_plausible_host(authority))
        return false;
    const bool has_path = rest.size() > authority.size() && rest[authority.size()] == '/';
    if (has_path) {
        target.erase(0, target.size() - rest.size() + authority.size());
    } else {
        target.assign(1, '/');
    }
    return true;
}

bool is_authority(std::string_view target) {
    return target.find(':') != std::string_view::npos && is_plausible_host(target);
}

}  // namespace

bool reduce_to_path(std::string& target, TargetForms forms) {
    if (target.find('#') != std::string::npos) return false;  // never sent (RFC 9110, 7.1)
    if (forms == TargetForms::connect) return is_authority(target);
    if (target == "*") return forms == TargetForms::options;
    if (target.empty() || (target[0] != '/' && !reduce_absolute(target))) return false;
    if (const auto query = target.find('?'); query != std::string::npos)
        target.erase(query);
    return true;
}

bool is_plausible_host(std::string_view host) {
    if (host.starts_with('[')) {  // an address with colons of its own (RFC 3986, 3.2.2)
        const auto end = host.find(']');
        if (end == std::string_view::npos ||
            !all(in_brackets_byte, host.substr(1, end - 1)))
            return false;
        host.remove_prefix(end + 1);
    } else {
        const auto* const end = std::find_if_not(host.begin(), host.end(), [](char byte) {
            return is(host_byte, static_cast<unsigned char>(byte));
        });
        host = {end, host.end()};
    }
    return host.empty() || (host[0] == ':' && all(digit_byte, host.substr(1)));
}

}  // namespace six::http
