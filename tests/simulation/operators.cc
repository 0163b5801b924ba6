#include "tests/simulation/operators.h"

#include <vector>

#include "broker/inbox/transition.h"

namespace envej::simulation {

void OperatorClients::RedriveOne(KnownNotice& notice) {
  using Answers = std::vector<absl::StatusOr<bool>>;
  const CallMade call = line_.Made(0);
  line_.inboxes().RedriveAll({.actor = ActorOf(kOperations)}, {notice.key},
                             line_.Expect<Answers>([this, &notice] { RedriveOne(notice); },
                                                   [this, &notice, call](const Answers& answers) {
                                                     line_.CountAnswer("redrive", answers.at(0).status());
                                                     line_.promises().Redriven(notice, line_.Answered(call),
                                                                               answers.at(0).status());
                                                   }));
}

void OperatorClients::Redrive() {
  KnownNotice* const notice = line_.Any([](const KnownNotice&) { return true; });
  if (notice != nullptr) RedriveOne(*notice);
}

void OperatorClients::RedriveAll() {
  for (auto& [key, notice] : line_.notices()) RedriveOne(notice);
}

void OperatorClients::ReturnOne(KnownNotice& notice, const inbox::ReturnByOperations& asked) {
  using Answer = absl::StatusOr<inbox::ReturnedByOperations>;
  const CallMade call = line_.Made(0);
  line_.inboxes().ReturnByOperations({.actor = ActorOf(asked.operator_uri)}, asked, notice.key,
                                     line_.Expect<Answer>([this, &notice, asked] { ReturnOne(notice, asked); },
                                                          [this, &notice, asked, call](const Answer& answer) {
                                                            line_.CountAnswer("return by operations", answer.status());
                                                            line_.promises().ReturnedByOperations(
                                                                notice, asked, line_.Answered(call), answer);
                                                          }));
}

void OperatorClients::ProposeReturn(KnownNotice& notice) {
  const std::string& operator_uri = line_.random().OneOf(Operators());
  notice.proposed_by.insert(operator_uri);
  ReturnOne(notice, {.operator_uri = operator_uri});
}

void OperatorClients::Confirm(KnownNotice& notice, const std::string& operator_uri, absl::Time proposed_at) {
  notice.confirmations.insert({.actor = ActorOf(operator_uri), .proposed_at = proposed_at});
  const std::string id = inbox::ProposalId({.operator_uri = "", .proposed_at = proposed_at});
  ReturnOne(notice, {.operator_uri = operator_uri, .confirmed_proposal_id = id});
}

void OperatorClients::ConfirmReturn(KnownNotice& notice, const std::string& proposer, absl::Time proposed_at) {
  std::vector<std::string> others;
  for (const std::string& each : Operators()) {
    if (ActorOf(each) != proposer) others.push_back(each);
  }
  Confirm(notice, line_.random().OneOf(others), proposed_at);
}

void OperatorClients::Return() {
  KnownNotice* const notice = line_.Any([](const KnownNotice&) { return true; });
  if (notice == nullptr) return;
  if (notice->proposals.empty() || line_.random().OneIn(2)) return ProposeReturn(*notice);
  Confirm(*notice, line_.random().OneOf(Operators()), line_.random().OneOf(notice->proposals).proposed_at);
}

}  // namespace envej::simulation
