// An item that is too large for the memory, on its way between a client and the database:
// it waits in a file, so that neither has to wait for the other. Read next: request.hpp,
// committer.hpp, spooled_item.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "01_blocking/unique_fd.hpp"
#include "06_full_server/memory_budget.hpp"

namespace six::full {

/// Where spools are.
struct SpoolPlace {
    /// Of their files. Should not be in memory itself.
    std::string folder;
    /// How many bytes all of them together may have; none: any number. Borrowed.
    MemoryBudget* room = nullptr;
};

/// Bytes that are written once, then read. The last of them are in memory, all others in a
/// file without a name, which goes with its owner, however the process ends. One thread at
/// a time.
class Spool {
  public:
    explicit Spool(const SpoolPlace& place) : folder_(place.folder) {
        if (place.room) taken_.emplace(*place.room);
    }

    /// Takes room for so many bytes more. Throws http::Error (503).
    void reserve(std::uint64_t bytes);
    /// Takes room for them, and keeps them in memory. Never blocks. Throws http::Error
    /// (503).
    void append(std::string_view bytes);
    /// True when so much is in memory that it is time to `flush`.
    bool wants_flush() const noexcept { return tail_.size() >= piece_bytes; }
    /// Writes to the file what is in memory. Blocks. Throws http::Error (503) if the disk
    /// refuses.
    void flush();
    /// Writes bytes to the file for which there is room; none are in memory. Blocks, and
    /// throws as `flush`.
    void write(std::string_view bytes);

    std::uint64_t size() const noexcept { return in_file_ + tail_.size(); }
    /// Fills the buffer with the bytes from `offset` on, which must be there. Blocks.
    /// Throws http::Error (503).
    void read(std::uint64_t offset, std::span<char> into) const;

    static constexpr std::size_t piece_bytes = 256 * 1024;

  private:
    const std::string folder_;
    UniqueFd file_;
    std::uint64_t in_file_ = 0;
    std::string tail_;
    std::optional<MemoryBudget::Share> taken_;
};

}  // namespace six::full
