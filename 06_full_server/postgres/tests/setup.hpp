// What the tests with a real PostgreSQL have in common: it, servers of ours that use it,
// and another program that looks into it.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/testing/catch.hpp"
#include "common/testing/postgres.hpp"
#include "common/testing/skip.hpp"
#include "common/testing/slow_clients.hpp"

namespace six::testing {

/// Leaves the test case where there is no PostgreSQL to start.
#define SIX_NEEDS_POSTGRES() \
    if (!six::testing::PostgresCluster::available()) SIX_SKIP("PostgreSQL is not there")

/// Another program that uses the same database. Its calls block.
class OtherProgram {
  public:
    explicit OtherProgram(const PostgresCluster& cluster)
        : connection_(PQconnectdb(cluster.address().c_str()), &PQfinish) {
        INFO(PQerrorMessage(connection_.get()));
        REQUIRE(PQstatus(connection_.get()) == CONNECTION_OK);
    }
    /// Gives the first value; empty if there is none.
    std::string run(const std::string& sql) {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> result{
            PQexec(connection_.get(), sql.c_str()), &PQclear};
        INFO(sql << ": " << PQerrorMessage(connection_.get()));
        const ExecStatusType status = PQresultStatus(result.get());
        const bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
        REQUIRE(done);
        return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
    }
    /// From now on nobody else can save, but all can find.
    void hold_saves() { run("BEGIN; LOCK TABLE items IN EXCLUSIVE MODE"); }
    /// … nor find.
    void hold_all() { run("BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE"); }
    void let_go() { run("COMMIT"); }
    /// How many connections wait for that.
    std::string held_up() {
        return run("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    }
    void wait_until_held_up(const std::string& connections) {
        wait_until(connections + " connections to wait for the lock",
                   [&] { return held_up() == connections; });
    }

  private:
    std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

/// A client that has asked and not yet looked for the answer.
inline Client asking(const ServerProcess& server, const std::string& request) {
    Client client(server.address());
    client.send(request);
    return client;
}
inline std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
}
inline std::string post(const std::string& body) {
    return "POST /items HTTP/1.1\r\nHost: test\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline Response ask(const ServerProcess& server, const std::string& request) {
    return asking(server, request).read_response();
}
inline std::vector<Client> all_asking(const ServerProcess& server, std::size_t count,
                                      const std::string& request) {
    std::vector<Client> clients;
    for (std::size_t i = 0; i < count; ++i) clients.push_back(asking(server, request));
    return clients;
}
/// Saves an item and gives its id.
inline std::int64_t save(const ServerProcess& server, const std::string& body) {
    const Response answer = ask(server, post(body));
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return pk_in(answer.body);
}
inline std::string find(const ServerProcess& server, std::int64_t pk) {
    return ask(server, get("/items/" + std::to_string(pk))).body;
}
/// Until a figure of the server's is so.
inline void wait_until_figure(const ServerProcess& server, const std::string& name,
                              std::size_t value) {
    const std::string line = name + " " + std::to_string(value);
    Client client(server.address());
    wait_until(line, [&] {
        client.send(get("/metrics"));
        return client.read_response().body.find("\n" + line + "\n") != std::string::npos;
    });
}
/// … so many saves wait in it for a connection.
inline void wait_until_queued(const ServerProcess& server, std::size_t saves) {
    wait_until_figure(server, "six_commit_queue", saves);
}
/// … it has so many connections.
inline void wait_until_connected(const ServerProcess& server, std::size_t connections) {
    wait_until_figure(server, "six_database_connections", connections);
}

/// A server that has connected: two connections, if the options don't say otherwise.
inline ServerProcess start_with(const PostgresCluster& cluster,
                                std::vector<std::string> options = {},
                                std::size_t connections = 2) {
    options.insert(options.end(), {"--store", cluster.address()});
    ServerProcess server = start_server(SIX_SERVER_PATH, options);
    wait_until_connected(server, connections);
    return server;
}

}  // namespace six::testing
