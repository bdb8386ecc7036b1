#include "bench/results.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace six::bench {

namespace {

constexpr std::array percents{0.0,  10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0,
                              80.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.9, 100.0};

long cores() {
    return std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN));
}

double to_ms(std::chrono::microseconds time) {
    return static_cast<double>(time.count()) / 1000;
}

/// The percentiles of all counted clients. Those who were never served come last: they
/// waited longest. A percentile of the served ones alone would hide them.
std::vector<Percentile> percentiles(const Histogram& served, int never_served) {
    const double count = static_cast<double>(served.count());
    const double all = count + never_served;
    std::vector<Percentile> result;
    for (const double percent : percents) {
        const double rank = std::ceil(percent / 100 * all);
        Percentile& entry = result.emplace_back(Percentile{percent, std::nullopt});
        if (count > 0 && rank <= count)
            entry.ms = to_ms(served.percentile(rank / count * 100));
    }
    return result;
}

}  // namespace

std::optional<double> Result::latency_ms(double percent) const {
    const auto found =
        std::find_if(latency.begin(), latency.end(),
                     [=](const Percentile& p) { return p.percent == percent; });
    return found == latency.end() ? std::nullopt : found->ms;
}

double Result::in_line() const {
    double outside = 0;
    double present = 0;
    for (const Moment& moment : moments) {
        outside += moment.outside;
        present += moment.outside + moment.in_service;
    }
    return present > 0 ? 100 * outside / present : 0;
}

void add_figures(Result& result, const Load& load, RunFigures figures) {
    result.counted = static_cast<int>(load.counted());
    result.served = figures.served;
    result.refused = figures.refused;
    result.out_of_reach = figures.out_of_reach;
    result.at_once = figures.most_in_service;
    result.requests_per_second = figures.saved_in_window / load.window.count();
    result.latency = percentiles(figures.latency, result.never_served());
    result.lateness_ms = to_ms(figures.lateness.percentile(99));
    result.threads = figures.threads;
    result.peak = figures.peak;
    result.moments = std::move(figures.moments);
    if (!figures.cpu_in_window) return;
    const double cpu_ms = static_cast<double>(figures.cpu_in_window->count()) / 1e6;
    result.cpu_share = cpu_ms / 1000 / load.window.count();
    const Seconds others = figures.others_in_window;
    result.others_share = others / load.window / static_cast<double>(cores());
    if (figures.saved_in_window > 0)
        result.cpu_ms_per_request = cpu_ms / figures.saved_in_window;
}

}  // namespace six::bench
