// The database: one table of items in one SQLite file. Every call blocks, that is SQLite's
// nature; each chapter decides which thread waits for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/message.hpp"

namespace six {

/// Stores items and finds them again by their id.
///
/// Thread-safe: savers queue for one connection, finders for another, copiers for a third.
/// Every call blocks until the disk has answered. A call that the database refuses (locked,
/// disk full, I/O error) throws http::Error with status 503 and leaves the store usable;
/// those that save throw Unavailable where that is why. Its text is for the client; why it
/// is so is said on stderr. Source: https://sqlite.org/wal.html,
/// https://sqlite.org/pragma.html#pragma_synchronous
class ItemStore {
  public:
    /// What happens at a commit. `full`: the row is on the disk before the call returns.
    /// `off` is for tests that show what the difference is.
    enum class Durability { full, off };

    struct Options {
        std::string file =
            "items.db";  ///< ":memory:" for a store that is neither WAL nor durable
        std::chrono::milliseconds save_delay{0};  ///< a slow database: see `save`
        Durability durability = Durability::full;
    };

    /// The database lets nobody save, such as when another program has locked it or the
    /// disk is full or broken: no item is at fault, and the next one would wait as long for
    /// the same answer.
    struct Unavailable : http::Error {
        using http::Error::Error;
    };

    /// Opens or creates the file. Throws std::runtime_error, with one sentence that names
    /// the file, when it can't be written or is no database.
    explicit ItemStore(const Options& options);
    ~ItemStore();
    ItemStore(const ItemStore&) = delete;
    ItemStore& operator=(const ItemStore&) = delete;

    /// Commits one item and returns its id (1, 2, …). First blocks for `save_delay`,
    /// without the mutex: delays of several threads overlap, as they would in a real
    /// database.
    std::int64_t save(std::string_view body);
    /// Commits all items in one transaction, or none of them, and returns their ids in
    /// order. Blocks for `save_delay` once.
    std::vector<std::int64_t> save_all(std::span<const std::string_view> bodies);
    /// Writes an item's bytes from `offset` on into the buffer, all of it. May throw:
    /// then nothing is saved.
    using Source = std::function<void(std::uint64_t offset, std::span<char> buffer)>;
    /// Commits one item of so many bytes, of which it never holds more than a piece.
    std::int64_t save(std::uint64_t bytes, const Source& source);

    /// The item's bytes, or nothing if there is no such item.
    std::optional<std::string> find(std::int64_t pk);
    /// What is known of an item before it is read. Of a small one, all.
    struct Found {
        std::uint64_t size = 0;
        std::string bytes;  ///< none if they are more than `small_bytes`
        bool is_large() const noexcept { return bytes.size() < size; }
    };
    /// Nothing: there is no such item.
    std::optional<Found> look_up(std::int64_t pk);
    /// Takes an item's next bytes. May throw: then no more are read.
    using Sink = std::function<void(std::string_view bytes)>;
    /// Reads an item from its first byte to its last, and never holds more than a piece of
    /// it. Throws http::Error (404) if there is no such item.
    ///
    /// Meanwhile the write-ahead log only grows: what was there at the beginning must stay.
    /// So the sink should not wait for a client. Only other copiers wait for this one. (In
    /// ":memory:", which has one connection, everybody does, and the sink must not use the
    /// store.)
    void copy(std::int64_t pk, const Sink& sink);
    /// Opens what the first copy would open, so that it won't fail for want of descriptors.
    /// Throws http::Error (503).
    void get_ready_to_copy();
    static constexpr std::size_t small_bytes = 1024 * 1024;
    static constexpr std::size_t piece_bytes = 256 * 1024;

  private:
    struct Database;
    std::unique_ptr<Database> database_;
};

}  // namespace six
