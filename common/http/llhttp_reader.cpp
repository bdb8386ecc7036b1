#include "common/http/llhttp_reader.hpp"

#include <utility>

#include "common/http/text.hpp"

namespace six::http {

LlhttpReader::LlhttpReader(RequestHead& to_fill) : head(to_fill) {
    llhttp_init(&llhttp_, HTTP_REQUEST, callbacks());
    llhttp_.data = this;
}

// Only now: a plain head never comes here, and overwrites what is left of the last one.
void LlhttpReader::begin() {
    begun_ = true;
    llhttp_reset(&llhttp_);
    head = {};
    head_complete = false;
    fields = {};
    recycle(name_);
    recycle(value_);
}

std::optional<Refusal> LlhttpReader::read(std::string_view bytes) {
    if (!begun_) begin();
    switch (llhttp_execute(&llhttp_, bytes.data(), bytes.size())) {
        case HPE_OK: return std::nullopt;
        // The guard has seen to the version. Where llhttp still complains of it, the method
        // is one of RTSP's or of HTTP/2's.
        case HPE_INVALID_METHOD:
        case HPE_INVALID_CONSTANT:
        case HPE_INVALID_VERSION: return Refusal{501, "the method is not known"};
        default: return Refusal{400, llhttp_get_error_reason(&llhttp_)};
    }
}

TargetForms LlhttpReader::target_forms() const {
    if (llhttp_.method == HTTP_CONNECT) return TargetForms::connect;
    return llhttp_.method == HTTP_OPTIONS ? TargetForms::options : TargetForms::usual;
}

void LlhttpReader::set_method() {
    switch (llhttp_.method) {
        case HTTP_GET: head.method = Method::get; break;
        case HTTP_HEAD: head.method = Method::head; break;
        case HTTP_POST: head.method = Method::post; break;
        case HTTP_OPTIONS: head.method = Method::options; break;
        default: head.method = Method::other; break;
    }
}

void LlhttpReader::end_field() {
    fields.add(name_, value_);
    recycle(name_);
    recycle(value_);
}

// llhttp calls these with parts of the bytes it was given, cut wherever those were cut.
const llhttp_settings_t* LlhttpReader::callbacks() {
    static constexpr auto reader = [](llhttp_t* parser) -> LlhttpReader& {
        return *static_cast<LlhttpReader*>(parser->data);
    };
    static constexpr llhttp_settings_t settings = [] {
        llhttp_settings_t on{};
        on.on_url = [](llhttp_t* parser, const char* at, std::size_t size) {
            reader(parser).head.path.append(at, size);
            return 0;
        };
        on.on_url_complete = [](llhttp_t* parser) {
            reader(parser).set_method();
            return 0;
        };
        on.on_header_field = [](llhttp_t* parser, const char* at, std::size_t size) {
            reader(parser).name_.append(at, size);
            return 0;
        };
        on.on_header_value = [](llhttp_t* parser, const char* at, std::size_t size) {
            reader(parser).value_.append(at, size);
            return 0;
        };
        on.on_header_value_complete = [](llhttp_t* parser) {
            reader(parser).end_field();
            return 0;
        };
        on.on_headers_complete = [](llhttp_t* parser) {
            // We switch to no other protocol, be it for Upgrade or for CONNECT.
            parser->upgrade = 0;
            reader(parser).head.minor_version = parser->http_minor;
            reader(parser).head_complete = true;
            return 0;
        };
        on.on_chunk_header = [](llhttp_t* parser) {
            reader(parser).chunk_bytes = parser->content_length;
            return 0;
        };
        on.on_body = [](llhttp_t* parser, const char* at, std::size_t size) {
            reader(parser).body.append(at, size);
            return 0;
        };
        return on;
    }();
    return &settings;
}

}  // namespace six::http
