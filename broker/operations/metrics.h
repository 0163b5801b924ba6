#ifndef ENVEJ_BROKER_OPERATIONS_METRICS_H_
#define ENVEJ_BROKER_OPERATIONS_METRICS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::operations {

// What the broker counts for those who watch it, in the names and the text format of Prometheus. No value and no label
// holds anything of a notice or a citizen. Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A refused call, or a refused item of one, by the reason's name. `caller` is the URI name of a participant of the
  // register, or empty for whoever is none, so that there are no more series than participants times reasons; beyond
  // kRefusalSeriesMost of them callers are counted together, as "others".
  void CountRefused(const std::string& caller, absl::string_view reason);
  static constexpr size_t kRefusalSeriesMost = 4096;

  // The files that the trust rests on were read again, and taken, or are broken.
  void CountReload(bool taken);
  // When the first revocation list expires; InfiniteFuture where revocation is not asked.
  void SetRevocationListsExpire(absl::Time at);
  // Open calls were ended whose callers may no longer call.
  void CountEndedCalls(size_t calls);

  // A notice is late, in one of a few ways.
  void CountLate(absl::string_view what);

  // Whether pulls are refused because the store was restored.
  void SetRecovering(bool is_recovering);
  // What is free on the store's disk, and whether that is so little that nothing new is taken.
  void SetStorage(uint64_t free_bytes, bool nearly_full);
  // What the last checksum verification of the store found.
  void SetStoreDamaged(bool damaged);

  // All of it, as it is now.
  std::string Text() const;

 private:
  struct Families;
  const std::unique_ptr<Families> families_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_METRICS_H_
