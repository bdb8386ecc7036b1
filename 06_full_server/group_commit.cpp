#include "06_full_server/group_commit.hpp"

#include <string_view>
#include <utility>

namespace six::full {

// #region commit
void GroupCommit::commit(const Group& group) {
    std::vector<Batch::Item*> items;
    for (const auto& batch : group)
        for (Batch::Item& item : batch->items) items.push_back(&item);
    save(items);
}

void GroupCommit::save(Items items) {
    if (items.size() == 1) return save_alone(*items.front());
    try {
        save_together(items);
    } catch (const ItemStore::Unavailable& error) {
        // No row is to blame. To each an error of its own: copies would share their text
        // between threads, by a count in the library that ThreadSanitizer can't see.
        for (Batch::Item* item : items)
            item->saved.failed.emplace(error.status(), error.what());
    } catch (const http::Error&) {
        for (Batch::Item* item : items)
            save_alone(*item);  // one bad row must not fail the others
    }
}
// #endregion

void GroupCommit::send_back(Group group) {
    for (auto& batch : group) Batch::send_back(std::move(batch));
}

void GroupCommit::save_together(Items items) {
    std::vector<std::string_view> bodies;
    bodies.reserve(items.size());
    for (const Batch::Item* item : items) bodies.push_back(item->body);
    const std::vector<std::int64_t> pks = store_.save_all(bodies);
    count(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) items[i]->saved.value = pks[i];
}

void GroupCommit::save_alone(Batch::Item& item) {
    try {
        item.saved.value = save_one(item);
        count(1);
    } catch (const http::Error& error) {
        item.saved.failed = error;
    }
}

std::int64_t GroupCommit::save_one(const Batch::Item& item) {
    if (!item.upload) return store_.save(item.body);
    return store_.save(item.upload->size(),
                       [&](std::uint64_t offset, std::span<char> buffer) {
                           item.upload->read(offset, buffer);
                       });
}

void GroupCommit::count(std::size_t items) {
    ++counts_.commits;
    counts_.items += items;
}

}  // namespace six::full
