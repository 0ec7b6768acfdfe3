#pragma once

#include <cistern/stream.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace cistern::test {

// One accepted connection, for the thread that serves it. Every wait ends when the server closes.
//
// Thread safety:  the server may end or reset it from any thread; the rest belongs to one thread.
class ServedSocket {
public:
    explicit ServedSocket(int socket) noexcept : socket_{socket} {}
    ServedSocket(const ServedSocket&) = delete;
    ServedSocket& operator=(const ServedSocket&) = delete;
    ~ServedSocket();

    [[nodiscard]] int descriptor() const noexcept { return socket_; }
    [[nodiscard]] bool is_ending() const noexcept { return is_ending_; }
    // Empty when the peer has closed or the connection is ending.
    [[nodiscard]] std::string receive(std::size_t most = 65536);
    // False when not everything could be sent.
    bool send(std::string_view bytes);
    // Sends a FIN and nothing more.
    void send_end();
    // The descriptor's close will send a RST.
    void reset_at_close();
    // False when the connection is ending.
    bool sleep(std::chrono::milliseconds duration) const;
    // Makes the thread that serves it come to its end.
    void end();

private:
    [[nodiscard]] bool wait(short events) const;

    const int socket_;
    std::atomic<bool> is_ending_{false};
};

// Connects to a port of this machine; null when nobody listens.
[[nodiscard]] std::unique_ptr<ServedSocket> connect_to_port(std::uint16_t port);

// Listens on a free port of 127.0.0.1, or at a path, and serves each connection on a thread of its
// own. The destructor ends them all.
//
// Thread safety:  every member may be called by any number of threads at once.
class SocketServer {
public:
    using Serve = std::function<void(ServedSocket&)>;

    explicit SocketServer(Serve serve);
    SocketServer(const std::string& unix_path, Serve serve);
    SocketServer(const SocketServer&) = delete;
    SocketServer& operator=(const SocketServer&) = delete;
    ~SocketServer();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] Endpoint endpoint() const { return {"127.0.0.1", std::to_string(port_)}; }

    // Connections are refused from now on, until listen_again(). The port stays ours.
    void stop_listening();
    void listen_again();
    // Ends what is open: with a FIN, or with a RST.
    void end_all();
    void reset_all();

    [[nodiscard]] std::size_t accepted() const;
    [[nodiscard]] std::size_t open() const;
    // False when there are not `count` open connections within a generous time.
    [[nodiscard]] bool wait_for_open(std::size_t count);

private:
    struct Served {
        std::shared_ptr<ServedSocket> socket;  // null once the connection has ended
        std::thread thread;
    };

    void start_listening();
    void accept_until_closed(int listener);
    void serve(std::list<Served>::iterator self, std::shared_ptr<ServedSocket> socket);
    void join_ended();
    [[nodiscard]] std::size_t count_open() const;

    const Serve serve_;
    const std::string unix_path_;
    int port_holder_ = -1;  // bound, never listening
    std::uint16_t port_ = 0;
    std::mutex listening_mutex_;
    int listener_ = -1;
    std::thread acceptor_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Served> served_;
    std::size_t accepted_ = 0;
};

}  // namespace cistern::test
