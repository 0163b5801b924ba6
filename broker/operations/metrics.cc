#include "broker/operations/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <utility>

#include "broker/mutex.h"

namespace envej::operations {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;

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
  Family<Gauge>& lists_expire = BuildGauge()
                                    .Name("envej_revocation_lists_expire_timestamp_seconds")
                                    .Help("When the first revocation list expires; missing where none is asked")
                                    .Register(registry);
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

  Mutex mutex;
  Gauge* first_list ENVEJ_GUARDED_BY(mutex) = nullptr;
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
}

void Metrics::SetRevocationListsExpire(absl::Time at) {
  const MutexLock lock(families_->mutex);
  if (at == absl::InfiniteFuture()) {
    if (families_->first_list != nullptr) families_->lists_expire.Remove(families_->first_list);
    families_->first_list = nullptr;
    return;
  }
  if (families_->first_list == nullptr) families_->first_list = &families_->lists_expire.Add({});
  families_->first_list->Set(static_cast<double>(absl::ToUnixSeconds(at)));
}

void Metrics::CountEndedCalls(size_t calls) { families_->ended.Increment(static_cast<double>(calls)); }

void Metrics::CountLate(absl::string_view what) { families_->late.Add({{"what", std::string(what)}}).Increment(); }

void Metrics::SetRecovering(bool is_recovering) { families_->recovering.Set(is_recovering ? 1 : 0); }
void Metrics::SetStorage(uint64_t free_bytes, bool nearly_full) {
  families_->storage_free.Set(static_cast<double>(free_bytes));
  families_->storage_nearly_full.Set(nearly_full ? 1 : 0);
}

void Metrics::SetStoreDamaged(bool damaged) { families_->store_damaged.Set(damaged ? 1 : 0); }

std::string Metrics::Text() const { return prometheus::TextSerializer().Serialize(families_->registry.Collect()); }

}  // namespace envej::operations
