#ifndef ENVEJ_BROKER_OPERATIONS_METRICS_H_
#define ENVEJ_BROKER_OPERATIONS_METRICS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/operations/condition.h"

namespace prometheus {
class Collectable;
}

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

  // So many notices are late, in one of a few ways. A way is there from when it is first counted, with 0 too.
  void CountLate(absl::string_view what, uint64_t notices = 1);

  // Whether pulls are refused because the store was restored.
  void SetRecovering(bool is_recovering);
  // What is free on the store's disk, and whether that is so little that nothing new is taken.
  void SetStorage(uint64_t free_bytes, bool nearly_full);
  // What the last checksum verification of the store found.
  void SetStoreDamaged(bool damaged);

  // Who this is, and since when it runs.
  void SetStart(const std::string& broker, const std::string& version, absl::Time at);
  // SHA-256 of what was read, in hexadecimal digits: brokers of one cluster compare it.
  void SetConfiguration(const std::string& configuration_hash, const std::string& register_hash);
  void SetReserve(uint64_t bytes);
  // When the broker's own certificate expires.
  void SetCertificateExpires(absl::Time at);
  // Signed checkpoints cover all that the journal had then.
  void SetCheckpoint(absl::Time at);
  // Why nothing can be written any more, one line; empty: it can.
  void SetCannotWrite(const std::string& why);
  // Where the journal and its mirror are, asked when somebody wants to know, and may not block; without a mirror null.
  // What they ask must outlive this, or be taken back with null.
  void SetJournal(std::function<uint64_t()> newest_batch, std::function<uint64_t()> mirrored_batch);

  // For how long the oldest commit of the store has been under way, on the same terms. Once that is kStoreHangsAfter,
  // nothing can be written, whatever SetCannotWrite says.
  void SetOldestCommit(std::function<absl::Duration()> age);

  // How long something took, and what a batch of the store held. A few of these a batch, or one a notice.
  void ObserveFetched(absl::Duration since_accepted);
  void ObserveAcknowledged(absl::Duration since_accepted);
  void ObserveBatch(size_t transitions, size_t bytes);
  void ObserveSync(absl::Duration took);

  // More metrics, gathered with each Text for as long as they exist.
  void Add(const std::shared_ptr<prometheus::Collectable>& more);

  // What was told of the broker itself.
  Condition condition() const;

  // All of it, as it is now.
  std::string Text() const;

 private:
  struct Families;
  const std::unique_ptr<Families> families_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_METRICS_H_
