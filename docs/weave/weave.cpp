// Keeps the lessons true: what stands in them between markers is code that is compiled and
// figures that were measured. `weave --write` puts it there, `weave --check` fails if it
// isn't there.
//
//     <!-- snippet: server.cpp#save-item -->       and a fenced block: a region of the
//     source
//     <!-- table: large | 02 threads | 03 callbacks --> … <!-- /table -->
//     <!-- table: faults --> … <!-- /table -->     of faults.json, beside the recording
//     <!-- shares: small | 02 threads --> … <!-- /shares -->
//     <!-- bill: large | 2000 | 20000 --> … <!-- /bill -->     for these waits, in ms
//     <!-- figure: large/05 coroutines/threads -->17<!-- /figure -->
//     <!-- recorded: meanwhile/name=06 full server/p99_us | /1000 .2 --> … <!-- /recorded
//     --> of bench.json, beside the recording
//     <!-- lines: server.cpp#save-item -->5<!-- /lines -->
//     <!-- lines: server.cpp -->90<!-- /lines -->    those of a whole file
//     <!-- machine -->…<!-- /machine -->
//
// A fence with C++ that is no snippet says why: <!-- not compiled: the call as such -->
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "docs/weave/lesson.hpp"
#include "docs/weave/rules.hpp"
#include "docs/weave/snippets.hpp"

namespace six::docs {

namespace {

/// True if the file said, or says now, what it has to, and nothing else is wrong with it.
bool weave(const std::filesystem::path& file, const Recordings& recordings, bool write) {
    const std::string old = read_file(file);
    const std::string text = woven(old, file.parent_path(), recordings);
    const std::vector<std::string> wrong = complaints(text, is_lesson(file));
    for (const std::string& complaint : wrong)
        std::cerr << file.string() << ": " << complaint << "\n";
    if (text == old) return wrong.empty();
    if (!write) {
        std::cerr << file.string()
                  << ": differs from the code or the recording; run weave --write\n";
        return false;
    }
    std::ofstream(file, std::ios::binary) << text;
    std::cout << file.string() << ": written\n";
    return wrong.empty();
}

}  // namespace

}  // namespace six::docs

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 3 || (arguments[0] != "--write" && arguments[0] != "--check")) {
        std::cerr << "usage: weave --check|--write RECORDING.json FILE.md…\n";
        return 2;
    }
    try {
        const auto recordings = six::docs::read_recordings(arguments[1]);
        bool good = true;
        for (std::size_t i = 2; i < arguments.size(); ++i) {
            try {
                good =
                    six::docs::weave(arguments[i], recordings, arguments[0] == "--write") &&
                    good;
            } catch (const std::exception& error) {
                std::cerr << arguments[i] << ": " << error.what() << "\n";
                good = false;
            }
        }
        return good ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "weave: " << error.what() << "\n";
        return 1;
    }
}
