#pragma once

#include "session_core.hpp"

#include <cistern/connection.hpp>
#include <cistern/hive/session.hpp>

#include <memory>

namespace hive {

// One session as the pool keeps it and as applications see it.
class HiveConnection final : public cistern::Connection, public Session {
public:
    explicit HiveConnection(std::shared_ptr<SessionCore> core) noexcept : core_{std::move(core)} {}

    void validate(cistern::Deadline deadline) override;
    void reset(cistern::Deadline deadline) override { core_->reset(deadline); }
    // Asked once, when a lease ends: where else could the session learn that its user is gone?
    [[nodiscard]] bool needs_reset() const noexcept override { return core_->end_use(); }
    [[nodiscard]] bool is_broken() const noexcept override { return core_->is_broken(); }
    void close(cistern::Deadline deadline) override { core_->close(deadline); }

    std::unique_ptr<Operation> execute(std::string_view sql,
                                       const ExecuteOptions& options) override;
    std::unique_ptr<Operation> catalogs() override;
    std::unique_ptr<Operation> schemas(const MetadataFilter& filter) override;
    std::unique_ptr<Operation> tables(const MetadataFilter& filter) override;
    std::unique_ptr<Operation> table_types() override;
    std::unique_ptr<Operation> columns(const MetadataFilter& filter) override;
    std::unique_ptr<Operation> functions(const MetadataFilter& filter) override;
    std::unique_ptr<Operation> type_info() override;
    std::unique_ptr<Operation> primary_keys(const MetadataFilter& filter) override;
    std::unique_ptr<Operation> cross_reference(const MetadataFilter& parent,
                                               const MetadataFilter& foreign) override;
    cistern::Secret delegation_token(const std::string& owner, const std::string& renewer) override;
    void renew_delegation_token(const cistern::Secret& token) override;
    void cancel_delegation_token(const cistern::Secret& token) override;
    ServerInfo server_info() override;
    [[nodiscard]] int protocol_version() const noexcept override { return core_->version(); }

private:
    template <class Reply, class Request>
    [[nodiscard]] std::unique_ptr<Operation> start(const char* method, Request& request);
    [[nodiscard]] std::string info(std::int32_t type, cistern::Deadline deadline);

    const std::shared_ptr<SessionCore> core_;
};

}  // namespace hive
