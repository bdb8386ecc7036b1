// Raw requests, byte for byte, and what each must get: for the parser's own tests, and for
// whoever wants to send the same bytes to a server. With the default `Limits`. What public
// suites ask besides is in suite_requests.hpp.
#pragma once

#include <cstddef>
#include <string>

#include "common/http/tests/raw_requests.hpp"
#include "common/http/tests/suite_requests.hpp"

namespace six::http::raw {

// --- Requests that are right ------------------------------------------------------------

inline RawRequests right_lines() {
    return {
        {"a plain GET", line("GET /health HTTP/1.1"), 200, "/health"},
        {"a HEAD", line("HEAD /health HTTP/1.1"), 200, "/health"},
        {"a query", line("GET /health?a=1&b=/?x HTTP/1.1"), 200, "/health"},
        {"an empty query", line("GET /health? HTTP/1.1"), 200, "/health"},
        {"an absolute target", line("GET http://test/health HTTP/1.1"), 200, "/health"},
        {"an absolute target with port and query",
         line("GET http://test:8080/health?a HTTP/1.1"), 200, "/health"},
        {"an absolute target of https", line("GET https://x/health HTTP/1.1"), 200,
         "/health"},
        {"a scheme in capitals", line("GET HTTP://TEST/health HTTP/1.1"), 200, "/health"},
        {"an absolute target with an IPv6 address",
         line("GET http://[::1]/health HTTP/1.1"), 200, "/health"},
        {"OPTIONS for the whole server", line("OPTIONS * HTTP/1.1"), 200, "*"},
        {"an empty line before it", "\r\n" + get("A: 1"), 200, "/health"},
        {"eight empty lines before it", repeated("\r\n", 8) + get("A: 1"), 200, "/health"},
        {"HTTP/1.0 without Host", get_1_0("A: 1"), 200, "/health", "", false},
        {"HTTP/1.0 with Host", get_1_0("Host: test"), 200, "/health", "", false},
        {"HTTP/1.0 to be kept", get_1_0("Connection: Keep-Alive"), 200, "/health"},
        {"HTTP/1.0 to be kept and closed", get_1_0("Connection: keep-alive, close"), 200,
         "/health", "", false},
        {"HTTP/1.0 with an expectation", get_1_0("Expect: cake"), 200, "/health", "",
         false},
        {"a target of 8 KiB", long_target(8 * 1024), 200, "/health"},
    };
}

inline RawRequests right_fields() {
    return {
        {"an empty Host", get_without_host("Host:"), 200, "/health"},
        {"a Host with a port", get_without_host("Host: test:8080"), 200, "/health"},
        {"a Host with an IPv6 address", get_without_host("Host: [::1]:8080"), 200,
         "/health"},
        {"a Host without a space before it", get_without_host("hOsT:test"), 200, "/health"},
        {"asked to close", get("Connection: close"), 200, "/health", "", false},
        {"close in a list", get("Connection: x,keep-alive ,CLOSE , y"), 200, "/health", "",
         false},
        {"close with a tab behind it", get("Connection: close\t, x"), 200, "/health", "",
         false},
        {"close in the second field", get("Connection: x\r\nConnection: close"), 200,
         "/health", "", false},
        {"close as part of a word", get("Connection: closet, disclose"), 200, "/health"},
        {"an upgrade that nobody offers", get("Connection: Upgrade\r\nUpgrade: websocket"),
         200, "/health"},
        {"an upgrade with a body",
         post("Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2", "ab"), 200,
         "/items", "ab"},
        {"empty fields", get("A:\r\nB: \t \r\nC: 1"), 200, "/health"},
        {"spaces and tabs around a value", get("A: \t 1 \t "), 200, "/health"},
        {"bytes beyond ASCII in a value", get("A: \x80\xff caf\xc3\xa9"), 200, "/health"},
        {"every mark that a name may have", get("!#$%&'*+-.^_`|~09azAZ: 1"), 200,
         "/health"},
        {"names that begin like those that matter", get("Content-Lengths: x\r\nHosts: @"),
         200, "/health"},
        {"names longer than those that matter", get("Transfer-Encoding-And-So-On: gzip"),
         200, "/health"},
        {"an empty list of expectations", get("Expect: ,"), 200, "/health"},
        {"an expectation without a body", get("Expect: 100-continue"), 200, "/health"},
        {"100 fields", get(repeated("A: 1\r\n", 98) + "A: 1"), 200, "/health"},
        {"a header section of 16 KiB", long_fields(16 * 1024), 200, "/health"},
    };
}

inline RawRequests right_bodies() {
    const std::string text = "GET / HTTP/1.1\r\n\r\n";
    return {
        {"a POST without a body", post("A: 1"), 200, "/items"},
        {"a length of nothing", post("Content-Length: 0"), 200, "/items"},
        {"a length", post("Content-Length: 5", "hello"), 200, "/items", "hello"},
        {"a length with zeros", post("Content-Length: 0005", "hello"), 200, "/items",
         "hello"},
        {"a length with spaces", post("Content-Length:  5  ", "hello"), 200, "/items",
         "hello"},
        {"HTTP/1.0 with a length", "POST /items HTTP/1.0\r\nContent-Length: 2\r\n\r\nab",
         200, "/items", "ab", false},
        {"a GET with a body", get("Content-Length: 5") + "hello", 200, "/health", "hello"},
        {"every byte in a body", post("Content-Length: 256", all_bytes()), 200, "/items",
         all_bytes()},
        {"a body that looks like a request", post("Content-Length: 18", text), 200,
         "/items", text},
        {"an expected body", post("Expect: 100-Continue\r\nContent-Length: 2", "ab"), 200,
         "/items", "ab"},
        {"no chunk", chunked("0\r\n\r\n"), 200, "/items"},
        {"one chunk", chunked("5\r\nhello\r\n0\r\n\r\n"), 200, "/items", "hello"},
        {"three chunks", chunked("1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n"), 200,
         "/items", "abcdef"},
        {"a chunk that looks like the end", chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), 200,
         "/items", "0\r\n\r\n"},
        {"every byte in a chunk", chunked("100\r\n" + all_bytes() + "\r\n0\r\n\r\n"), 200,
         "/items", all_bytes()},
        {"a size in capitals, a size with zeros",
         chunked("A\r\n0123456789\r\n00b\r\n0123456789a\r\n000\r\n\r\n"), 200, "/items",
         "01234567890123456789a"},
        {"Chunked in capitals", post("Transfer-Encoding: CHUNKED", "0\r\n\r\n"), 200,
         "/items"},
        {"extensions", chunked("2;a\r\nxy\r\n1;b=c;d\r\nz\r\n0;e=\"f;\\\"g\"\r\n\r\n"), 200,
         "/items", "xyz"},
        {"trailers", chunked("2\r\nxy\r\n0\r\nA: 1\r\nHost: other\r\nB:\r\n\r\n"), 200,
         "/items", "xy"},
        {"a trailer that would close", chunked("0\r\nConnection: close\r\n\r\n"), 200,
         "/items"},
        {"100 trailers", chunked("0\r\n" + repeated("A: 1\r\n", 100) + "\r\n"), 200,
         "/items"},
        {"a chunk line of 256 bytes", chunked("1;" + letters(254) + "\r\nx\r\n0\r\n\r\n"),
         200, "/items", "x"},
        {"a size of 256 digits", chunked(std::string(255, '0') + "1\r\nx\r\n0\r\n\r\n"),
         200, "/items", "x"},
        {"a hundred short extensions", chunked(repeated("1;a\r\nx\r\n", 100) + "0\r\n\r\n"),
         200, "/items", std::string(100, 'x')},
        {"16 KiB of extensions",
         chunked(repeated("1;" + letters(254) + "\r\nx\r\n", 64) + "1;" + letters(63) +
                 "\r\nx\r\n0\r\n\r\n"),
         200, "/items", std::string(65, 'x')},
    };
}

