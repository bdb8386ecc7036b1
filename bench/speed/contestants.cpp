#include "bench/speed/contestants.hpp"

#include <utility>

namespace six::speed {

namespace {

using Program = Contestant::Program;

Contestant ours(const char* key, const char* name, const char* program, bool saves,
                std::vector<std::string> options = {}) {
    options.insert(options.end(), {"--database", "{database}"});
    return {key, name, Program::beside, program, std::move(options), saves};
}

Contestant python(const char* key, const char* name, const char* modules, bool saves,
                  std::vector<std::string> arguments) {
    // Python would leave its compiled files beside the sources.
    return {key,
            name,
            Program::path,
            "python3",
            std::move(arguments),
            saves,
            modules,
            {{"PYTHONDONTWRITEBYTECODE", "1"}}};
}

/// Who asks while it saves is what it is there for, not how fast it is.
Contestant asked_meanwhile(Contestant server) {
    server.asked_meanwhile = true;
    return server;
}

/// A server that is there once already, and saves in another way.
Contestant otherwise_saving(Contestant server) {
    server.only_saves = true;
    return asked_meanwhile(std::move(server));
}

/// gunicorn's own `sync` workers know no keep-alive; its threads do.
Contestant flask() {
    Contestant flask = python(
        "flask", "Flask, gunicorn", "flask, gunicorn", true,
        {"-m", "gunicorn", "--chdir", "{peers}", "--bind", "127.0.0.1:{port}", "--workers",
         "1", "--worker-class", "gthread", "--threads", "4", "--keep-alive", "3600",
         "--backlog", "4096", "--log-level", "error", "flask_app:application"});
    flask.environment.emplace_back("ITEMS_DATABASE", "{database}");
    return flask;
}

}  // namespace

bool Contestant::is_ours() const {
    return kind == Program::beside && !arguments.empty();
}

const std::vector<Contestant>& all_contestants() {
    static const std::vector<Contestant> all{
        {"limit", "limit", Program::beside, "limit"},
        ours("02", "02 threads", "02_threads", false, {"--model", "thread-per-connection"}),
        ours("03", "03 Asio callbacks", "03_callbacks", false),
        otherwise_saving(ours("03_loop", "03, saves on the loop", "03_callbacks", false,
                              {"--save-on", "loop"})),
        otherwise_saving(ours("03_pool", "03, saves on the pool", "03_callbacks", false,
                              {"--save-on", "pool"})),
        ours("04", "04 event loop", "04_event_loop", true),
        ours("05", "05 coroutines", "05_coroutines", true),
        ours("on_asio", "05 on Asio", "05_on_asio", true),
        asked_meanwhile(
            ours("06", "06 full server", "06_full_server", true, {"--loops", "1"})),
        otherwise_saving(ours("06_loop", "06 commit on loop", "06_full_server", true,
                              {"--loops", "1", "--commit-on", "loop"})),
        {"nginx",
         "nginx",
         Program::path,
         "nginx",
         {"-p", "{work}", "-c", "{work}/nginx-{port}.conf"}},
        {"libuv", "libuv", Program::beside, "libuv_peer"},
        {"node", "Node", Program::path, "node", {"{peers}/health.js"}},
        {"go", "Go", Program::go, "health.go", {}, false, {}, {{"GOMAXPROCS", "1"}}},
        python("aiohttp", "aiohttp, uvloop", "aiohttp, uvloop", true,
               {"{peers}/aiohttp_server.py", "--database", "{database}"}),
        python("tornado", "Tornado", "tornado", false, {"{peers}/tornado_server.py"}),
        flask(),
    };
    return all;
}

}  // namespace six::speed
