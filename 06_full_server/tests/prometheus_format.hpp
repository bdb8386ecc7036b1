// The text format of Prometheus, as far as our page has to keep to it:
// https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace six::full::test {

/// Reads a page line by line; the first thing that is wrong with it is its complaint.
class PrometheusPage {
  public:
    explicit PrometheusPage(const std::string& page) {
        if (!page.ends_with("\n")) complain("the last line has no end");
        std::istringstream lines(page);
        for (std::string line; std::getline(lines, line);) read(line);
        end_family();
    }
    /// Empty: nothing is wrong.
    const std::string& complaint() const { return complaint_; }

  private:
    void read(const std::string& line) {
        static const std::regex help(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S.*)");
        static const std::regex type(R"(# TYPE (\S+) (counter|gauge|histogram))");
        static const std::regex sample(
            R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*)\})? )"
            R"(([+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?))");
        std::smatch parts;
        if (std::regex_match(line, parts, help))
            begin_family(parts[1], line);
        else if (std::regex_match(line, parts, type))
            set_type(parts[1], parts[2], line);
        else if (std::regex_match(line, parts, sample))
            add_sample(parts[1], parts[3], std::stod(parts[5]), line);
        else
            complain("neither HELP, nor TYPE, nor a sample: " + line);
    }

    void begin_family(const std::string& name, const std::string& line) {
        end_family();
        if (!families_.insert(name).second) complain("a family comes twice: " + line);
        family_ = name;
    }
    void set_type(const std::string& name, const std::string& type,
                  const std::string& line) {
        if (name != family_ || !type_.empty()) complain("TYPE without its HELP: " + line);
        type_ = type;
    }
    void add_sample(const std::string& name, const std::string& labels, double value,
                    const std::string& line) {
        const bool histogram = type_ == "histogram";
        const std::string part = name.substr(std::min(name.size(), family_.size()));
        if (type_.empty() || !name.starts_with(family_) || part.empty() == histogram)
            return complain("a sample without its family: " + line);
        if (!samples_.insert(name + labels).second)
            complain("a sample comes twice: " + line);
        if (!histogram) return;
        if (part == "_bucket") return add_bucket(labels, value, line);
        if (part != "_sum" && part != "_count")
            return complain("no part of a histogram: " + line);
        (part == "_sum" ? sum_ : count_) = value;
    }
    void add_bucket(const std::string& labels, double value, const std::string& line) {
        static const std::regex bound(R"re(le="(\+Inf|[0-9.e+-]+)")re");
        std::smatch parts;
        if (!std::regex_match(labels, parts, bound))
            return complain("a bucket without its bound: " + line);
        const double limit = std::stod(parts[1] == "+Inf" ? "inf" : parts[1].str());
        if (!buckets_.empty() && limit <= buckets_.rbegin()->first)
            complain("a bound that doesn't grow: " + line);
        if (!buckets_.empty() && value < buckets_.rbegin()->second)
            complain("a bucket with less than the one before: " + line);
        buckets_[limit] = value;
    }
    void end_family() {
        if (!family_.empty() && type_.empty()) complain("no TYPE: " + family_);
        if (type_ == "histogram") {
            if (!sum_ || !count_) complain("no sum, or no count: " + family_);
            if (buckets_.empty() || !std::isinf(buckets_.rbegin()->first) ||
                buckets_.rbegin()->second != count_)
                complain("the last bucket is not +Inf with the count: " + family_);
        }
        type_.clear();
        buckets_.clear();
        sum_.reset();
        count_.reset();
    }
    void complain(const std::string& what) {
        if (complaint_.empty()) complaint_ = what;
    }

    std::string complaint_;
    std::set<std::string> families_;
    std::set<std::string> samples_;
    // Of the family that is read:
    std::string family_;
    std::string type_;
    std::map<double, double> buckets_;
    std::optional<double> sum_;
    std::optional<double> count_;
};

}  // namespace six::full::test
