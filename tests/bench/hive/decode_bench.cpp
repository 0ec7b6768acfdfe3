// cistern_bench_hive [Google Benchmark's options]: replies to FetchResults, read by the hive plugin
// and by the code that Thrift generates, from the same bytes. Prints how many times faster ours is.

#include "call_transport.hpp"
#include "row_set.hpp"
#include "unit/hive/fetch_oracle.hpp"

#include <benchmark/benchmark.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace hive::rpc;

constexpr std::size_t kRows = 10'000;  // the plugin's default fetch_size

std::string text_of(std::size_t row) {
    return "customer " + std::to_string(row * 7919 % 100'003);
}

TColumn texts() {
    TStringColumn typed;
    for (std::size_t row = 0; row < kRows; ++row) {
        typed.values.push_back(text_of(row));
    }
    TColumn column;
    column.__set_stringVal(typed);
    return column;
}

TColumn longs() {
    TI64Column typed;
    for (std::size_t row = 0; row < kRows; ++row) {
        typed.values.push_back(static_cast<std::int64_t>(row * 0x9e3779b97f4a7c15U));
    }
    TColumn column;
    column.__set_i64Val(typed);
    return column;
}

TColumn ints() {
    TI32Column typed;
    for (std::size_t row = 0; row < kRows; ++row) {
        typed.values.push_back(static_cast<std::int32_t>(row));
    }
    TColumn column;
    column.__set_i32Val(typed);
    return column;
}

TColumn doubles() {
    TDoubleColumn typed;
    for (std::size_t row = 0; row < kRows; ++row) {
        typed.values.push_back(static_cast<double>(row) * 0.5);
    }
    TColumn column;
    column.__set_doubleVal(typed);
    return column;
}

TColumn flags() {
    TBoolColumn typed;
    for (std::size_t row = 0; row < kRows; ++row) {
        typed.values.push_back(row % 3 == 0);
    }
    TColumn column;
    column.__set_boolVal(typed);
    return column;
}

std::string reply_of(std::vector<TColumn> columns) {
    TFetchResultsResp reply;
    reply.status.statusCode = TStatusCode::SUCCESS_STATUS;
    TRowSet rows;
    rows.__set_columns(std::move(columns));
    reply.__set_results(rows);
    return hive::test::encode(reply);
}

// As a session reads one reply after the other: one transport, and one batch that is used again.
void read_ours(benchmark::State& state, const std::string& bytes) {
    struct Replies final : hive::WireBytes {
        std::size_t read_some(char* buffer, std::size_t size, cistern::Deadline) override {
            const auto got = left.copy(buffer, size);
            left.remove_prefix(got);
            return got;
        }
        void write_message(std::string_view, cistern::Deadline) override {}
        std::string_view left;
    };
    auto owned = std::make_unique<Replies>();
    auto& replies = *owned;
    const auto transport =
        std::make_shared<hive::CallTransport>(std::move(owned), "bench", hive::test::kRoomy);
    hive::LimitedProtocol protocol{transport};
    hive::Batch batch;
    hive::FetchReply reply;
    for (auto _ : state) {
        replies.left = bytes;
        transport->begin_call(cistern::Deadline::never());
        hive::prepare_batch(batch);
        transport->keep_in(batch.arena.get());
        hive::read_fetch_reply(protocol, reply, batch);
        transport->keep_in(nullptr);
        hive::finish_batch(reply, batch);
        benchmark::DoNotOptimize(batch.columns.data());
        benchmark::ClobberMemory();
    }
    if (batch.rows != kRows) {
        state.SkipWithError("the reply was not read");
    }
}

// As the generated client does it: Thrift's protocol and transports, and a struct for each reply.
// Without a copy of the bytes into the buffer, which a socket would need.
void read_generated(benchmark::State& state, const std::string& bytes) {
    using apache::thrift::protocol::TBinaryProtocol;
    using apache::thrift::transport::TMemoryBuffer;
    auto* const begin = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
    const auto size = static_cast<std::uint32_t>(bytes.size());
    for (auto _ : state) {
        // Anew each time: it counts what it has given against one message's largest size.
        TBinaryProtocol protocol{
            std::make_shared<TMemoryBuffer>(begin, size, TMemoryBuffer::OBSERVE)};
        TFetchResultsResp reply;
        reply.read(&protocol);
        benchmark::DoNotOptimize(reply.results.columns.data());
        benchmark::ClobberMemory();
    }
}

// Also keeps the times, to set them against each other.
class Ratios final : public benchmark::ConsoleReporter {
public:
    void ReportRuns(const std::vector<Run>& runs) override {
        ConsoleReporter::ReportRuns(runs);
        for (const auto& run : runs) {
            if (run.run_type == Run::RT_Iteration && !run.error_occurred) {
                auto& best = seconds_[run.benchmark_name()];
                const auto seconds = run.cpu_accumulated_time / static_cast<double>(run.iterations);
                best = best == 0 ? seconds : std::min(best, seconds);
            }
        }
    }
    void print(const std::string& shape, double target) {
        const auto ours = seconds_[shape + "/ours"];
        const auto generated = seconds_[shape + "/generated"];
        if (ours == 0 || generated == 0) {
            return;
        }
        std::printf("%s: %.1f times as fast as generated code", shape.c_str(), generated / ours);
        if (target > 0) {
            std::printf(" (target %.0f: %s)", target, generated / ours < target ? "missed" : "met");
        }
        std::printf("\n");
    }

private:
    std::map<std::string, double> seconds_;  // the best of all repetitions, by name
};

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    struct Shape {
        std::string name;
        std::string bytes;
        double target;  // 0: none
    };
    const std::vector<Shape> shapes{
        {"strings", reply_of({texts()}), 7},
        {"64-bit integers", reply_of({longs()}), 10},
        {"five columns", reply_of({texts(), longs(), ints(), doubles(), flags()}), 0}};
    for (const auto& shape : shapes) {
        benchmark::RegisterBenchmark((shape.name + "/ours").c_str(), read_ours, shape.bytes);
        benchmark::RegisterBenchmark(
            (shape.name + "/generated").c_str(), read_generated, shape.bytes);
    }
    Ratios ratios;
    benchmark::RunSpecifiedBenchmarks(&ratios);
    for (const auto& shape : shapes) {
        ratios.print(shape.name, shape.target);
    }
    benchmark::Shutdown();
}
