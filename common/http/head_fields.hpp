// The few fields that decide how a request is read: Host, Content-Length,
// Transfer-Encoding, Connection and Expect. Private to common/http.
// Read next: head_fields.cpp, then request_parser.cpp, which fills it in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/message.hpp"
#include "common/http/refusal.hpp"

namespace six::http {

/// Collects the fields of one head (or of the trailers after a body), and judges them when
/// all are there. Names and values may come in parts, as they were cut on their way.
class HeadFields {
  public:
    void begin_section();
    /// A field that is here as a whole.
    void add(std::string_view name, std::string_view value);
    void add_to_name(std::string_view part);
    void end_name();
    void add_to_value(std::string_view part);
    void end_value();

    /// Writes into `head`, whose version is known already, what the fields say; or says why
    /// they are refused.
    std::optional<Refusal> apply_to(RequestHead& head) const;
    /// True when a field says how long the body is. No trailer may (RFC 9110, 6.5.1).
    bool declare_length() const { return seen_.lengths > 0 || seen_.encodings > 0; }
    bool declare_encoding() const { return seen_.encodings > 0; }

  private:
    enum class Field : std::uint8_t {
        unimportant,
        host,
        content_length,
        transfer_encoding,
        connection,
        expect,
    };
    struct Seen {
        std::uint32_t hosts = 0;      // so many fields
        std::uint32_t lengths = 0;    // so many fields
        std::uint32_t encodings = 0;  // so many fields
        std::uint32_t codings = 0;    // in these fields together
        bool bad_host = false;
        bool bad_coding = false;
        bool chunked_last = false;
        bool chunked_earlier = false;
        bool close = false;
        bool keep_alive = false;
        bool expects_continue = false;
        bool unknown_expectation = false;
        std::optional<std::uint64_t> length;  // none: not a number, or too large for one
    };

    static Field field_named(std::string_view name);
    void judge(Field field, std::string_view padded);
    void read_codings(std::string_view value);
    void read_connection(std::string_view value);
    void read_expectations(std::string_view value);

    std::optional<Refusal> check_host(const RequestHead& head) const;
    std::optional<Refusal> check_length() const;
    std::optional<Refusal> check_encoding(const RequestHead& head) const;

    std::array<char, 18> name_{};  // one more than the longest name that matters
    std::uint8_t name_size_ = 0;
    Field field_ = Field::unimportant;
    std::string value_;
    Seen seen_;
};

}  // namespace six::http
