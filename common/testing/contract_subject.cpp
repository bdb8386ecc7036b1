// What the contract is asked of. The test framework has the command line for itself, so the
// environment says it:
//
//     SIX_SERVER=build/debug/bin/01_blocking [SIX_SERVER_OPTIONS='--poller poll']
//     contract_tests SIX_AGAINST=127.0.0.1:8080 contract_tests
//
// The first form starts the server anew for each test case; the second one uses a server
// that runs already, and skips what needs to start, stop or look into it. With
// SIX_POSTGRES_SERVER in place of SIX_SERVER, the server is given a PostgreSQL that lives
// as long as this process.
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "common/testing/contract.hpp"
#include "common/testing/postgres.hpp"

namespace six::testing {

namespace {

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

Address parse_address(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    Address address{text.substr(0, colon), 0};
    const char* const last = text.data() + text.size();
    const bool has_port = colon != std::string::npos;
    if (!has_port ||
        std::from_chars(text.data() + colon + 1, last, address.port).ptr != last ||
        address.port == 0)
        throw std::invalid_argument("SIX_AGAINST wants HOST:PORT, not '" + text + "'");
    return address;
}

Subject subject_in_environment() {
    Subject subject;
    subject.program = variable("SIX_SERVER");
    std::istringstream options(variable("SIX_SERVER_OPTIONS"));
    for (std::string option; options >> option;) subject.options.push_back(option);
    subject.postgres = !variable("SIX_POSTGRES_SERVER").empty();
    if (subject.postgres) {
        subject.program = variable("SIX_POSTGRES_SERVER");
        static const PostgresCluster cluster;  // until the end of this process
        subject.options.insert(subject.options.end(), {"--store", cluster.address()});
    }

    if (const std::string address = variable("SIX_AGAINST"); !address.empty())
        subject.running = parse_address(address);
    if (subject.program.empty() == !subject.running)
        throw std::invalid_argument("which server? Set SIX_SERVER or SIX_AGAINST");

    // 01 answers one request per connection, the others of the course more. Of a server
    // that isn't one of them, the first answer shows it.
    const std::string name = std::filesystem::path(subject.program).filename();
    if (name.starts_with("0")) subject.keeps_alive = name != "01_blocking";
    return subject;
}

}  // namespace

Subject& subject() {
    static Subject it = subject_in_environment();
    return it;
}

}  // namespace six::testing
