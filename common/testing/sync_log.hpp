// Reads a log of system calls (strace) and tells whether a server's answer waited for the
// disk. A killed process keeps the kernel's page cache, so that killing it proves nothing
// about the disk: the order of the write, the sync and the answer does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace six::testing {

/// One system call of a log, with its place in the order of all beginnings and ends.
struct SystemCall {
    std::string name;  ///< "fdatasync"
    std::string
        text;  ///< the arguments, as strace writes them; descriptors with their paths
    std::size_t begin;  ///< the line in which it began
    std::size_t
        end;  ///< the line in which it came back; the last one of all if it never did
};

/// Parses what `strace -f -y -o FILE` writes. A call that another thread interrupts stands
/// in two lines, "unfinished" and "resumed": they become one. Other lines are left out.
std::vector<SystemCall> parse_strace(std::string_view log);

/// What is wrong with the order in which the server saved an item and answered; empty if
/// nothing is: its bytes were written to the write-ahead log, then a sync of that file
/// began and ended, then the answer with its id was sent. `body` must be unique, plain
/// letters, and smaller than a page of the database.
std::string why_not_durable(const std::vector<SystemCall>& calls, std::string_view body,
                            std::int64_t pk);

/// The options of strace for a log that this file understands, to be followed by a program.
std::vector<std::string> strace_options(const std::string& log_file);
/// True if strace is there and allowed to trace.
bool can_strace();

}  // namespace six::testing
