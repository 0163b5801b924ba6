#include "broker/operations/metrics.h"

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/mutex.h"

namespace envej::operations {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

namespace {

const Histogram::BucketBoundaries kDelaySeconds = {0.01, 0.05, 0.1, 0.5,  1,     5,     10,    30,
                                                   60,   300,  900, 3600, 14400, 86400, 604800};
const Histogram::BucketBoundaries kSyncSeconds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                  0.05,   0.1,     0.25,   0.5,   1,      2.5,   10};
const Histogram::BucketBoundaries kTransitions = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
const Histogram::BucketBoundaries kBytes = {1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24};

double Seconds(absl::Time at) { return static_cast<double>(absl::ToUnixMicros(at)) / 1e6; }

// A gauge that is there once it is known.
class LateGauge {
 public:
  LateGauge(prometheus::Registry& registry, const std::string& name, const std::string& help)
      : family_(BuildGauge().Name(name).Help(help).Register(registry)) {}

  void Set(double value, const std::map<std::string, std::string>& labels = {}) {
    Gauge& gauge = family_.Add(labels);
    if (gauge_ != nullptr && gauge_ != &gauge) family_.Remove(gauge_);
    gauge_ = &gauge;
    gauge.Set(value);
  }
  void Take() {
    if (gauge_ != nullptr) family_.Remove(std::exchange(gauge_, nullptr));
  }

