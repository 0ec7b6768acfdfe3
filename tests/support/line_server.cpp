#include "support/line_server.hpp"

#include <utility>

namespace cistern::test {

LineServer::Handler LineServer::echo() {
    return [](const std::string& line) { return line + "\n"; };
}

LineServer::LineServer(Handler handler, std::string greeting)
    : handler_{std::move(handler)},
      greeting_{std::move(greeting)},
      server_{[this](ServedSocket& socket) { serve(socket); }} {}

LineServer::LineServer(AtPath at, Handler handler, std::string greeting)
    : handler_{std::move(handler)},
      greeting_{std::move(greeting)},
      server_{at.path, [this](ServedSocket& socket) { serve(socket); }} {}

std::vector<std::string> LineServer::lines() const {
    const std::lock_guard lock{mutex_};
    return lines_;
}

void LineServer::serve(ServedSocket& socket) {
    socket.send(greeting_);
    std::string pending;
    for (auto bytes = socket.receive(); !bytes.empty(); bytes = socket.receive()) {
        pending += bytes;
        for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
            auto line = pending.substr(0, end);
            pending.erase(0, end + 1);
            {
                const std::lock_guard lock{mutex_};
                lines_.push_back(line);
            }
            const auto answer = handler_(line);
            if (!answer || !socket.send(*answer)) {
                return;
            }
        }
    }
}

}  // namespace cistern::test
