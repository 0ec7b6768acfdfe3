#pragma once

#include "limited_protocol.hpp"

#include <cistern/hive/types.hpp>

#include <hive_rpc/TCLIService_types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hive {

// The values of one column as they lie in the arena.
struct RawColumn {
    std::size_t position = 0;
    std::size_t count = 0;
    std::vector<std::uint32_t> ends;  // of texts, from `position`, each text behind its length
};

// A reply to FetchResults without its rows.
struct FetchReply {
    rpc::TStatus status;
    bool has_more = false;
    bool is_serialised = false;  // the rows came in the form that this plugin does not read
    std::uint64_t size = 0;      // of the message, in bytes
    std::vector<RawColumn> raw;  // of the batch's columns; empty where they have their values
};

// Gives `batch` an empty arena for the next reply and lets go of what its columns hold of the old
// one.
void prepare_batch(Batch& batch);

// Reads a TFetchResultsResp up to its end, without touching more of its values than their lengths,
// so that the next call can be sent before finish_batch(). Written by hand: nearly all that a
// client reads passes here, and generated code would make an object of each value. Memory grows
// with what has arrived, whatever the lengths before it claim.
//
// REQUIRES: prepare_batch(), and that the transport keeps the reply in the batch's arena
void read_fetch_reply(LimitedProtocol& protocol, FetchReply& reply, Batch& batch);

// Fills the columns from the arena.
void finish_batch(FetchReply& reply, Batch& batch);

}  // namespace hive
