#include "status_check.hpp"

#include <cistern/hive/session.hpp>

#include <array>

namespace hive {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kNameOfClass =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.";

bool is_exception_class(std::string_view name) {
    return name.find('.') != std::string_view::npos &&
           (name.ends_with("Exception") || name.ends_with("Error"));
}

// What follows the last "package.SomeException: " of a line.
std::string_view behind_exception_classes(std::string_view line) {
    auto shown = line;
    for (auto colon = shown.find(':'); colon != std::string_view::npos;
         colon = line.find(':', colon + 1)) {
        const auto before = line.substr(0, colon);
        const auto last_other = before.find_last_not_of(kNameOfClass);
        const auto name =
            last_other == std::string_view::npos ? before : before.substr(last_other + 1);
        if (is_exception_class(name)) {
            shown = line.substr(colon + 1);
        }
    }
    return shown;
}

std::string_view trimmed(std::string_view text) {
    constexpr auto kPadding = " \t\r\n"sv;
    const auto begin = text.find_first_not_of(kPadding);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(kPadding) - begin + 1);
}

bool says_handle_is_unknown(std::string_view text) {
    constexpr std::array kSigns{"Invalid OperationHandle"sv, "Invalid SessionHandle"sv};
    for (const auto sign : kSigns) {
        if (text.find(sign) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

[[noreturn]] void throw_error(const Rpc& rpc,
                              std::string_view message,
                              const std::string& sql_state,
                              std::int32_t code,
                              const std::string& details) {
    // Hidden before anything is cut away: half a password would not be found any more.
    const auto shown_details = rpc.redacted(details);
    auto what = headline(rpc.redacted(message));
    if (what.empty()) {
        what = headline(shown_details);
    }
    if (what.empty()) {
        what = "the server reports an error and says nothing about it";
    }
    throw StatementError{what, sql_state, code, shown_details};
}

std::string all_lines(const rpc::TStatus& status) {
    auto text = status.errorMessage;
    for (const auto& line : status.infoMessages) {
        text += text.empty() ? "" : "\n";
        text += line;
    }
    return text;
}

}  // namespace

std::string headline(std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = trimmed(behind_exception_classes(text.substr(0, end)));
        if (!line.empty()) {
            return std::string{line};
        }
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return {};
}

void check_status(const rpc::TStatus& status, const Rpc& rpc) {
    switch (status.statusCode) {
        case rpc::TStatusCode::SUCCESS_STATUS:
        case rpc::TStatusCode::SUCCESS_WITH_INFO_STATUS:
        case rpc::TStatusCode::STILL_EXECUTING_STATUS:
            return;
        default:
            break;
    }
    const auto details = all_lines(status);
    if (status.statusCode == rpc::TStatusCode::INVALID_HANDLE_STATUS ||
        says_handle_is_unknown(details)) {
        throw HandleLost{"hive: " + rpc.peer() +
                         " does not know this session or operation any more: " +
                         headline(rpc.redacted(details))};
    }
    throw_error(rpc, status.errorMessage, status.sqlState, status.errorCode, details);
}

void throw_failure(const rpc::TGetOperationStatusResp& status, const Rpc& rpc) {
    throw_error(rpc,
                status.errorMessage,
                status.sqlState,
                status.errorCode,
                status.errorMessage.empty() ? status.taskStatus : status.errorMessage);
}

}  // namespace hive
