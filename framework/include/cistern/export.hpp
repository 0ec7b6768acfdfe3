#pragma once

// Marks what libcistern offers; everything else in it is hidden.
#define CISTERN_API __attribute__((visibility("default")))
