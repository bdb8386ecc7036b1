#include "bench/report.hpp"

#include <string_view>

#include "bench/report_page.hpp"  // made from report.html by the build

namespace six::bench {

namespace {

void replace(std::string& text, std::string_view mark, std::string_view replacement) {
    const std::size_t at = text.find(mark);
    if (at != std::string::npos) text.replace(at, mark.size(), replacement);
}

/// JSON as it may stand in a script element: no "</script>" and no "<!--" can be in it.
std::string for_script(std::string json) {
    for (std::size_t at = 0; (at = json.find('<', at)) != std::string::npos;)
        json.replace(at, 1, "\\u003c");
    return json;
}

}  // namespace

std::string report(const Results& results, const Application& application) {
    std::string page{report_page};
    replace(page, "/*RESULTS*/null", for_script(to_json(results)));
    replace(page, "/*APPLICATION*/null", for_script(to_json(application)));
    return page;
}

}  // namespace six::bench
