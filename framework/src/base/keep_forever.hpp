#pragma once

#include <memory>

namespace cistern {

// Keeps `what` until the process ends, and never destroys it: for what a child of fork() got from
// its parent and can neither use nor take apart, because a thread that the child does not have was
// working on it. It stays reachable, so that nobody takes it for a leak.
//
// Thread safety:  may be called by any number of threads at once.
void keep_forever(std::shared_ptr<const void> what);

}  // namespace cistern
