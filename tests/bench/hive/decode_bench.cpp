// cistern_bench_hive [Google Benchmark's options]: replies to FetchResults, read by the hive plugin
// and by the code that Thrift generates, from the same bytes. Prints how many times faster ours is.

#include "replies.hpp"
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

using namespace hive::bench;
using hive::test::encode;

void read_ours(benchmark::State& state, const std::string& bytes) {
    hive::bench::SameReply replies{bytes};
    std::size_t rows = kRows;
    for (auto _ : state) {
        const auto& batch = replies.read();
        rows = batch.rows;
        benchmark::DoNotOptimize(batch.columns.data());
        benchmark::ClobberMemory();
    }
    if (rows != kRows) {
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
        hive::rpc::TFetchResultsResp reply;
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
        {"strings", encode(reply_of({texts()})), 7},
        {"64-bit integers", encode(reply_of({longs()})), 10},
        {"five columns", encode(reply_of({texts(), longs(), ints(), doubles(), flags()})), 0}};
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
