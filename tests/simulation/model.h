#ifndef ENVEJ_TESTS_SIMULATION_MODEL_H_
#define ENVEJ_TESTS_SIMULATION_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/inbox/inboxes.h"
#include "broker/store/key_layout.h"
#include "proto/contract/receipt.h"

namespace envej::simulation {

// An acknowledgement or return, and the token it was made with.
struct Conclusion {
  bool acknowledged = false;
  std::string token;

  bool operator==(const Conclusion&) const = default;
};

// What clients were told of one notice.
struct KnownNotice {
  store::NoticeKey key;
  std::string content;
  std::optional<contract::Receipt> receipt;  // accepted, and known to be
  std::string newest_token;                  // of the last lease that was handed out
  std::set<std::string> tokens;              // every one that was handed out
  std::optional<Conclusion> concluded;       // answered OK
};

// The simple truth that the broker is held against: what every answer that clients saw promises for ever after.
// `violations` says, in words, each promise that was broken.
class Model {
 public:
  std::map<std::string, KnownNotice>& notices() { return notices_; }
  KnownNotice& Add(const store::NoticeKey& key, const std::string& content);

  void Submitted(KnownNotice& notice, const absl::StatusOr<inbox::Accepted>& answer);
  // `other_content`: submitted under an id that was accepted with something else.
  void SubmittedOther(const KnownNotice& notice, const absl::StatusOr<inbox::Accepted>& answer);
  void Pulled(const std::string& municipality_code, const inbox::PulledItem& item);
  void Concluded(KnownNotice& notice, const Conclusion& conclusion, const absl::StatusOr<absl::Time>& answer);

  // Holds the whole store against itself and against what was promised: state = index = content, nothing lost.
  void CheckStore(store::OrderedStore& store);
  // The journal is one unbroken chain, and every known receipt can be rebuilt from it.
  void CheckJournal(store::OrderedStore& store);

  const std::vector<std::string>& violations() const { return violations_; }
  void Violate(const std::string& what) { violations_.push_back(what); }

 private:
  std::map<std::string, KnownNotice> notices_;  // by record key
  std::set<std::string> all_tokens_;
  std::vector<std::string> violations_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_MODEL_H_
