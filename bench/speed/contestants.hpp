// Who is measured: the limit, the servers of the course, and those that a machine may have
// besides. Read next: running_server.hpp.
#pragma once

#include <string>
#include <vector>

namespace six::speed {

/// A server, and how it is started. In its arguments and its environment {port} becomes a
/// free port (who has no such argument gets `--port 0` and says where it listens),
/// {database} a fresh file, {peers} the folder of the peers' sources, {work} a folder for
/// files.
struct Contestant {
    enum class Program {
        beside,  ///< built: beside this program
        path,    ///< installed: in one of the folders of PATH
        go,      ///< built from its source when it is needed, by an installed compiler
    };
    std::string key;   ///< as --servers names it: "04"
    std::string name;  ///< "04 event loop"
    Program kind = Program::beside;
    std::string program;
    std::vector<std::string> arguments = {};
    bool saves = false;        ///< takes part in the durable POSTs, too
    std::string modules = {};  ///< what Python must be able to import: "flask, gunicorn"
    std::vector<std::pair<std::string, std::string>> environment = {};
    bool both_cores = false;       ///< may run on the generator's core, too
    bool only_saves = false;       ///< takes part in nothing that doesn't save
    bool asked_meanwhile = false;  ///< somebody asks it for /health while others save

    bool is_ours() const;  ///< a server of the course: has --database, can be counted
};

/// All of them, in the order of the tables.
const std::vector<Contestant>& all_contestants();

}  // namespace six::speed
