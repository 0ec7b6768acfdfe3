#pragma once

#include "rpc/channel.hpp"
#include "rpc/engine.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace sandbox {

// A listening socket and one thread per client.
//
// Thread safety:  start() and stop() belong to one thread.
// Errors:         std::system_error or std::runtime_error when the address cannot be had.
class Server {
public:
    explicit Server(Engine& engine);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    // Listens; afterwards clients can come.
    void start();
    // Turns everybody away and waits until all threads are done.
    void stop() noexcept;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    struct Client {
        explicit Client(int descriptor) : channel{std::make_shared<Channel>(descriptor)} {}
        std::shared_ptr<Channel> channel;
        bool done = false;  // guarded by the server's mutex_
        std::thread thread;
    };

    void accept_clients();
    void await_free_descriptor();
    void serve(Client& client);
    void converse(Client& client);
    void forget_finished();  // REQUIRES: mutex_ held
    void log(const std::string& line) const;

    Engine& engine_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::thread acceptor_;
    std::mutex mutex_;
    std::condition_variable client_gone_;
    std::list<std::unique_ptr<Client>> clients_;  // guarded by mutex_
};

}  // namespace sandbox
