#pragma once

// The one place that says which version this is; the build reads it from here.
#define CISTERN_VERSION "0.1.0"

// Raised whenever an interface between libcistern and plugins changes in a way that the compiler of
// a plugin would notice.
#define CISTERN_ABI 3
