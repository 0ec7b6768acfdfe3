#pragma once

// For programs that use Boost.Asio: borrowing without blocking the threads that run handlers.
//
//     auto answer = co_await cistern::async_with(
//         pool, {.timeout = 1s}, [](echo::Session& session) { return session.echo("hello", 1s); },
//         asio::use_awaitable);
//
// Sessions are used in the blocking style on every backend. Here that code runs as a task with a
// stack of its own on the caller's executor; where it would wait, for a connection or for the
// server, it goes back to the executor's loop. Link cistern::asio; it must have been built with
// the program's own version of Boost.
//
// It also provides `backend = asio`, with which a pool connects and validates in tasks of one
// io_context of its own instead of a thread for each.
//
// Thread safety:  every function may be called by any number of tasks at once. A task stays with
//                 the executor that is associated with the completion handler, and so, for one
//                 without, with Asio's system executor; it may go from one of its threads to
//                 another.
// Ownership:      the pool outlives the operation, and so does the executor's context; when that is
//                 destroyed all the same, what waits in it ends with Cancelled and tells nobody.
// Completion:     any token that Asio knows (use_awaitable, a callback, use_future, ...), with
//                 void(std::exception_ptr, Result) or void(std::exception_ptr). Result must have a
//                 default constructor, which stands for it beside an exception.
// Cancelling:     requesting `stop` ends each wait with Cancelled, in the pool's queue and in a
//                 session's call, whose connection is then closed. Where Boost has cancellation
//                 slots (1.77), the handler's slot does the same, whatever the type.
// Fork:           tasks of the thread that forks that wait at that moment cannot go on in the
// child:
//                 it ends, saying so.

#include <cistern/acquire_options.hpp>
#include <cistern/export.hpp>
#include <cistern/lease.hpp>
#include <cistern/pool.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/system_executor.hpp>

#include <utility>  // first: Boost 1.74's awaitable.hpp uses it without including it

#if __has_include(<boost/asio/associated_cancellation_slot.hpp>)
#include <boost/asio/associated_cancellation_slot.hpp>
#define CISTERN_ASIO_HAS_CANCELLATION_SLOTS
#endif

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <stop_token>
#include <type_traits>

namespace cistern {
namespace detail {

// Lets libcistern know what a task of Asio is. True.
CISTERN_API bool know_asio_tasks() noexcept;
inline const bool asio_tasks_are_known = know_asio_tasks();

// Runs `work`, which must not throw, soon, on a stack of its own.
CISTERN_API void start_asio_task(const boost::asio::any_io_executor& executor,
                                 std::stop_token stop,
                                 std::function<void()> work);

// Where the work and the handler run.
template <class Handler>
boost::asio::any_io_executor executor_of(const Handler& handler) {
    auto executor = boost::asio::get_associated_executor(handler);
    if constexpr (std::is_constructible_v<boost::asio::any_io_executor, decltype(executor)>) {
        return executor;
    } else {
        return boost::asio::system_executor{};  // use_future has none that could be kept
    }
}

template <class Result>
struct CompletionOf {
    using Signature = void(std::exception_ptr, Result);
    using Value = std::optional<Result>;
    template <class Handler>
    static void call(Handler& handler, std::exception_ptr error, Value& value) {
        handler(std::move(error), value ? std::move(*value) : Result{});
    }
    template <class Work>
    static void run(Work&& work, Value& value) {
        value.emplace(work());
    }
};

template <>
struct CompletionOf<void> {
    using Signature = void(std::exception_ptr);
    struct Value {};
    template <class Handler>
    static void call(Handler& handler, std::exception_ptr error, Value& /*value*/) {
        handler(std::move(error));
    }
    template <class Work>
    static void run(Work&& work, Value& /*value*/) {
        work();
    }
};

// One operation, from its start until its handler is called.
//
// Thread safety:  none; it goes from its starter to its task to its handler.
template <class Handler, class Work>
class AsioCall : public std::enable_shared_from_this<AsioCall<Handler, Work>> {
public:
    using Completion = CompletionOf<std::invoke_result_t<Work&, std::stop_token>>;

    AsioCall(Handler handler, Work work, const std::stop_token& stop)
        : handler_{std::move(handler)},
          work_{std::move(work)},
          executor_{executor_of(handler_)},
          on_stop_{stop, Forward{stop_}} {}

