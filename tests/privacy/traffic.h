#ifndef ENVEJ_TESTS_PRIVACY_TRAFFIC_H_
#define ENVEJ_TESTS_PRIVACY_TRAFFIC_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "envej/v1/operations_service.grpc.pb.h"
#include "tests/certs/test_files.h"
#include "tests/privacy/people.h"
#include "tests/support/broker_process.h"

namespace envej::privacy {

// The programs that take part, as they were built.
struct Programs {
  std::string broker = "envej-broker";
  std::string region = "envej-region";
  std::string municipality = "envej-municipality";
};

// Sends people to one broker on every path that there is, each path another person, and gathers what everybody is told.
// Each step but the last leaves the broker running; all that must succeed is expected to.
class Traffic {
 public:
  Traffic(const Programs& programs, support::BrokerProcess& broker) : programs_(programs), broker_(broker) {}

  // By envej-region, which seals: accepted, refused here and there, and lines that are none.
  void SendSealed();
  // By a system that does not seal: alone, in a batch, repeated, with fields that nobody knows.
  void SendPlain();
  // Plain content that breaks a rule, comes from the wrong caller or too late.
  void SendRefused();
  // What is no message, too large, or compressed.
  void SendMalformed();
  // Where no person belongs: ids, codes, tokens, names of methods and hosts, headers, certificates.
  void SendMisplaced();
  // Leased, returned, and received by envej-municipality, which opens it.
  void Deliver();
  // What waits from now on, sealed and plain.
  void SendWhatWaits();
  // What operations are told, and what is asked under a person's name.
  void AskOperations();
  // The pages for operations, and such as there are none of, under a person's name; and what envej-ops prints.
  void AskPages();
  void RunOperationsProgram();
  // The metrics, and a page that there is none of, under a person's name.
  void AskForMetrics();
  // SIGKILL while notices come in. The broker is down after it.
  void Crash();

  const People& people() const { return people_; }
  // Paths on which the broker keeps what was sent; and those whose content the sender sealed.
  const std::set<std::string>& stored() const { return stored_; }
  const std::set<std::string>& sealed_by_sender() const { return sealed_by_sender_; }
  const std::set<std::string>& waiting() const { return waiting_; }
  // What programs and callers were told: on what occasion, and the text or the answer's bytes.
  const std::vector<std::pair<std::string, std::string>>& told() const { return told_; }
  // A region's receipts and proofs.
  std::string kept_by_region() const { return ward_.Path("kept"); }
  // What envej-municipality keeps beside the notices.
  std::string ledger() const { return team_.Path("received/.ledger"); }

 private:
  void Told(const std::string& occasion, const grpc::Status& status);
  void Told(const std::string& occasion, const google::protobuf::MessageLite& answer);
  support::Ended Run(const std::string& occasion, const std::vector<std::string>& arguments);
  void Submit(const std::string& file_name, const std::string& lines, int accepted, int refused);
  v1::Notice Stored(const std::string& path, const std::string& municipality_code);
  std::string StoredLine(const std::string& path, const std::string& municipality_code);
  grpc::Status SubmitPlain(const std::string& occasion, const v1::Notice& notice);
  void AskOperationsUnderNames(v1::OperationsService::Stub& stub);
  // Of the notices that operations are told of.
  std::vector<std::string> OperationsNoticeIds() const;
  void SubmitBytes(const std::string& path, const std::string& bytes);

  const Programs programs_;
  support::BrokerProcess& broker_;
  certs::TestDirectory ward_;
  certs::TestDirectory team_;
  People people_;
  std::set<std::string> stored_;
  std::set<std::string> sealed_by_sender_;
  std::set<std::string> waiting_;
  std::vector<std::pair<std::string, std::string>> told_;
};

}  // namespace envej::privacy

#endif  // ENVEJ_TESTS_PRIVACY_TRAFFIC_H_
