#include "broker/serving.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "broker/log_limit.h"
#include "broker/wire/address_share.h"
#include "broker/wire/stored_content.h"

namespace envej {
namespace {

// Of the files that may be open, those that connections leave alone: the store's, of which its engine keeps 512 open,
// and gRPC's own.
constexpr int kOpenFilesKept = 640;

// What the store needs to go on is in store/rocksdb_room.h.
static_assert(uint64_t{options::kReserveMibLeast} << 20 >= store::kReserveLeast);

}  // namespace

store::RocksDbStoreOptions StoreOptions(const options::BrokerOptions& options, operations::Durations& durations,
                                        operations::Metrics& metrics, const Clock& clock, const Log& log) {
  store::RocksDbStoreOptions store;
  store.directory = options.data_directory;
  store.broker = options.broker_name;
  store.queue_transitions = static_cast<size_t>(options.limits.commit_queue);
  store.batch_transitions = static_cast<size_t>(options.limits.batch_transitions);
  store.write_buffer_bytes = store::WriteBufferFor(options.storage.reserve_bytes);
  store.fail_stop = [&log](absl::Status status) {
    log.Error("store_failed", {{"error", status.ToString()},
                               {"next", "nothing was written after this; mend the disk, then start the broker again"}});
    std::_Exit(kStoreFailed);
  };
  store.log_end_dropped = [&log](uint64_t batch, const std::string& why) {
    log.Error(
        "log_end_dropped",
        {{"batch", static_cast<int64_t>(batch)},
         {"error", why},
         {"next",
          "the log could not be read after this batch, as after a loss of power; leases may be lost, and what was "
          "answered in the last moment before it: a region that has a receipt of a later batch submits again"}});
  };
  store.clock = &clock;
  store.synced = [&durations, &metrics](const store::SyncedBatch& batch) {
    metrics.ObserveBatch(batch.transitions, batch.bytes);
    metrics.ObserveSync(batch.took);
    durations.sync.Add(batch.took);
  };
  return store;
}

inbox::Inboxes::Options InboxOptions(const options::BrokerOptions& options, const trust::CurrentTrust& trust,
                                     LateNotices& late, Watching& watching, const Clock& clock, const Log& log) {
  inbox::Inboxes::Options inboxes;
  inboxes.pulls = {.all = static_cast<size_t>(options.limits.waiting_pulls),
                   .each_inbox = static_cast<size_t>(options.limits.waiting_pulls_per_inbox)};
  inboxes.check = wire::IsItem;
  inboxes.thresholds = [&trust, &clock](const store::NoticeKey& notice) {
    return trust.Get()->ThresholdsOf(notice.region_code, notice.municipality_code, clock.Now());
  };
  inboxes.changed = watching.changed();
  inboxes.late = [&late](const inbox::LateItem& item) { late.Tell(item); };
  inboxes.report = [&log](const inbox::UnreadableItem& item) { wire::LogUnreadable(item, log); };
  inboxes.clock_behind = [&log](absl::Duration behind) {
    log.Error("clock_behind", {{"seconds", absl::ToInt64Seconds(behind)},
                               {"next",
                                "the store has stamps of a later time: set the clock right; leases may last twice "
                                "as long until it has caught up"}});
  };
  return inboxes;
}

wire::ServerOptions Listening(const options::BrokerOptions& options,
                              std::shared_ptr<grpc::ServerCredentials> credentials, int open_files, const Clock& clock,
                              const Log& log) {
  wire::ServerOptions server;
  server.listen = options.listen;
  server.credentials = std::move(credentials);
  server.concurrent_streams = options.limits.concurrent_streams;
  server.reflection = options.reflection;
  server.descriptors_most = open_files - kOpenFilesKept;
  server.admit_connection = [share = std::make_shared<wire::AddressShare>(server.descriptors_most, clock)](
                                int connection) { return share->Admit(connection); };
  server.connection_refused = [&log, limit = std::make_shared<LogLimit>(clock)](absl::string_view why) {
    const std::optional<int64_t> left_out = limit->Admit();
    if (left_out.has_value()) log.Warning("connection_refused", {{"error", std::string(why)}, {"left_out", *left_out}});
  };
  server.give_up = [&log](const absl::Status& why) {
    log.Error("cannot_accept", {{"error", why.ToString()}});
    std::_Exit(kCannotAccept);  // as after a failed store: all that was answered is on the disk
  };
  return server;
}

}  // namespace envej
