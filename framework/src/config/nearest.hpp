#pragma once

#include <base/nearest.hpp>
