#pragma once

#include "limited_protocol.hpp"

#include <cistern/hive/types.hpp>

#include <hive_rpc/TCLIService_types.h>

namespace hive {

// A reply to FetchResults without its rows.
struct FetchReply {
    rpc::TStatus status;
    bool has_more = false;
    bool is_serialised = false;  // the rows came in the form that this plugin does not read
};

// Reads a TFetchResultsResp with its rows straight into `batch`, whose memory is used again.
// Written by hand: nearly all that a client reads passes here, and generated code would hold it
// twice. Memory grows with what has arrived, whatever the lengths before it claim.
void read_fetch_reply(LimitedProtocol& protocol, FetchReply& reply, Batch& batch);

}  // namespace hive
