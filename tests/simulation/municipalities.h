#ifndef ENVEJ_TESTS_SIMULATION_MUNICIPALITIES_H_
#define ENVEJ_TESTS_SIMULATION_MUNICIPALITIES_H_

#include <cstddef>
#include <string>

#include "tests/simulation/line.h"

namespace envej::simulation {

// The clients of all municipalities, several at each inbox: each function does one of the things that they do.
class MunicipalityClients {
 public:
  explicit MunicipalityClients(Line& line) : line_(line) {}

  void Pull();
  void Extend();
  // With the newest token, or with an older one that comes late.
  void Acknowledge(bool newest);
  void Return(bool newest);
  // With a token, an inbox or a revision that is not the one that was given, or another reason than before.
  void ClaimFalsely();

  // Everything that waits there, without waiting.
  void PullFrom(const std::string& municipality_code, size_t most, absl::Duration wait);
  // Concludes all that was handed out and is not over.
  void ConcludeAll();

  // With the newest claim on one notice.
  void ExtendNewest(KnownNotice& notice) { ExtendOne(notice, notice.claims.size() - 1); }
  void AcknowledgeNewest(KnownNotice& notice) { AcknowledgeOne(notice, notice.claims.size() - 1); }
  void ReturnNewest(KnownNotice& notice) { ReturnOne(notice, notice.claims.size() - 1); }

 private:
  KnownNotice* AnyClaimed();
  size_t AnyClaim(const KnownNotice& notice, bool newest);
  void ExtendOne(KnownNotice& notice, size_t claim);
  void AcknowledgeOne(KnownNotice& notice, size_t claim);
  void ReturnOne(KnownNotice& notice, size_t claim);

  Line& line_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_MUNICIPALITIES_H_
