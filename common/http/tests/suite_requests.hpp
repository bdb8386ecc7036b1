// Raw requests that public suites for HTTP/1.1 send, those about request smuggling among
// them, and that request_table.hpp lacks. The numbers are sections of RFC 9112, or of RFC
// 9110 where it says so.
#pragma once

#include <string>

#include "common/http/tests/raw_requests.hpp"

namespace six::http::raw {

inline const std::string nul_byte(1, '\0');

inline RawRequests right_in_suites() {
    const std::string hello = "5\r\nhello\r\n0\r\n\r\n";
    return {
        // 3.2.2: the target decides, whatever Host says.
        {"an absolute target beside another Host", line("GET http://other/health HTTP/1.1"),
         200, "/health"},
        // 6: any method may have a body.
        {"a GET with chunks", get("Transfer-Encoding: chunked") + hello, 200, "/health",
         "hello"},
        // RFC 9110, 8.6: a number, however long.
        {"a length with 25 zeros",
         post("Content-Length: " + std::string(25, '0') + "5", "hello"), 200, "/items",
         "hello"},
        // Other servers take an underscore for a hyphen; it is another field.
        {"a length with an underscore",
         post("Content_Length: 5\r\nContent-Length: 2", "ab"), 200, "/items", "ab"},
        {"an encoding with an underscore",
         post("Transfer_Encoding: chunked\r\nContent-Length: 2", "ab"), 200, "/items",
         "ab"},
        // RFC 9110, 7.6.1: the length is not for one hop, whatever Connection says.
        {"a length that Connection names",
         post("Connection: Content-Length\r\nContent-Length: 2", "ab"), 200, "/items",
         "ab"},
        {"an empty Connection", get("Connection:"), 200, "/health"},
        {"close among empty elements", get("Connection: ,, close ,,"), 200, "/health", "",
         false},
        {"close and keep-alive", get("Connection: close, keep-alive"), 200, "/health", "",
         false},
        // RFC 9110, 10.1.1
        {"two equal expectations",
         post("Expect: 100-continue, 100-continue\r\nContent-Length: 2", "ab"), 200,
         "/items", "ab"},
        // 7.1.1: spaces around the = of an extension, which are bad but allowed
        {"an extension with spaces", chunked("5;a = b\r\nhello\r\n0\r\n\r\n"), 200,
         "/items", "hello"},
    };
}

inline RawRequests wrong_lines_in_suites() {
    return {
        // 2.3: a version has one form, and its letters one case.
        {"a version in mixed letters", line("GET /health Http/1.1"), 400},
        {"HTTPS for HTTP", line("GET /health HTTPS/1.1"), 400},
        {"HTTP/1.01", line("GET /health HTTP/1.01"), 400},
        {"HTTP/1,1", line("GET /health HTTP/1,1"), 400},
        {"HTTP/1.", line("GET /health HTTP/1."), 400},
        {"a version with a sign", line("GET /health HTTP/-1.1"), 400},
        {"a version with a space", line("GET /health HTTP/ 1.1"), 400},
        {"a space in HTTP", line("GET /health HTTP /1.1"), 400},
        {"a letter behind the version", line("GET /health HTTP/1.1x"), 400},
        {"a space for the version", line("GET /health "), 400},
        // 3.1: a method is a token.
        {"NUL in the method", line("GE" + nul_byte + "T /health HTTP/1.1"), 400},
        {"CR in the method", line("G\rET /health HTTP/1.1"), 400},
        {"a bracket in the method", line("GE(T /health HTTP/1.1"), 400},
        {"a colon behind the method", line("GET: /health HTTP/1.1"), 400},
        {"a byte beyond ASCII in the method", line("G\xc3\x89T /health HTTP/1.1"), 400},
        {"a tab before the method", line("\tGET /health HTTP/1.1"), 400},
        {"a form feed for a space", line("GET\x0c/health HTTP/1.1"), 400},
        // 3.2: a target has no white space.
        {"a vertical tab for a space", line("GET /health\x0bHTTP/1.1"), 400},
        {"a tab in the target", line("GET /he\talth HTTP/1.1"), 400},
        {"CR in the target", line("GET /he\ralth HTTP/1.1"), 400},
        {"LF in the target", line("GET /he\nalth HTTP/1.1"), 400},
        // RFC 9110, 4.2
        {"an absolute target with a port in words",
         line("GET http://test:x/health HTTP/1.1"), 400},
        {"an absolute target with a port alone", line("GET http://:80/health HTTP/1.1"),
         400},
        {"an absolute target with half a bracket", line("GET http://[::1/health HTTP/1.1"),
         400},
    };
}

inline RawRequests wrong_fields_in_suites() {
    return {
        // 3.2: "any request message that contains … a Host header field with an invalid
        // field value": 400
        {"a Host with a port in words", get_without_host("Host: test:x"), 400},
        {"a Host with two ports", get_without_host("Host: test:1:2"), 400},
        {"a Host with half a bracket", get_without_host("Host: [::1"), 400},
        {"a Host with something behind the bracket", get_without_host("Host: [::1]x"), 400},
        {"a Host with an IPv6 address without brackets", get_without_host("Host: ::1"),
         400},
        {"a Host with a scheme", get_without_host("Host: http://test"), 400},
        {"a Host with a backslash", get_without_host("Host: a\\b"), 400},
        {"a Host with NUL", get_without_host("Host: a" + nul_byte), 400},
        {"a Host behind a space", get_without_host("Host : test"), 400},
        {"two empty Hosts", get_without_host("Host:\r\nHost:"), 400},
        // 5.1, 5.2; RFC 9110, 5.1 and 5.5
        {"a first line that is folded", get("A:\r\n 1"), 400},
        {"NUL in a name", get("A" + nul_byte + ": 1"), 400},
        {"CR in a name", get("A\r: 1"), 400},
        {"a quote in a name", get("A\"B: 1"), 400},
        {"brackets in a name", get("A[0]: 1"), 400},
        {"a form feed in a field", get("A: \x0c"), 400},
        {"an escape in a field", get("A: \x1b[0m"), 400},
    };
}

inline RawRequests wrong_bodies_in_suites() {
    const std::string none = "0\r\n\r\n";
    return {
        // 6.1: TE.TE, each of which some server takes for chunked
        {"a space before the encoding's colon", post("Transfer-Encoding : chunked", none),
         400},
        {"a folded encoding", post("Transfer-Encoding:\r\n chunked", none), 400},
        {"an encoding with NUL", post("Transfer-Encoding: chunked" + nul_byte, none), 400},
        {"an encoding with CR", post("Transfer-Encoding: chunked\r", none), 400},
        {"an encoding behind LF", post("A: 1\nTransfer-Encoding: chunked", none), 400},
        {"an encoding cut short", post("Transfer-Encoding: chunk", none), 400},
        {"an encoding in single quotes", post("Transfer-Encoding: 'chunked'", none), 400},
        {"an empty encoding, then chunked",
         post("Transfer-Encoding:\r\nTransfer-Encoding: chunked", none), 400},
        {"identity, then chunked", post("Transfer-Encoding: identity, chunked", none), 501},
        // 6.2, 6.3
        {"two lengths in two cases", post("content-length: 5\r\nCONTENT-LENGTH: 6"), 400},
        {"a length and a comma", post("Content-Length: 5,", "hello"), 400},
        {"a comma and a length", post("Content-Length: ,5", "hello"), 400},
        {"a length with a parameter", post("Content-Length: 5;a", "hello"), 400},
        {"a length in quotes", post("Content-Length: \"5\"", "hello"), 400},
        {"a length with an exponent", post("Content-Length: 1e1"), 400},
        {"a length with an underscore in it", post("Content-Length: 1_0"), 400},
        {"a length behind a vertical tab",
         post("Content-Length: \x0b"
              "5",
              "hello"),
         400},
        {"a space before the length's colon", post("Content-Length : 5", "hello"), 400},
        {"a length in other digits", post("Content-Length: \xef\xbc\x95", "hello"), 400},
        // 7.1
        {"a size with 0X", chunked("0X5\r\nhello\r\n" + none), 400},
        {"a size with an underscore", chunked("1_0\r\n" + none), 400},
        {"a size with a tab", chunked("5\t\r\nhello\r\n" + none), 400},
        {"a size with NUL", chunked("5" + nul_byte + "\r\nhello\r\n" + none), 400},
        {"a size with a comma", chunked("5,5\r\nhello\r\n" + none), 400},
        {"a size with two CR", chunked("5\r\r\nhello\r\n" + none), 400},
        {"an empty line behind a chunk", chunked("5\r\nhello\r\n\r\n" + none), 400},
        {"a chunk without its end", chunked("5\r\nhello" + none), 400},
        {"a space before an extension's name", chunked("5; a\r\nhello\r\n" + none), 400},
        {"an extension with NUL", chunked("5;a" + nul_byte + "\r\nhello\r\n" + none), 400},
        {"a request for a trailer", chunked("0\r\nGET /health HTTP/1.1\r\n\r\n"), 400},
        {"a space before a trailer's colon", chunked("0\r\nA : 1\r\n\r\n"), 400},
        {"NUL in a trailer", chunked("0\r\nA: " + nul_byte + "\r\n\r\n"), 400},
    };
}

}  // namespace six::http::raw
