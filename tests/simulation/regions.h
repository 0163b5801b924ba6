#ifndef ENVEJ_TESTS_SIMULATION_REGIONS_H_
#define ENVEJ_TESTS_SIMULATION_REGIONS_H_

#include <map>
#include <string>
#include <vector>

#include "broker/journal/event.h"
#include "tests/simulation/line.h"

namespace envej::simulation {

// The clients of all regions: each function does one of the things that they do, with a notice by
// chance; nothing where there is none for it.
class RegionClients {
 public:
  explicit RegionClients(Line& line) : line_(line) {}

  void SubmitNew();
  // One to three of what was handed in before.
  void HandInAgain();
  // Other content under a revision that was accepted.
  void SayOther();
  void Revise();
  void HandInAgain(KnownNotice& notice) { HandIn(notice, notice.said.begin()->second); }
  // Of a notice that was never submitted.
  void ReviseUnseen();
  void Withdraw();
  void WithdrawUnseen();
  void AcknowledgeOutcome();
  // Looks at what is new in a region's stream.
  void Watch();
  // Asks for a notice's state and receipt.
  void Look();

  // Hands in again what has no receipt and might still get one; each notice's newest only.
  void HandInAll();
  void AcknowledgeAllOutcomes();

  // With one notice.
  void ReviseOne(KnownNotice& notice) { HandIn(notice, Say(notice, Said::Kind::kRevise)); }
  void WithdrawOne(KnownNotice& notice) { HandIn(notice, Say(notice, Said::Kind::kWithdraw)); }
  void AcknowledgeOutcomeOf(KnownNotice& notice);

  // After a restore, from what the region keeps: what the store lost.
  void SendAgainAll();
  void SendAgain(KnownNotice& notice);
  // The stream begins anew.
  void ForgetStreams();

  // By region: what its stream told, in order.
  const std::map<std::string, std::vector<journal::Event>>& streamed() const { return streamed_; }

 private:
  KnownNotice& NewNotice();
  Said& Say(KnownNotice& notice, Said::Kind kind);
  contract::Reason RuledOut(const Said& said, const CallMade& call);
  // One of what a call hands in.
  struct Piece {
    KnownNotice* notice;
    Said* said;
  };
  void HandIn(KnownNotice& notice, Said& said) { HandIn({{.notice = &notice, .said = &said}}); }
  void HandIn(const std::vector<Piece>& pieces);

  Line& line_;
  uint64_t next_id_ = 1;
  std::map<std::string, std::vector<journal::Event>> streamed_;
  std::map<std::string, uint64_t> next_batch_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_REGIONS_H_
