#include "common/http/plain_head.hpp"

#include <algorithm>
#include <optional>

#include "common/http/head_fields.hpp"
#include "common/http/text.hpp"

namespace six::http {
namespace {

/// What is left to read.
class Rest {
  public:
    explicit Rest(std::string_view bytes) : bytes_(bytes) {}

    std::size_t size() const { return bytes_.size(); }
    bool starts_with(std::string_view text) const { return bytes_.starts_with(text); }
    bool skip(std::string_view text) {
        const bool here = bytes_.starts_with(text);
        if (here) bytes_.remove_prefix(text.size());
        return here;
    }
    std::string_view take_all_of(ByteClass byte_class) {
        const auto* const end = std::find_if_not(
            bytes_.begin(), bytes_.end(),
            [=](char byte) { return is(byte_class, static_cast<unsigned char>(byte)); });
        const std::string_view taken{bytes_.begin(), end};
        bytes_.remove_prefix(taken.size());
        return taken;
    }

  private:
    std::string_view bytes_;
};

Method take_method(Rest& rest) {
    if (rest.skip("GET ")) return Method::get;
    if (rest.skip("POST ")) return Method::post;
    return rest.skip("HEAD ") ? Method::head : Method::other;
}

bool take_fields(Rest& rest, const Limits& limits, HeadFields& fields) {
    const std::size_t before = rest.size();
    for (std::size_t count = 0; !rest.skip("\r\n"); ++count) {
        const auto name = rest.take_all_of(token_byte);
        if (name.empty() || !rest.skip(":")) return false;
        const auto value = rest.take_all_of(plain_byte);
        if (!rest.skip("\r\n") || count == limits.header_fields) return false;
        fields.add(name, value);
    }
    return before - rest.size() <= limits.header_bytes;
}

struct RequestLine {
    Method method = Method::other;
    std::string_view path;
};

std::optional<RequestLine> take_request_line(Rest& rest, const Limits& limits) {
    const Method method = take_method(rest);
    if (method == Method::other || !rest.starts_with("/")) return std::nullopt;
    const auto path = rest.take_all_of(path_byte);
    const auto query = rest.starts_with("?") ? rest.take_all_of(query_byte) : "";
    if (path.size() + query.size() > limits.target_bytes) return std::nullopt;
    if (!rest.skip(" HTTP/1.1\r\n")) return std::nullopt;
    return RequestLine{method, path};
}

}  // namespace

std::size_t read_plain_head(std::string_view bytes, const Limits& limits,
                            RequestHead& head) {
    Rest rest{bytes};
    const auto line = take_request_line(rest, limits);
    HeadFields fields;
    if (!line || !take_fields(rest, limits, fields)) return 0;
    head.method = line->method;
    head.path = line->path;
    head.minor_version = 1;
    if (fields.declare_encoding() || fields.apply_to(head)) return 0;
    return bytes.size() - rest.size();
}

}  // namespace six::http
