#include "06_full_server/spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "common/http/message.hpp"
#include "common/report.hpp"

namespace six::full {

namespace {

/// The client is told that it is so, the log why.
[[noreturn]] void refuse(const std::string& folder, const std::string& why) {
    report("can't keep a large item in " + folder + ": " + why);
    throw http::Error(503, "there is no room for a large item");
}

/// After a system call that has failed.
[[noreturn]] void refuse(const std::string& folder) {
    refuse(folder, std::generic_category().message(errno));
}

/// A file that nobody else can open, and that is gone when it is closed (open(2),
/// O_TMPFILE).
UniqueFd nameless_file(const std::string& folder) {
#if defined(O_TMPFILE) && !defined(SIX_PORTABLE)
    if (UniqueFd file{::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)})
        return file;
#endif
    // Not every file system can do that. Then it has a name, for a moment.
    std::string name = folder + "/item-XXXXXX";
    UniqueFd file{::mkstemp(name.data())};
    if (!file) refuse(folder);
    ::unlink(name.c_str());
    ::fcntl(file.get(), F_SETFD, FD_CLOEXEC);
    return file;
}

}  // namespace

void Spool::reserve(std::uint64_t bytes) {
    if (taken_ && !taken_->try_take(bytes))
        throw http::Error(503, "too many large items are on their way");
}

void Spool::append(std::string_view bytes) {
    reserve(bytes.size());
    tail_ += bytes;
}

void Spool::flush() {
    write(tail_);
    tail_.clear();
}

void Spool::write(std::string_view left) {
    if (!file_) file_ = nameless_file(folder_);
    while (!left.empty()) {
        const auto offset = static_cast<off_t>(in_file_);
        const ssize_t written = ::pwrite(file_.get(), left.data(), left.size(), offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) refuse(folder_);
        in_file_ += static_cast<std::uint64_t>(written);
        left.remove_prefix(static_cast<std::size_t>(written));
    }
}

void Spool::read(std::uint64_t offset, std::span<char> into) const {
    while (!into.empty() && offset < in_file_) {
        const auto size = std::min<std::uint64_t>(into.size(), in_file_ - offset);
        const ssize_t got =
            ::pread(file_.get(), into.data(), size, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) refuse(folder_);
        if (got == 0) refuse(folder_, "the file ends too early");
        offset += static_cast<std::uint64_t>(got);
        into = into.subspan(static_cast<std::size_t>(got));
    }
    if (!into.empty()) tail_.copy(into.data(), into.size(), offset - in_file_);
}

}  // namespace six::full
