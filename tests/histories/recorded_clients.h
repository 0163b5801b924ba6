#ifndef ENVEJ_TESTS_HISTORIES_RECORDED_CLIENTS_H_
#define ENVEJ_TESTS_HISTORIES_RECORDED_CLIENTS_H_

#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "envej/v1/inbox_service.grpc.pb.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "tests/histories/history.h"

namespace envej::histories {

// The notices that all clients of a history work on at the same time, and all calls that were made of them.
//
// Thread-safe.
class History {
 public:
  explicit History(size_t notices);

  const std::vector<std::string>& ids() const { return ids_; }
  void Record(const std::string& id, Call call);
  // A pull without an answer: it may have leased any of them.
  void RecordLostPull(const Call& call);
  // A lease that somebody had; other clients claim by it too.
  void Show(const v1::LeaseName& lease);
  std::vector<v1::LeaseName> Shown(std::mt19937& random, size_t most) const;

  std::map<std::string, std::vector<Call>> calls() const;
  size_t answered() const;
  size_t unanswered() const;

 private:
  std::vector<std::string> ids_;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Call>> calls_;
  std::vector<v1::LeaseName> shown_;
  int lost_pulls_ = 0;
};

// One of a region's systems: submits, revises and withdraws the same notices as all others, by calls of its own.
class RecordedWard {
 public:
  RecordedWard(History& history, std::string address, int client);
  void CallOnce();

 private:
  History& history_;
  const std::string address_;
  const int client_;
  std::mt19937 random_;
  std::unique_ptr<v1::IntakeService::Stub> stub_;
};

// One of a municipality's consumers: pulls, acknowledges and returns, by its own leases, older ones and those of
// others.
class RecordedTeam {
 public:
  RecordedTeam(History& history, std::string address, int client);
  void CallOnce();

 private:
  void Pull();
  void Acknowledge(const std::vector<v1::LeaseName>& leases);
  void Return(const std::vector<v1::LeaseName>& leases);
  // One call that is to conclude all these leases; what became of each, recorded like `call`.
  template <typename Response, typename Send, typename IsDone>
  void Conclude(const std::vector<v1::LeaseName>& leases, Call call, const Send& send, const IsDone& is_done);

  History& history_;
  const std::string address_;
  const int client_;
  std::mt19937 random_;
  std::unique_ptr<v1::InboxService::Stub> stub_;
  std::vector<v1::LeaseName> own_;
};

}  // namespace envej::histories

#endif  // ENVEJ_TESTS_HISTORIES_RECORDED_CLIENTS_H_
