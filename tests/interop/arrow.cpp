// A library for a Python that has pyarrow: runs a statement through a pool and hands the result
// over as an Arrow stream. The pool and the lease live until arrow_close().
#include <cistern/cistern.hpp>
#include <cistern/hive/arrow.hpp>
#include <cistern/hive/session.hpp>

#include <exception>
#include <memory>
#include <string>

namespace {

struct Open {
    cistern::Runtime runtime;
    cistern::Lease<hive::Session> lease;
};

std::unique_ptr<Open> open;
std::string problem;

}  // namespace

// Returns what went wrong, or nothing.
extern "C" __attribute__((visibility("default"))) const char* arrow_open(const char* properties,
                                                                         const char* pool,
                                                                         const char* sql,
                                                                         int in_microseconds,
                                                                         ArrowArrayStream* out) {
    try {
        auto runtime = cistern::Runtime::from_file(properties);
        auto lease = runtime.pool<hive::Session>(pool).acquire();
        open = std::make_unique<Open>(Open{std::move(runtime), std::move(lease)});
        auto operation = open->lease->execute(sql);
        operation->wait();
        using Unit = hive::ArrowOptions::Unit;
        hive::export_stream(
            std::move(operation),
            out,
            {.timestamps = in_microseconds != 0 ? Unit::kMicroseconds : Unit::kNanoseconds});
        return nullptr;
    } catch (const std::exception& error) {
        problem = error.what();
        return problem.c_str();
    }
}

extern "C" __attribute__((visibility("default"))) void arrow_close() {
    open.reset();
}