    void start() {
#if defined(CISTERN_ASIO_HAS_CANCELLATION_SLOTS)
        if (auto slot = boost::asio::get_associated_cancellation_slot(handler_);
            slot.is_connected()) {
            slot.assign([stop = stop_](auto&&...) mutable { stop.request_stop(); });
        }
#endif
        start_asio_task(
            executor_, stop_.get_token(), [call = this->shared_from_this()] { call->run(); });
    }

private:
    struct Forward {
        std::stop_source to;
        void operator()() noexcept { to.request_stop(); }
    };

    void run() {
        try {
            Completion::run([this]() -> decltype(auto) { return work_(stop_.get_token()); },
                            value_);
        } catch (...) {
            error_ = std::current_exception();
        }
        // Not from here: the handler is to run on the stack of its thread.
        boost::asio::post(executor_, [call = this->shared_from_this()] { call->complete(); });
    }

    void complete() {
        auto handler = std::move(handler_);
#if defined(CISTERN_ASIO_HAS_CANCELLATION_SLOTS)
        if (auto slot = boost::asio::get_associated_cancellation_slot(handler);
            slot.is_connected()) {
            slot.clear();
        }
#endif
        auto error = std::move(error_);
        auto value = std::move(value_);
        Completion::call(handler, std::move(error), value);
    }

    Handler handler_;
    Work work_;
    boost::asio::any_io_executor executor_;
    std::exception_ptr error_;
    typename Completion::Value value_{};
    std::stop_source stop_;
    std::stop_callback<Forward> on_stop_;
};

// Where a lease is taken and ended by a task that may change threads in between. Not inlined, so
// that what belongs to a thread is looked up on either side.
//
// Thread safety:  none; it is one task's.
template <class Session>
class TaskLease {
public:
    [[gnu::noinline]] TaskLease(Pool<Session>& pool,
                                const AcquireOptions& options,
                                std::source_location where)
        : lease{pool.acquire(options, where)} {}
    TaskLease(const TaskLease&) = delete;
    TaskLease& operator=(const TaskLease&) = delete;
    [[gnu::noinline]] ~TaskLease() {}

    Lease<Session> lease;
};

}  // namespace detail

// Runs `work(stop_token)`, which may borrow from any number of pools and use their sessions, and
// completes with what it returns or throws.
template <class Work, class Token>
auto async_run(Work work, std::stop_token stop, Token&& token) {
    using Result = std::invoke_result_t<Work&, std::stop_token>;
    return boost::asio::async_initiate<Token, typename detail::CompletionOf<Result>::Signature>(
        [](auto handler, Work run, const std::stop_token& requested) {
            using Call = detail::AsioCall<decltype(handler), Work>;
            std::make_shared<Call>(std::move(handler), std::move(run), requested)->start();
        },
        token,
        std::move(work),
        std::move(stop));
}

// Runs `work(session)` with a lease of its own and completes with what it returns or throws, or
// with what kept it from getting one.
template <class Session, class Work, class Token>
auto async_with(Pool<Session>& pool,
                AcquireOptions options,
                Work work,
                Token&& token,
                std::source_location where = std::source_location::current()) {
    auto stop = options.stop;
    return async_run(
        [&pool, options = std::move(options), work = std::move(work), where](
            std::stop_token requested) mutable -> std::invoke_result_t<Work&, Session&> {
            options.stop = std::move(requested);
            detail::TaskLease<Session> borrowed{pool, options, where};
            return work(*borrowed.lease);
        },
        std::move(stop),
        std::forward<Token>(token));
}

// Completes with a lease. Its session is to be used within async_run() only: elsewhere its calls
// block the thread. Ending it waits for nothing, anywhere.
template <class Session, class Token>
auto async_acquire(Pool<Session>& pool,
                   AcquireOptions options,
                   Token&& token,
                   std::source_location where = std::source_location::current()) {
    auto stop = options.stop;
    return async_run(
        [&pool, options = std::move(options), where](std::stop_token requested) mutable {
            options.stop = std::move(requested);
            return pool.acquire(options, where);
        },
        std::move(stop),
        std::forward<Token>(token));
}

}  // namespace cistern
