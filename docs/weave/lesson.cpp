#include "docs/weave/lesson.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

#include "docs/weave/figures.hpp"
#include "docs/weave/recorded.hpp"
#include "docs/weave/snippets.hpp"

namespace six::docs {

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

/// `<!-- NAME: ARGUMENT -->`, wherever it stands in a text.
struct Marker {
    std::string name;
    std::string argument;
    std::size_t end = 0;  ///< behind it
};

std::string stripped(const std::string& text) {
    const auto start = text.find_first_not_of(' ');
    if (start == std::string::npos) return {};
    return text.substr(start, text.find_last_not_of(' ') - start + 1);
}

Lines split(const std::string& text, char separator) {
    Lines parts;
    std::size_t start = 0;
    for (std::size_t end = 0; end != std::string::npos; start = end + 1) {
        end = text.find(separator, start);
        parts.push_back(stripped(text.substr(start, end - start)));
    }
    return parts;
}

/// The first marker from `start` on that is one of ours and opens something.
std::optional<Marker> next_marker(const std::string& text, std::size_t start) {
    static const Lines names{"snippet", "table", "shares",  "bill",
                             "figure",  "lines", "machine", "recorded"};
    while ((start = text.find("<!-- ", start)) != std::string::npos) {
        const auto end = text.find(" -->", start);
        if (end == std::string::npos) return std::nullopt;
        const std::string inside = text.substr(start + 5, end - start - 5);
        const auto colon = inside.find(':');
        const std::string name = inside.substr(0, colon);
        if (std::find(names.begin(), names.end(), name) != names.end()) {
            const std::string argument =
                colon == std::string::npos ? "" : stripped(inside.substr(colon + 1));
            return Marker{name, argument, end + 4};
        }
        start = end;
    }
    return std::nullopt;
}

std::string joined(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

Lines snippet(const fs::path& folder, const std::string& argument) {
    const Lines parts = split(argument, '#');
    if (parts.size() != 2) throw std::runtime_error("not FILE#REGION: " + argument);
    return region(folder / parts[0], parts[1]);
}

/// How many there are in a region, or in a whole file.
std::size_t count_lines(const fs::path& folder, const std::string& argument) {
    if (argument.find('#') != std::string::npos) return snippet(folder, argument).size();
    return lines_of(read_file(folder / argument)).size();
}

/// What has to stand behind a marker, up to its end.
std::string content(const Marker& marker, const fs::path& folder,
                    const Recordings& recordings) {
    const bench::Results& results = recordings.results;
    if (marker.name == "snippet")
        return "\n```cpp\n" + joined(snippet(folder, marker.argument)) + "```\n";
    if (marker.name == "lines") return std::to_string(count_lines(folder, marker.argument));
    if (marker.name == "figure") return figure(results, marker.argument);
    if (marker.name == "machine") return machine(results);
    if (marker.name == "recorded") return recorded(recordings.bench, marker.argument);
    if (marker.name == "table" && marker.argument == "faults")
        return "\n" + joined(faults(recordings.faults));
    Lines servers = split(marker.argument, '|');
    const std::string load = servers.front();
    servers.erase(servers.begin());
    if (marker.name == "bill") return "\n" + joined(bill(results, load, servers));
    const bool is_table = marker.name == "table";
    return "\n" + joined(is_table ? table(results, load, servers)
                                  : shares(results, load, servers));
}

/// Where the old content behind a marker ends.
std::size_t end_of_content(const std::string& text, const Marker& marker) {
    if (marker.name == "snippet") {
        if (text.compare(marker.end, 8, "\n```cpp\n") != 0)
            throw std::runtime_error("no ```cpp follows " + marker.argument);
        // The next fence, of whatever kind: what is behind an open one is prose, and not
        // ours.
        const auto fence = text.find("\n```", marker.end + 7);
        if (fence == std::string::npos || text.compare(fence, 5, "\n```\n") != 0)
            throw std::runtime_error("the fence is open: " + marker.argument);
        return fence + 5;
    }
    const auto end = text.find("<!-- /" + marker.name + " -->", marker.end);
    if (end == std::string::npos)
        throw std::runtime_error("no end of " + marker.name + ": " + marker.argument);
    return end;
}

}  // namespace

Recordings read_recordings(const fs::path& ladder) {
    return {bench::from_json(read_file(ladder)),
            read_file(ladder.parent_path() / "faults.json"),
            read_file(ladder.parent_path() / "bench.json")};
}

std::string woven(const std::string& text, const fs::path& folder,
                  const Recordings& recordings) {
    std::string result;
    std::size_t done = 0;
    while (const auto marker = next_marker(text, done)) {
        result +=
            text.substr(done, marker->end - done) + content(*marker, folder, recordings);
        done = end_of_content(text, *marker);
    }
    return result + text.substr(done);
}

}  // namespace six::docs
