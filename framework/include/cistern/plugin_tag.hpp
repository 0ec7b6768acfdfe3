#pragma once

#include <cistern/version.hpp>

#include <ciso646>  // defines the standard library's own version macros

#define CISTERN_DETAIL_TEXT(x) #x
#define CISTERN_DETAIL_VALUE(x) CISTERN_DETAIL_TEXT(x)

#if defined(__clang__)
#define CISTERN_DETAIL_COMPILER "clang " CISTERN_DETAIL_VALUE(__clang_major__)
#else
#define CISTERN_DETAIL_COMPILER "g++ " CISTERN_DETAIL_VALUE(__GNUC__)
#endif

// The standard library's dual ABI changes the layout of strings, so it is part of the match.
#if defined(_LIBCPP_VERSION)
#define CISTERN_DETAIL_LIBRARY "libc++ " CISTERN_DETAIL_VALUE(_LIBCPP_VERSION)
#else
#define CISTERN_DETAIL_LIBRARY                                  \
    "libstdc++ " CISTERN_DETAIL_VALUE(_GLIBCXX_RELEASE) " cxx11=" \
    CISTERN_DETAIL_VALUE(_GLIBCXX_USE_CXX11_ABI)
#endif

// What must be equal between libcistern and a plugin before a C++ object may cross from one to the
// other: a C++ interface has no other safe match. (DuckDB and Envoy compare the same way.)
#define CISTERN_PLUGIN_TAG                                                   \
    "cistern " CISTERN_VERSION " abi " CISTERN_DETAIL_VALUE(CISTERN_ABI) ", " \
    CISTERN_DETAIL_COMPILER ", " CISTERN_DETAIL_LIBRARY
