#ifndef ENVEJ_TESTS_FAULTS_FAULTY_BROKER_H_
#define ENVEJ_TESTS_FAULTS_FAULTY_BROKER_H_

#include <map>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "envej/v1/notice.pb.h"
#include "tests/support/broker_process.h"

namespace envej::faults {

inline constexpr int kStoreFailed = 6;
inline constexpr char kEverythingRight[] = "it serves; everything is there";

// A real broker that a fault will meet, and a ledger of what it has answered: after the fault was taken away, all of
// that must hold.
class FaultyBroker {
 public:
  explicit FaultyBroker(const support::BrokerSettings& settings = {}) : broker_(settings) {}

  support::BrokerProcess& broker() { return broker_; }

  // Each calls once for each of so many notices, and ends at the first call that is not answered OK: false, and why in
  // LastError.
  bool Submit(int count);
  bool Acknowledge(int count);
  bool Withdraw(int count);
  const grpc::Status& last_error() const { return last_error_; }

  // While it serves: whether every notice that was accepted is there with its content, neither lost nor handed out
  // again after its acknowledgement or withdrawal; of what was withdrawn the withdrawal may be. What is wrong is
  // recorded as failures.
  void ExpectNothingLost();

  // The same of a store that is damaged: answers may be missing, but none may be wrong. In words for the table;
  // kEverythingRight if nothing is missing.
  std::string DescribeAnswers();

  size_t accepted() const { return accepted_.size(); }

 private:
  // Whether this is so of an accepted notice.
  bool MayBe(const std::string& id, const v1::NoticeStatus& status) const;
  // All notices; what stopped the listing is in last_error.
  std::map<std::string, v1::NoticeStatus> List();
  // Hands out what waits, and takes from `waiting` what came and is right.
  void PullInto(std::set<std::string>& waiting);

  support::BrokerProcess broker_;
  grpc::Status last_error_;
  std::map<std::string, v1::Notice> accepted_;
  std::set<std::string> acknowledged_;   // answered OK
  std::set<std::string> acknowledging_;  // tried; may have been
  std::set<std::string> withdrawn_;
  std::set<std::string> withdrawing_;
};

// The log's first line of this event, as JSON in one line; empty if there is none.
std::string LogLine(const std::string& log, absl::string_view event);

// How a broker ended, in words for the table.
std::string Describe(const support::Ended& ended);

// Mounts a file system in memory of so many bytes on a folder; false where that is not allowed, and then a test is
// skipped. Nothing outside this process and what it starts sees it.
bool MountSmallDisk(const std::string& folder, size_t bytes);
void Unmount(const std::string& folder);
bool RemountReadOnly(const std::string& folder, bool read_only);
// Fills the folder's disk with a file until so many bytes are left.
void FillDisk(const std::string& folder, size_t left, const std::string& ballast = "ballast");
// Removes the files called "ballast" and "more-ballast".
void RemoveBallast(const std::string& folder);

}  // namespace envej::faults

#endif  // ENVEJ_TESTS_FAULTS_FAULTY_BROKER_H_
