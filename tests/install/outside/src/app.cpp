// Serves one line-shouting client at a time on a free port, and talks to itself through a pool.

#include <cistern/cistern.hpp>
#include <cistern/shout/session.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

namespace {

int listen_on_free_port(int& port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener, 4);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return listener;
}

void serve(int listener) {
    const int client = ::accept(listener, nullptr, nullptr);
    char byte = 0;
    while (::read(client, &byte, 1) == 1) {
        byte = static_cast<char>(std::toupper(static_cast<unsigned char>(byte)));
        if (::write(client, &byte, 1) != 1) {
            break;
        }
    }
    ::close(client);
}

}  // namespace

int main(int /*argc*/, char** argv) try {
    int port = 0;
    const int listener = listen_on_free_port(port);
    std::thread{serve, listener}.detach();

    const std::string file = std::string{argv[1]} + "/app.properties";
    std::ofstream{file} << "pools = loud\npool.loud.plugin = shout\npool.loud.max_size = 1\n"
                        << "pool.loud.shout.endpoint = 127.0.0.1:" << port << '\n';

    auto runtime = cistern::Runtime::from_file(file);
    auto session = runtime.pool<shout::Session>("loud").acquire(std::chrono::seconds{2});
    std::cout << session->shout("hello from outside") << '\n';
} catch (const std::exception& error) {
    std::cerr << "outside_app: " << error.what() << '\n';
    return 1;
}
