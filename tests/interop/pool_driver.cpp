// Keeps one pool and runs a statement for each line of standard input, so that a script can end and
// restart the server in between. Answers each line with one line:
//     SQL         rows N, or error TEXT
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

std::string in_one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

void serve(cistern::Pool<hive::Session>& pool) {
    for (std::string line; std::getline(std::cin, line);) {
        const bool hold = line.starts_with(kHold);
        try {
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
