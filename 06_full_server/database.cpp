#include "06_full_server/database.hpp"

#include "common/http/message.hpp"

namespace six::full {

Task<std::int64_t> Store::save(std::shared_ptr<const Spool>) {
    throw http::Error(413, "the item is too large for this database");
    co_return 0;
}

}  // namespace six::full
