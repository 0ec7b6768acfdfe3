#include "tcp_connection.hpp"

#include <cistern/error.hpp>
#include <cistern/stream_algorithms.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace tcp {
namespace {

using cistern::Deadline;
using cistern::Stream;
using cistern::Timeout;

// How much memory is taken ahead of the bytes that are to fill it.
constexpr std::size_t kReadStep = 64 * 1024;

// What was written before a failing read may have been acted on; the stream cannot know that.
template <class Read>
std::string reading(Read read) {
    try {
        return read();
    } catch (const cistern::DeadlineExceeded&) {
        throw;
    } catch (const cistern::IoError& error) {
        auto traits = error.traits();
        traits.outcome_unknown = true;
        throw cistern::IoError{error.what(), traits, error.where()};
    }
}

std::string read_in_steps(Stream& stream, std::size_t size, Deadline deadline) {
    std::string bytes;
    while (bytes.size() < size) {
        const auto had = bytes.size();
        const auto step = std::min(size - had, kReadStep);
        bytes.resize(had + step);
        cistern::read_exactly(stream, bytes.data() + had, step, deadline);
    }
    return bytes;
}

}  // namespace

TcpConnection::TcpConnection(std::unique_ptr<Stream> stream, std::size_t max_line_bytes) noexcept
    : stream_{std::move(stream)}, max_line_bytes_{max_line_bytes} {}

void TcpConnection::write(std::string_view bytes, Timeout timeout) {
    stream_->write_all(bytes, stream_->deadline_after(timeout));
}

std::string TcpConnection::read(std::size_t max_bytes, Timeout timeout) {
    assert(max_bytes > 0);
    const auto deadline = stream_->deadline_after(timeout);
    return reading([&] {
        std::string bytes(std::min(max_bytes, kReadStep), '\0');
        bytes.resize(stream_->read_some(bytes.data(), bytes.size(), deadline));
        return bytes;
    });
}

std::string TcpConnection::read_exactly(std::size_t size, Timeout timeout) {
    const auto deadline = stream_->deadline_after(timeout);
    return reading([&] { return read_in_steps(*stream_, size, deadline); });
}

std::string TcpConnection::read_until(std::string_view delimiter, Timeout timeout) {
    assert(!delimiter.empty());
    const auto deadline = stream_->deadline_after(timeout);
    return reading(
        [&] { return cistern::read_until(*stream_, delimiter, max_line_bytes_, deadline); });
}

std::string TcpConnection::read_line(Timeout timeout) {
    const auto deadline = stream_->deadline_after(timeout);
    return reading([&] { return cistern::read_line(*stream_, max_line_bytes_, deadline); });
}

std::string TcpConnection::peer() const {
    return stream_->peer();
}

void TcpConnection::validate(Deadline /*deadline*/) {
    const auto state = stream_->state();
    if (state != cistern::StreamState::kQuiet) {
        throw cistern::IoError{"tcp: the session with " + stream_->peer() +
                               " cannot be used again: " + std::string{to_string(state)}};
    }
}

}  // namespace tcp
