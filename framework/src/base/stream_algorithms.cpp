#include <cistern/stream_algorithms.hpp>

namespace cistern {
namespace {

void read_or_throw(Stream& stream, char* buffer, std::size_t size, Deadline deadline) {
    while (size > 0) {
        const auto got = stream.read_some(buffer, size, deadline);
        if (got == 0) {
            throw IoError{stream.peer() + " closed the connection in the middle of a reply",
                          {.breaks_connection = true, .outcome_unknown = true, .is_transient = true}};
        }
        buffer += got;
        size -= got;
    }
}

}  // namespace

void read_exactly(Stream& stream, char* buffer, std::size_t size, Deadline deadline) {
    read_or_throw(stream, buffer, size, deadline);
}

// One byte at a time is no system call at a time: streams buffer small reads.
std::string read_until(Stream& stream,
                       std::string_view delimiter,
                       std::size_t max_bytes,
                       Deadline deadline) {
    std::string read;
    while (!read.ends_with(delimiter)) {
        if (read.size() == max_bytes) {
            throw ProtocolError{stream.peer() + " sent " + std::to_string(max_bytes) +
                                " bytes without the end that was waited for"};
        }
        char byte = 0;
        read_or_throw(stream, &byte, 1, deadline);
        read += byte;
    }
    read.resize(read.size() - delimiter.size());
    return read;
}

std::string read_line(Stream& stream, std::size_t max_bytes, Deadline deadline) {
    auto line = read_until(stream, "\n", max_bytes, deadline);
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    return line;
}

}  // namespace cistern
