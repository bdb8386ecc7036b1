// What stands for database.cpp where there is no libpq.
#include <stdexcept>

#include "06_full_server/postgres/database.hpp"

namespace six::full {

std::string complaint_about(const std::string&) {
    return {};
}

std::unique_ptr<Database> open_postgres(const PostgresOptions&) {
    throw std::runtime_error("can't use PostgreSQL: this server was built without libpq");
}

}  // namespace six::full
