#pragma once

// Everything an application needs: borrow typed sessions from pools that a properties file
// describes.

#include <cistern/acquire_options.hpp>
#include <cistern/acquire_timeout.hpp>
#include <cistern/credentials.hpp>
#include <cistern/deadline.hpp>
#include <cistern/durations.hpp>
#include <cistern/error.hpp>
#include <cistern/lease.hpp>
#include <cistern/openmetrics.hpp>
#include <cistern/plugin_report.hpp>
#include <cistern/pool.hpp>
#include <cistern/pool_health.hpp>
#include <cistern/pool_observer.hpp>
#include <cistern/pool_options.hpp>
#include <cistern/pool_stats.hpp>
#include <cistern/runtime.hpp>
#include <cistern/version.hpp>
