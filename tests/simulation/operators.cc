#include "tests/simulation/operators.h"

#include <vector>

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

void OperatorClients::ReturnOne(KnownNotice& notice, const std::string& operator_uri) {
  using Answer = absl::StatusOr<inbox::ReturnedByOperations>;
  const CallMade call = line_.Made(0);
  notice.returned_by.insert(operator_uri);
  line_.inboxes().ReturnByOperations(
      {.actor = ActorOf(operator_uri)}, operator_uri, notice.key,
      line_.Expect<Answer>([this, &notice, operator_uri] { ReturnOne(notice, operator_uri); },
                           [this, &notice, operator_uri, call](const Answer& answer) {
                             line_.CountAnswer("return by operations", answer.status());
                             line_.promises().ReturnedByOperations(notice, operator_uri, line_.Answered(call), answer);
                           }));
}

void OperatorClients::ReturnAsAnother(KnownNotice& notice, const std::string& proposer) {
  std::vector<std::string> others;
  for (const std::string& each : Operators()) {
    if (ActorOf(each) != proposer) others.push_back(each);
  }
  ReturnOne(notice, line_.random().OneOf(others));
}

void OperatorClients::Return() {
  KnownNotice* const notice = line_.Any([](const KnownNotice&) { return true; });
  if (notice != nullptr) ReturnOne(*notice, line_.random().OneOf(Operators()));
}

}  // namespace envej::simulation
