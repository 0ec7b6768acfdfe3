// Keeps one pool and runs a statement for each line of standard input, so that a script can end and
// restart the server in between. Answers each line with one line:
//     SQL         rows N, or error TEXT
//     token USER RENEWER  a delegation token; `renew TOKEN` and `cancel TOKEN` answer "done"
//     hold SQL    held, after the first batch; the next line, whatever it is, lets the rest come
#include <cistern/cistern.hpp>
#include <cistern/hive/session.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kHold = "hold ";

std::size_t run(cistern::Pool<hive::Session>& pool, std::string_view sql, bool hold) {
    const auto lease = pool.acquire();
    const auto operation = lease->execute(sql);
    operation->wait();
    hive::Batch batch;
    std::size_t rows = 0;
    while (operation->fetch(batch)) {
        rows += batch.rows;
        if (hold && rows == batch.rows) {
            std::cout << "held" << std::endl;
            std::string go_on;
            std::getline(std::cin, go_on);
        }
    }
    operation->close();
    return rows;
}

// True where `line` was about a token.
bool serve_token(cistern::Pool<hive::Session>& pool, const std::string& line) {
    const auto blank = line.find(' ');
    const auto word = line.substr(0, blank);
    if (blank == std::string::npos || (word != "token" && word != "renew" && word != "cancel")) {
        return false;
    }
    const auto rest = line.substr(blank + 1);
    const auto lease = pool.acquire();
    if (word == "token") {
        const auto owner = rest.substr(0, rest.find(' '));
        const auto renewer = rest.substr(rest.find(' ') + 1);
        std::cout << lease->delegation_token(owner, renewer).reveal() << std::endl;
        return true;
    }
    const cistern::Secret token{rest};
    word == "renew" ? lease->renew_delegation_token(token) : lease->cancel_delegation_token(token);
    std::cout << "done" << std::endl;
    return true;
}

std::string in_one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

void serve(cistern::Pool<hive::Session>& pool) {
    for (std::string line; std::getline(std::cin, line);) {
        const bool hold = line.starts_with(kHold);
        try {
            if (serve_token(pool, line)) {
                continue;
            }
            const auto sql = std::string_view{line}.substr(hold ? kHold.size() : 0);
            const auto rows = run(pool, sql, hold);
            std::cout << "rows " << rows << std::endl;
        } catch (const cistern::Error& error) {
            std::cout << "error " << in_one_line(error.what()) << std::endl;
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: interop-pool-driver PROPERTIES POOL\n";
        return 1;
    }
    try {
        auto runtime = cistern::Runtime::from_file(argv[1]);
        serve(runtime.pool<hive::Session>(argv[2]));
    } catch (const std::exception& error) {
        std::cerr << "interop-pool-driver: " << error.what() << '\n';
        return 1;
    }
}
