#include "bench/speed/results.hpp"

#include <algorithm>

namespace six::speed {

namespace {

/// A figure of each round.
template <typename Figure>
std::vector<double> of_rounds(const Rounds& rounds, std::size_t entrant, Figure figure) {
    std::vector<double> values;
    for (const Round& round : rounds.rounds)
        values.push_back(figure(round.tallies[entrant]));
    return values;
}

std::vector<double> rates(const Rounds& rounds, std::size_t entrant) {
    return of_rounds(rounds, entrant, [](const Tally& t) { return t.per_second(); });
}

std::vector<double> costs(const Rounds& rounds, std::size_t entrant) {
    return of_rounds(rounds, entrant, [](const Tally& t) { return t.server_us(); });
}

/// The place of a row; nothing if it doesn't take part.
std::optional<std::size_t> place_of(const std::string& key, const Match& match) {
    for (std::size_t i = 0; i < match.rows.size(); ++i)
        if (match.rows[i].key == key) return i;
    return {};
}

double microseconds(const bench::Histogram& latency, double percent) {
    return static_cast<double>(latency.percentile(percent).count());
}

void add_totals(Row& row, const Rounds& rounds, std::size_t entrant) {
    bench::Histogram latency;
    for (const Round& round : rounds.rounds) {
        const Tally& tally = round.tallies[entrant];
        latency.merge(tally.latency);
        row.refused += tally.refused;
        row.broken += tally.broken;
        if (!round.failures[entrant].empty()) row.missing = round.failures[entrant];
    }
    row.p50_us = microseconds(latency, 50);
    row.p99_us = microseconds(latency, 99);
}

}  // namespace

void add_figures(Match& match, const Rounds& rounds) {
    match.rounds = static_cast<int>(rounds.rounds.size());
    match.repeated = rounds.repeated;
    match.noisy = rounds.noisy;
    std::vector<double> others;
    for (const Round& round : rounds.rounds) others.push_back(round.others_share);
    match.others_share = quartiles_of(others).median;
    const auto base = place_of(match.base, match);
    const auto six = place_of("06", match);
    for (std::size_t i = 0; i < match.rows.size(); ++i) {
        Row& row = match.rows[i];
        const std::vector<double> own = rates(rounds, i);
        row.per_second = quartiles_of(own).median;
        if (base) row.to_base = quartiles_of(ratios_of(own, rates(rounds, *base)));
        if (six) row.from_06 = quartiles_of(ratios_of(rates(rounds, *six), own));
        const auto median = [&](auto figure) {
            return quartiles_of(of_rounds(rounds, i, figure)).median;
        };
        row.generator_share = median([](const Tally& t) { return t.own_share(); });
        row.server_share = median([](const Tally& t) { return t.server_share(); });
        const std::vector<double> cost = costs(rounds, i);
        row.server_us = quartiles_of(cost).median;
        if (base) row.us_to_base = quartiles_of(ratios_of(cost, costs(rounds, *base)));
        add_totals(row, rounds, i);
    }
}

}  // namespace six::speed
