// cistern_bench_hive_stream [BATCHES]: a result of that many times 10,000 rows of five columns
// (1000 times), from a server that sends the same bytes for each batch. Sets a borrowed session
// that reads it beside a reader that drops the bytes, and beside decoding alone: it should take no
// longer than the slower of the two.

#include "canned_server.hpp"
#include "replies.hpp"
#include "unit/hive/fetch_oracle.hpp"

#include <cistern/cistern.hpp>
#include <cistern/hive/session.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <stdexcept>

namespace hive::bench {
namespace {

constexpr int kRounds = 3;

double seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void decode_alone(std::string_view bytes, int batches) {
    SameReply replies{bytes};
    for (int i = 0; i < batches; ++i) {
        if (replies.read().rows != kRows) {
            throw std::runtime_error{"a reply was not read"};
        }
    }
}

void read_by_session(cistern::Pool<Session>& pool, int batches) {
    const auto lease = pool.acquire();
    const auto operation = lease->execute("select the same rows");
    Batch batch;
    std::size_t rows = 0;
    while (operation->fetch(batch)) {
        rows += batch.rows;
    }
    if (rows != kRows * static_cast<std::size_t>(batches)) {
        throw std::runtime_error{"rows were lost"};
    }
    operation->close();
}

void run(int batches) {
    const auto reply = reply_of({texts(), longs(), ints(), doubles(), flags()});
    const CannedServer server{reply, batches};
    const auto bytes = test::encode(reply);

    cistern::RuntimeSpec spec;
    spec.pools.push_back({.name = "canned",
                          .plugin = "hive",
                          .options = {},
                          .settings = {{"endpoint", server.endpoint()}, {"auth", "nosasl"}}});
    auto runtime = cistern::Runtime::from_spec(std::move(spec));
    auto& pool = runtime.pool<Session>("canned");

    // The best of some rounds, each of all three, so that what disturbs one disturbs its
    // neighbours.
    double dropped = 1e9;
    double decoded = 1e9;
    double read = 1e9;
    for (int round = 0; round < kRounds; ++round) {
        dropped = std::min(dropped, seconds_of([&] { server.drop_all(); }));
        decoded = std::min(decoded, seconds_of([&] { decode_alone(bytes, batches); }));
        read = std::min(read, seconds_of([&] { read_by_session(pool, batches); }));
    }
    const auto ratio = read / std::max(dropped, decoded);
    std::printf(
        "%zu rows, %.0f MB: dropped in %.3f s, decoded alone in %.3f s, read by a session in %.3f "
        "s: "
        "%.2f times the slower (target 1.05: %s)\n",
        kRows * static_cast<std::size_t>(batches),
        static_cast<double>(bytes.size()) * batches / 1e6,
        dropped,
        decoded,
        read,
        ratio,
        ratio > 1.05 ? "missed" : "met");
}

}  // namespace
}  // namespace hive::bench

int main(int argc, char** argv) {
    const int batches = argc > 1 ? std::atoi(argv[1]) : 1000;
    if (batches < 1) {
        std::fprintf(stderr, "usage: cistern_bench_hive_stream [BATCHES]\n");
        return 1;
    }
    try {
        hive::bench::run(batches);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cistern_bench_hive_stream: %s\n", error.what());
        return 1;
    }
}
