#include "06_full_server/group_commit.hpp"

#include <span>
#include <string_view>
#include <utility>

namespace six::full {

// #region commit
void GroupCommit::commit(std::vector<Waiting> batch) {
    if (batch.size() == 1) return commit_alone(batch.front());
    std::vector<std::string_view> bodies;
    bodies.reserve(batch.size());
    for (const Waiting& item : batch) bodies.push_back(item.body);
    try {
        const std::vector<std::int64_t> pks = store_.save_all(bodies);
        count(batch.size());
        for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done({{}, pks[i]});
    } catch (const ItemStore::Unavailable& error) {
        for (const Waiting& item : batch) item.done({error, 0});  // no row is to blame
    } catch (const http::Error&) {
        for (const Waiting& item : batch)
            commit_alone(item);  // one bad row must not fail the others
    }
}
// #endregion

void GroupCommit::count(std::size_t items) {
    ++counts_.commits;
    counts_.items += items;
}

void GroupCommit::commit_alone(const Waiting& item) {
    Outcome<std::int64_t> outcome;
    try {
        outcome.value = save(item);
        count(1);
    } catch (const http::Error& error) {
        outcome.failed = error;
    }
    item.done(std::move(outcome));
}

std::int64_t GroupCommit::save(const Waiting& item) {
    if (!item.upload) return store_.save(item.body);
    return store_.save(item.upload->size(),
                       [&](std::uint64_t offset, std::span<char> buffer) {
                           item.upload->read(offset, buffer);
                       });
}

}  // namespace six::full