 private:
  Family<Gauge>& family_;
  Gauge* gauge_ = nullptr;
};

Histogram& MakeHistogram(prometheus::Registry& registry, const std::string& name, const std::string& help,
                         const Histogram::BucketBoundaries& boundaries) {
  return BuildHistogram().Name(name).Help(help).Register(registry).Add({}, boundaries);
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  Family<Counter>& refused = BuildCounter()
                                 .Name("envej_refused_total")
                                 .Help("Calls, and items of calls, that were refused, by caller and reason")
                                 .Register(registry);
  Family<Counter>& reloads = BuildCounter()
                                 .Name("envej_trust_reloads_total")
                                 .Help("How often the files that the trust rests on were read again, by result")
                                 .Register(registry);
  Counter& taken = reloads.Add({{"result", "taken"}});
  Counter& broken = reloads.Add({{"result", "broken"}});
  Gauge& is_broken = BuildGauge()
                         .Name("envej_trust_broken")
                         .Help("1 while a file that the trust rests on is broken and what was read before counts")
                         .Register(registry)
                         .Add({});
  Counter& ended = BuildCounter()
                       .Name("envej_calls_ended_total")
                       .Help("Open calls that were ended because their callers may no longer call")
                       .Register(registry)
                       .Add({});

  Family<Counter>& late = BuildCounter()
                              .Name("envej_notices_late_total")
                              .Help("Notices that were told as late, by the way in which they are")
                              .Register(registry);

  Gauge& recovering = BuildGauge()
                          .Name("envej_recovering")
                          .Help("1 while pulls are refused because the store was restored")
                          .Register(registry)
                          .Add({});
  Gauge& storage_free = BuildGauge()
                            .Name("envej_storage_free_bytes")
                            .Help("What is free on the disk of the store; 0 while that cannot be told")
                            .Register(registry)
                            .Add({});
  Gauge& storage_nearly_full = BuildGauge()
                                   .Name("envej_storage_nearly_full")
                                   .Help("1 while so little is free that no new notice is taken")
                                   .Register(registry)
                                   .Add({});
  Gauge& store_damaged = BuildGauge()
                             .Name("envej_store_damaged")
                             .Help("1 if the last checksum verification of the store found damage")
                             .Register(registry)
                             .Add({});

  Histogram& fetched =
      MakeHistogram(registry, "envej_accepted_to_fetched_seconds", "From acceptance to the first lease", kDelaySeconds);
  Histogram& acknowledged = MakeHistogram(registry, "envej_accepted_to_acknowledged_seconds",
                                          "From acceptance to acknowledgement", kDelaySeconds);
  Histogram& transitions = MakeHistogram(registry, "envej_commit_batch_transitions",
                                         "How many changes the store synced at once", kTransitions);
  Histogram& bytes =
      MakeHistogram(registry, "envej_commit_batch_bytes", "How many bytes the store synced at once", kBytes);
  Histogram& sync =
      MakeHistogram(registry, "envej_store_sync_seconds", "How long a synced write of the store took", kSyncSeconds);

  Gauge& oldest_commit =
      BuildGauge()
          .Name("envej_store_oldest_commit_seconds")
          .Help(
              "For how long the oldest commit of the store has been under way that is not answered yet; 0 without one")
          .Register(registry)
          .Add({});

  Mutex mutex;
  Condition condition ENVEJ_GUARDED_BY(mutex);
  std::function<uint64_t()> newest_batch ENVEJ_GUARDED_BY(mutex);
  std::function<uint64_t()> mirrored_batch ENVEJ_GUARDED_BY(mutex);
  std::function<absl::Duration()> oldest_commit_age ENVEJ_GUARDED_BY(mutex);
  std::vector<std::weak_ptr<prometheus::Collectable>> more ENVEJ_GUARDED_BY(mutex);
  LateGauge lists_expire ENVEJ_GUARDED_BY(mutex){registry, "envej_revocation_lists_expire_timestamp_seconds",
                                                 "When the first revocation list expires; missing where none is asked"};
  LateGauge build ENVEJ_GUARDED_BY(mutex){registry, "envej_build_info", "1, with the version of the program"};
  LateGauge start ENVEJ_GUARDED_BY(mutex){registry, "envej_start_timestamp_seconds", "When the broker was started"};
  LateGauge configuration ENVEJ_GUARDED_BY(mutex){
      registry, "envej_configuration_info",
      "1, with the SHA-256 of the configuration and of the register: brokers of one cluster compare it"};
  LateGauge certificate_expires ENVEJ_GUARDED_BY(mutex){registry, "envej_broker_certificate_expires_timestamp_seconds",
                                                        "When the broker's own certificate expires"};
  LateGauge checkpoint ENVEJ_GUARDED_BY(mutex){registry, "envej_checkpoint_timestamp_seconds",
                                               "When signed checkpoints were last found to cover the whole journal"};
  LateGauge journal ENVEJ_GUARDED_BY(mutex){registry, "envej_journal_newest_batch", "The journal's newest batch"};
  LateGauge mirror ENVEJ_GUARDED_BY(mutex){
      registry, "envej_mirror_batch", "Up to which batch the mirror has the journal; missing where there is no mirror"};
  std::map<std::pair<std::string, std::string>, Counter*> refusals ENVEJ_GUARDED_BY(mutex);
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::CountRefused(const std::string& caller, absl::string_view reason) {
  const MutexLock lock(families_->mutex);
  std::pair<std::string, std::string> key(caller.empty() ? "unknown" : caller, reason);
  if (!families_->refusals.contains(key) && families_->refusals.size() >= kRefusalSeriesMost) key.first = "others";
  Counter*& counter = families_->refusals[key];
  if (counter == nullptr) counter = &families_->refused.Add({{"caller", key.first}, {"reason", key.second}});
  counter->Increment();
}

void Metrics::CountReload(bool taken) {
  (taken ? families_->taken : families_->broken).Increment();
  families_->is_broken.Set(taken ? 0 : 1);
  const MutexLock lock(families_->mutex);
  families_->condition.reload_refused = !taken;
}

void Metrics::SetRevocationListsExpire(absl::Time at) {
  const MutexLock lock(families_->mutex);
  if (at == absl::InfiniteFuture()) {
    families_->lists_expire.Take();
    families_->condition.lists_expire_at.reset();
    return;
  }
  families_->lists_expire.Set(Seconds(at));
  families_->condition.lists_expire_at = at;
}

void Metrics::CountEndedCalls(size_t calls) { families_->ended.Increment(static_cast<double>(calls)); }

void Metrics::CountLate(absl::string_view what, uint64_t notices) {
  families_->late.Add({{"what", std::string(what)}}).Increment(static_cast<double>(notices));
}

void Metrics::SetRecovering(bool is_recovering) {
  families_->recovering.Set(is_recovering ? 1 : 0);
  const MutexLock lock(families_->mutex);
  families_->condition.recovering = is_recovering;
}

void Metrics::SetStorage(uint64_t free_bytes, bool nearly_full) {
  families_->storage_free.Set(static_cast<double>(free_bytes));
  families_->storage_nearly_full.Set(nearly_full ? 1 : 0);
  const MutexLock lock(families_->mutex);
  families_->condition.free_bytes = free_bytes;
  families_->condition.nearly_full = nearly_full;
}

void Metrics::SetStoreDamaged(bool damaged) {
  families_->store_damaged.Set(damaged ? 1 : 0);
  const MutexLock lock(families_->mutex);
  families_->condition.damaged = damaged;
}

void Metrics::SetStart(const std::string& broker, const std::string& version, absl::Time at) {
  const MutexLock lock(families_->mutex);
  families_->build.Set(1, {{"version", version}});
  families_->start.Set(Seconds(at));
  families_->condition.broker = broker;
  families_->condition.version = version;
  families_->condition.started_at = at;
}

void Metrics::SetConfiguration(const std::string& configuration_hash, const std::string& register_hash) {
  const MutexLock lock(families_->mutex);
  families_->configuration.Set(1, {{"configuration", configuration_hash}, {"register", register_hash}});
  families_->condition.configuration_hash = configuration_hash;
  families_->condition.register_hash = register_hash;
}

void Metrics::SetReserve(uint64_t bytes) {
  const MutexLock lock(families_->mutex);
  families_->condition.reserve_bytes = bytes;
}

void Metrics::SetCertificateExpires(absl::Time at) {
  const MutexLock lock(families_->mutex);
  families_->certificate_expires.Set(Seconds(at));
  families_->condition.certificate_expires_at = at;
}

void Metrics::SetCheckpoint(absl::Time at) {
  const MutexLock lock(families_->mutex);
  families_->checkpoint.Set(Seconds(at));
  families_->condition.checkpoint_at = at;
}

void Metrics::SetCannotWrite(const std::string& why) {
  const MutexLock lock(families_->mutex);
  families_->condition.cannot_write = why;
}

void Metrics::SetJournal(std::function<uint64_t()> newest_batch, std::function<uint64_t()> mirrored_batch) {
  const MutexLock lock(families_->mutex);
  families_->newest_batch = std::move(newest_batch);
  families_->mirrored_batch = std::move(mirrored_batch);
}

void Metrics::SetOldestCommit(std::function<absl::Duration()> age) {
  const MutexLock lock(families_->mutex);
  families_->oldest_commit_age = std::move(age);
}

void Metrics::ObserveFetched(absl::Duration since_accepted) {
  families_->fetched.Observe(absl::ToDoubleSeconds(since_accepted));
}

void Metrics::ObserveAcknowledged(absl::Duration since_accepted) {
  families_->acknowledged.Observe(absl::ToDoubleSeconds(since_accepted));
}

void Metrics::ObserveBatch(size_t transitions, size_t bytes) {
  families_->transitions.Observe(static_cast<double>(transitions));
  families_->bytes.Observe(static_cast<double>(bytes));
}

void Metrics::ObserveSync(absl::Duration took) { families_->sync.Observe(absl::ToDoubleSeconds(took)); }

void Metrics::Add(const std::shared_ptr<prometheus::Collectable>& more) {
  const MutexLock lock(families_->mutex);
  families_->more.push_back(more);
}

Condition Metrics::condition() const {
  const MutexLock lock(families_->mutex);
  Condition condition = families_->condition;
  if (families_->newest_batch) condition.newest_batch = families_->newest_batch();
  if (families_->mirrored_batch) condition.mirrored_batch = families_->mirrored_batch();
  if (families_->oldest_commit_age) condition.oldest_commit = families_->oldest_commit_age();
  if (condition.cannot_write.empty() && condition.oldest_commit >= kStoreHangsAfter) {
    condition.cannot_write = absl::StrCat("the store hangs: a commit has been under way for ",
                                          absl::ToInt64Seconds(condition.oldest_commit), " s");
  }
  return condition;
}

std::string Metrics::Text() const {
  const Condition now = condition();
  families_->oldest_commit.Set(absl::ToDoubleSeconds(now.oldest_commit));
  std::vector<std::weak_ptr<prometheus::Collectable>> more;
  {
    const MutexLock lock(families_->mutex);
    families_->journal.Set(static_cast<double>(now.newest_batch));
    if (now.mirrored_batch.has_value()) families_->mirror.Set(static_cast<double>(*now.mirrored_batch));
    more = families_->more;
  }
  std::vector<prometheus::MetricFamily> all = families_->registry.Collect();
  for (const std::weak_ptr<prometheus::Collectable>& source : more) {
    const std::shared_ptr<prometheus::Collectable> still_there = source.lock();
    if (still_there == nullptr) continue;
    std::vector<prometheus::MetricFamily> gathered = still_there->Collect();
    all.insert(all.end(), std::make_move_iterator(gathered.begin()), std::make_move_iterator(gathered.end()));
  }
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace envej::operations
