#pragma once

// For programs that use Boost.Fiber: whoever includes this and links cistern::fiber may borrow on
// fibers. Nothing else changes: pool.acquire(), the session's calls and drain() then suspend the
// fiber that calls them, and other fibers of its thread go on. Plain threads are blocked as before
// and share pools with fibers; a thread that has used fibers counts as one of them.
//
//     boost::fibers::fiber{[&] { answer = pool.acquire(1s)->echo("hello", 1s); }}.join();
//
// It also provides `backend = fiber`, with which a pool connects and validates on fibers of one
// thread of its own instead of a thread for each.
//
// Thread safety:  as Pool and Lease; "task" there means a fiber. A Lease may go with its fiber to
//                 another thread, if whoever moves fibers does so while they wait (work_stealing,
//                 shared_work).
// Stacks:         a session's call needs as much as on a thread; Boost's 128 KiB have been enough
//                 for the connectors of this tree.
// Exceptions:     Boost.Fiber mixes up the exceptions of fibers that wait inside a catch block.
//                 Waiting here keeps them apart; waiting for Boost's own mutexes and channels does
//                 not.
// Cancelling:     acquire(timeout, stop); Boost.Fiber cannot interrupt a call of a session.
// Fork:           the fibers of the thread that forks exist in the child too. Those that wait here
//                 at that moment cannot go on there: the child ends, saying so.

#include <cistern/export.hpp>

namespace cistern::detail {

// Lets libcistern know what a fiber is. True.
CISTERN_API bool know_fibers() noexcept;

inline const bool fibers_are_known = know_fibers();

}  // namespace cistern::detail