// --- Requests that are wrong ------------------------------------------------------------

inline RawRequests wrong_lines() {
    const auto nul = std::string("GET /he") + '\0' + "alth HTTP/1.1";
    return {
        {"a method that nobody knows", line("BREW /health HTTP/1.1"), 501},
        {"a method in small letters", line("get /health HTTP/1.1"), 501},
        {"a method too long", line("GETS /health HTTP/1.1"), 501},
        {"a method cut short", line("GE /health HTTP/1.1"), 501},
        {"a method of 10,000 letters", line(repeated("G", 10'000) + " / HTTP/1.1"), 501},
        {"a method of RTSP", line("SETUP /health HTTP/1.1"), 501},
        {"the method of HTTP/2's preface", line("PRI * HTTP/1.1"), 501},
        {"the same without fields", "PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n", 501},
        {"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"HTTP/1.2", line("GET /health HTTP/1.2"), 505},
        {"HTTP/1.9", line("GET /health HTTP/1.9"), 505},
        {"HTTP/0.9 with its name", line("GET /health HTTP/0.9"), 505},
        {"HTTP/2.0", line("GET /health HTTP/2.0"), 505},
        {"HTTP/3", line("GET /health HTTP/3"), 505},
        {"HTTP/1.10", line("GET /health HTTP/1.10"), 400},
        {"HTTP/1", line("GET /health HTTP/1"), 400},
        {"HTTP/11", line("GET /health HTTP/11"), 400},
        {"HTTP/1.x", line("GET /health HTTP/1.x"), 400},
        {"a version in small letters", line("GET /health http/1.1"), 400},
        {"RTSP", line("SETUP /health RTSP/1.0"), 400},
        {"ICE", line("SOURCE /health ICE/1.0"), 400},
        {"HTTP/0.9", "GET /health\r\n", 400},
        {"HTTP/0.9 with LF", "GET /health\n", 400},
        {"no target", line("GET HTTP/1.1"), 400},
        {"an empty target", line("GET  HTTP/1.1"), 400},
        {"two spaces before the target", line("GET  /health HTTP/1.1"), 400},
        {"two spaces before the version", line("GET /health  HTTP/1.1"), 400},
        {"a space behind the version", line("GET /health HTTP/1.1 "), 400},
        {"a space before the method", line(" GET /health HTTP/1.1"), 400},
        {"a tab for a space", line("GET\t/health HTTP/1.1"), 400},
        {"a method alone", "GET\r\n\r\n", 400},
        {"LF for CR LF", "GET /health HTTP/1.1\nHost: test\r\n\r\n", 400},
        {"CR for CR LF", "GET /health HTTP/1.1\rHost: test\r\n\r\n", 400},
        {"two CR", "GET /health HTTP/1.1\r\r\nHost: test\r\n\r\n", 400},
        {"an empty line with LF alone", "\n" + get("A: 1"), 400},
        {"an empty line with CR alone", "\r" + get("A: 1"), 400},
        {"twenty empty lines before it", repeated("\r\n", 20) + get("A: 1"), 400},
        {"NUL in the target", line(nul), 400},
        {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8), 400},
    };
}

inline RawRequests wrong_targets() {
    return {
        {"a byte beyond ASCII in the target", line("GET /h\xc3\xa4lth HTTP/1.1"), 400},
        {"DEL in the target", line("GET /health\x7f HTTP/1.1"), 400},
        {"a fragment", line("GET /health#top HTTP/1.1"), 400},
        {"a fragment behind a query", line("GET /health?a#top HTTP/1.1"), 400},
        {"a space in the target", line("GET /he alth HTTP/1.1"), 400},
        {"a target without a slash", line("GET health HTTP/1.1"), 400},
        {"a backslash for a slash", line("GET \\health HTTP/1.1"), 400},
        {"* for GET", line("GET * HTTP/1.1"), 400},
        {"* with something behind it", line("OPTIONS *x HTTP/1.1"), 400},
        {"* with a query", line("OPTIONS *?x HTTP/1.1"), 400},
        {"an authority for GET", line("GET test:80 HTTP/1.1"), 400},
        {"a path for CONNECT", line("CONNECT /health HTTP/1.1"), 400},
        {"* for CONNECT", line("CONNECT * HTTP/1.1"), 400},
        {"CONNECT without a port", line("CONNECT test HTTP/1.1"), 400},
        {"CONNECT with a path", line("CONNECT test:80/health HTTP/1.1"), 400},
        {"CONNECT with a user", line("CONNECT me@test:80 HTTP/1.1"), 400},
        {"another scheme", line("GET ftp://test/health HTTP/1.1"), 400},
        {"a scheme without slashes", line("GET http:/health HTTP/1.1"), 400},
        {"an absolute target without a host", line("GET http:///health HTTP/1.1"), 400},
        {"nothing behind the scheme", line("GET http:// HTTP/1.1"), 400},
        {"an absolute target with a user", line("GET http://me@test/health HTTP/1.1"), 400},
        {"an absolute target without Host", "GET http://test/health HTTP/1.1\r\n\r\n", 400},
        {"a target of 8 KiB and a byte", long_target(8 * 1024 + 1), 414},
        {"an endless target", "GET /" + letters(20'000), 414},
    };
}

inline RawRequests wrong_fields() {
    const auto nul = std::string("A: a") + '\0' + "b";
    return {
        {"no Host", "GET /health HTTP/1.1\r\n\r\n", 400},
        {"two Hosts", get("Host: other"), 400},
        {"two equal Hosts", get("Host: test"), 400},
        {"two Hosts in HTTP/1.0", get_1_0("Host: a\r\nHost: a"), 400},
        {"a Host with a space", get_without_host("Host: a b"), 400},
        {"a Host with a tab", get_without_host("Host: a\tb"), 400},
        {"a list of Hosts", get_without_host("Host: a,b"), 400},
        {"a Host with a user", get_without_host("Host: me@test"), 400},
        {"a Host with a path", get_without_host("Host: test/x"), 400},
        {"a Host with a byte beyond ASCII", get_without_host("Host: t\xc3\xa4st"), 400},
        {"a wrong Host in HTTP/1.0", get_1_0("Host: a b"), 400},
        {"a folded line", get("A: 1\r\n 2"), 400},
        {"a folded line with a tab", get("A: 1\r\n\t2"), 400},
        {"a folded line of nothing", get("A: 1\r\n "), 400},
        {"a space before the first field", "GET /health HTTP/1.1\r\n Host: test\r\n\r\n",
         400},
        {"a space before the colon", get("A : 1"), 400},
        {"a tab before the colon", get("A\t: 1"), 400},
        {"a space in a name", get("A B: 1"), 400},
        {"a field without a colon", get("A"), 400},
        {"a field without a name", get(": 1"), 400},
        {"a mark that no name may have", get("A@: 1"), 400},
        {"a byte beyond ASCII in a name", get("\xc3\xa4: 1"), 400},
        {"LF in a field", get("A: 1\nB: 2"), 400},
        {"CR in a field", get("A: 1\rB: 2"), 400},
        {"LF CR", get("A: 1\n\rB: 2"), 400},
        {"NUL in a field", get(nul), 400},
        {"a control byte in a field", get("A: \x01"), 400},
        {"DEL in a field", get("A: \x7f"), 400},
        {"an empty line that ends with LF", "GET /health HTTP/1.1\r\nHost: test\r\n\n",
         400},
        {"an empty line that ends with CR", "GET /health HTTP/1.1\r\nHost: test\r\n\rX",
         400},
        {"101 fields", get(repeated("A: 1\r\n", 99) + "A: 1"), 431},
        {"16 KiB and a byte of fields", long_fields(16 * 1024 + 1), 431},
        {"a field behind 16 KiB of fields",
         get("A: " + letters(16 * 1024 - 17) + "\r\nB: 1"), 431},
        {"a field behind 16 KiB and a byte of fields",
         get("A: " + letters(16 * 1024 - 16) + "\r\nB: 1"), 431},
        {"an endless field's name", "GET / HTTP/1.1\r\n" + letters(20'000), 431},
        {"an endless field's value", "GET / HTTP/1.1\r\nA: " + letters(20'000), 431},
    };
}

inline RawRequests wrong_lengths() {
    const auto both = [](const std::string& one, const std::string& other) {
        return post(one + "\r\n" + other, "5\r\nhello\r\n0\r\n\r\n");
    };
    return {
        {"a length and chunks", both("Content-Length: 5", "Transfer-Encoding: chunked"),
         400},
        {"chunks and a length", both("Transfer-Encoding: chunked", "Content-Length: 5"),
         400},
        {"a length and gzip", both("Content-Length: 5", "Transfer-Encoding: gzip"), 400},
        {"two lengths", both("Content-Length: 5", "Content-Length: 6"), 400},
        {"two equal lengths", both("Content-Length: 5", "Content-Length: 5"), 400},
        {"a list of lengths", post("Content-Length: 5, 5", "hello"), 400},
        {"an empty length", post("Content-Length:", "hello"), 400},
        {"a length with a plus", post("Content-Length: +5", "hello"), 400},
        {"a length below nothing", post("Content-Length: -5", "hello"), 400},
        {"a length in hex", post("Content-Length: 0x5", "hello"), 400},
        {"a length with a point", post("Content-Length: 5.0", "hello"), 400},
        {"a length with a space in it", post("Content-Length: 5 5", "hello"), 400},
        {"a length in words", post("Content-Length: five", "hello"), 400},
        {"2 to the 64", post("Content-Length: 18446744073709551616"), 400},
        {"a length of 30 digits", post("Content-Length: " + std::string(30, '9')), 400},
        {"gzip alone", post("Transfer-Encoding: gzip"), 400},
        {"identity", post("Transfer-Encoding: identity"), 400},
        {"an empty Transfer-Encoding", post("Transfer-Encoding:"), 400},
        {"nothing, then chunked", post("Transfer-Encoding: , chunked"), 400},
        {"chunked, then nothing", post("Transfer-Encoding: chunked,"), 400},
        {"chunked not last", post("Transfer-Encoding: chunked, gzip"), 400},
        {"chunked not last, in two fields",
         both("Transfer-Encoding: chunked", "Transfer-Encoding: gzip"), 400},
        {"chunked twice", post("Transfer-Encoding: chunked, chunked"), 400},
        {"chunked twice, in two fields",
         both("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400},
        {"chunked with a parameter", post("Transfer-Encoding: chunked;a=b"), 400},
        {"chunked in quotes", post("Transfer-Encoding: \"chunked\""), 400},
        {"almost chunked", post("Transfer-Encoding: xchunked"), 400},
        {"chunked behind a vertical tab",
         post("Transfer-Encoding: \x0b"
              "chunked"),
         400},
        {"a wrong coding, then chunked", post("Transfer-Encoding: g@zip, chunked"), 400},
        {"gzip, then chunked", post("Transfer-Encoding: gzip, chunked"), 501},
        {"gzip, then chunked, in two fields",
         both("Transfer-Encoding: gzip", "Transfer-Encoding: chunked"), 501},
        {"two codings, then chunked", post("Transfer-Encoding: a;b=c, gzip, chunked"), 501},
        {"chunks in HTTP/1.0",
         "POST /items HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    };
}

inline RawRequests wrong_chunks() {
    const std::string one_extension = "1;" + letters(254) + "\r\nx\r\n";
    return {
        {"a chunk without a size", chunked("\r\nhello\r\n0\r\n\r\n"), 400},
        {"a size in words", chunked("five\r\nhello\r\n0\r\n\r\n"), 400},
        {"a size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400},
        {"a size below nothing", chunked("-5\r\nhello\r\n0\r\n\r\n"), 400},
        {"a size with a plus", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400},
        {"a size with a space before it", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400},
        {"a size with a space behind it", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400},
        {"a size of 65 bits", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), 400},
        {"a size with LF alone", chunked("5\nhello\r\n0\r\n\r\n"), 400},
        {"a size with CR alone", chunked("5\rhello\r\n0\r\n\r\n"), 400},
        {"a chunk too long for its size", chunked("4\r\nhello\r\n0\r\n\r\n"), 400},
        {"a chunk too short for its size", chunked("6\r\nhello\r\n0\r\n\r\n"), 400},
        {"a chunk that ends with LF", chunked("5\r\nhello\n0\r\n\r\n"), 400},
        {"a chunk that ends with CR", chunked("5\r\nhello\r0\r\n\r\n"), 400},
        {"the last chunk with LF alone", chunked("0\n\n"), 400},
        {"an extension without a name", chunked("5;\r\nhello\r\n0\r\n\r\n"), 400},
        {"an extension behind a space", chunked("5 ;a\r\nhello\r\n0\r\n\r\n"), 400},
        {"an extension with LF", chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"), 400},
        {"an extension with LF in quotes", chunked("5;a=\"\nb\"\r\nhello\r\n0\r\n\r\n"),
         400},
        {"an extension with CR", chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"), 400},
        {"a control byte in an extension", chunked("5;a\x01\r\nhello\r\n0\r\n\r\n"), 400},
        {"a chunk line of 257 bytes", chunked("1;" + letters(255) + "\r\nx\r\n0\r\n\r\n"),
         400},
        {"a size of 257 digits", chunked(std::string(256, '0') + "1\r\nx\r\n0\r\n\r\n"),
         400},
        {"a size of 256 digits and an extension",
         chunked(std::string(256, '0') + ";a\r\n\r\n"), 400},
        {"a size of 257 digits and an extension",
         chunked(std::string(257, '0') + ";a\r\n\r\n"), 400},
        {"an endless size", chunked(std::string(20'000, '0')), 400},
        {"more than 16 KiB of extensions",
         chunked(repeated(one_extension, 64) + "1;" + letters(64) + "\r\nx\r\n0\r\n\r\n"),
         400},
        {"a chunk of more than 1 MiB", chunked("100001\r\n"), 413},
        {"a chunk of 64 bits", chunked("ffffffffffffffff\r\n"), 413},
        {"chunks of more than 1 MiB", chunked("1\r\nx\r\n100000\r\n"), 413},
        {"a folded trailer", chunked("0\r\nA: 1\r\n 2\r\n\r\n"), 400},
        {"a trailer without a colon", chunked("0\r\nA\r\n\r\n"), 400},
        {"a trailer with LF alone", chunked("0\r\nA: 1\n\r\n"), 400},
        {"a length for a trailer", chunked("0\r\nContent-Length: 5\r\n\r\n"), 400},
        {"an encoding for a trailer", chunked("0\r\nTransfer-Encoding: gzip\r\n\r\n"), 400},
        {"101 trailers", chunked("0\r\n" + repeated("A: 1\r\n", 101) + "\r\n"), 431},
        {"an endless trailer", chunked("0\r\nA: " + letters(20'000)), 431},
    };
}

inline RawRequests request_table() {
    RawRequests table;
    for (const auto& part :
         {right_lines(), right_fields(), right_bodies(), wrong_lines(), wrong_targets(),
          wrong_fields(), wrong_lengths(), wrong_chunks(), right_in_suites(),
          wrong_lines_in_suites(), wrong_fields_in_suites(), wrong_bodies_in_suites()}) {
        table.insert(table.end(), part.begin(), part.end());
    }
    return table;
}

}  // namespace six::http::raw
