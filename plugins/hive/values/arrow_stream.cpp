#include <cistern/hive/arrow.hpp>

#include <cerrno>
#include <exception>
#include <string>
#include <utility>

namespace hive {
namespace {

struct StreamOwner {
    std::unique_ptr<Operation> operation;
    ArrowOptions options;
    Batch batch{};
    std::size_t rows = 0;  // handed out
    bool has_failed = false;
    std::string error{};
};

StreamOwner& owner_of(ArrowArrayStream* stream) {
    return *static_cast<StreamOwner*>(stream->private_data);
}

// Nothing may be thrown through a reader that is written in C.
template <class Act>
int guarded(StreamOwner& owner, Act act) noexcept {
    if (owner.has_failed) {
        return EIO;
    }
    try {
        act();
        return 0;
    } catch (const std::exception& problem) {
        owner.has_failed = true;
        try {
            owner.error = problem.what();
        } catch (...) {
            owner.error.clear();
        }
    } catch (...) {
        owner.has_failed = true;
    }
    return EIO;
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    auto& owner = owner_of(stream);
    return guarded(owner, [&] { export_schema(owner.operation->columns(), out, owner.options); });
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
    auto& owner = owner_of(stream);
    return guarded(owner, [&] {
        if (!owner.operation->fetch(owner.batch)) {
            *out = ArrowArray{};  // released: the end
            return;
        }
        export_batch(owner.operation->columns(), owner.batch, out, owner.options, owner.rows);
        owner.rows += owner.batch.rows;
    });
}

const char* get_last_error(ArrowArrayStream* stream) {
    const auto& owner = owner_of(stream);
    return owner.has_failed ? owner.error.c_str() : nullptr;
}

void release_stream(ArrowArrayStream* stream) {
    delete static_cast<StreamOwner*>(stream->private_data);
    stream->release = nullptr;
}

}  // namespace

void export_stream(std::unique_ptr<Operation> operation,
                   ArrowArrayStream* out,
                   const ArrowOptions& options) {
    auto owner = std::make_unique<StreamOwner>(StreamOwner{std::move(operation), options});
    *out = {get_schema, get_next, get_last_error, release_stream, owner.release()};
}

}  // namespace hive
