// The page with the plots: its parts are in page/ and in bench/report/, the build puts them
// together.
#include <string_view>

#include "bench/speed/results.hpp"
#include "bench/speed/speed_page.hpp"  // made from page/page.html by the build

namespace six::speed {

std::string page(const Results& results) {
    constexpr std::string_view mark = "/*RESULTS*/null";
    std::string json = to_json(results);
    // In a script element no "</script>" and no "<!--" may stand.
    for (std::size_t at = 0; (at = json.find('<', at)) != std::string::npos;)
        json.replace(at, 1, "\\u003c");
    std::string text{speed_page};
    if (const std::size_t at = text.find(mark); at != text.npos)
        text.replace(at, mark.size(), json);
    return text;
}

}  // namespace six::speed
