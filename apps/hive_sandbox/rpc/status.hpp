#pragma once

#include "hive_rpc/TCLIService_types.h"
#include "sql/sql_error.hpp"

#include <string>

namespace sandbox {

inline void set_success(hive::rpc::TStatus& status) {
    status = {};
    status.statusCode = hive::rpc::TStatusCode::SUCCESS_STATUS;
}

inline void set_error(hive::rpc::TStatus& status,
                      const std::string& message,
                      hive::rpc::TStatusCode::type code = hive::rpc::TStatusCode::ERROR_STATUS) {
    status = {};
    status.statusCode = code;
    status.__set_errorCode(0);
    status.__set_errorMessage(message);
}

inline void set_error(hive::rpc::TStatus& status, const SqlError& e) {
    set_error(status, e.what());
    status.__set_infoMessages({"hive-sandbox: " + std::string{e.what()}});
    status.__set_sqlState(e.state());
    status.__set_errorCode(e.code());
}

}  // namespace sandbox
