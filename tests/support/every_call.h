#ifndef ENVEJ_TESTS_SUPPORT_EVERY_CALL_H_
#define ENVEJ_TESTS_SUPPORT_EVERY_CALL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "envej/v1/inbox_service.grpc.pb.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "envej/v1/operations_service.grpc.pb.h"
#include "grpc/health/v1/health_service.grpc.pb.h"

namespace envej::support {

// What one call was answered: its status, and the rejection of its only item if it has one.
struct Answered {
  grpc::Status status = {};
  v1::Rejection rejected = {};
  bool has_rejected = false;
};

// One caller's calls of a BrokerProcess. Of an answer that is OK each one checks that it is the one asked for.
class Caller {
 public:
  explicit Caller(const std::shared_ptr<grpc::Channel>& channel);

  // A new notice.
  Answered Submit(const std::string& code);
  Answered SubmitBatch(const std::string& code);
  Answered Revise(const std::string& code, const std::string& id);
  Answered Withdraw(const std::string& code, const std::string& id);
  Answered AcknowledgeOutcome(const std::string& code, const std::string& id);
  // Until the first answer.
  Answered WatchNotices();
  Answered Get(const std::string& code, const std::string& id);
  Answered List(const std::string& code, std::vector<std::string>* ids = nullptr);
  Answered Municipalities();
  Answered Info();
  Answered Pull(const std::string& code, std::vector<v1::LeaseName>* leases = nullptr);
  Answered Extend(const std::string& code, const v1::LeaseName& lease);
  Answered Acknowledge(const std::string& code, const v1::LeaseName& lease);
  Answered Return(const std::string& code, const v1::LeaseName& lease);
  Answered ListInboxes();
  Answered ListAllNotices();
  Answered Trace(const std::string& id);
  Answered Redrive(const std::string& code, const v1::LeaseName& lease);
  // Proposes it.
  Answered ReturnByOperations(const std::string& code, const v1::LeaseName& lease);
  // A participant whom no test calls as.
  Answered Suspend();
  Answered Resume();
  Answered Participants();
  // Until the first answer.
  Answered WatchEvents();
  Answered BrokerStatus();
  Answered CheckHealth();
  // Until the first answer.
  Answered WatchHealth();

 private:
  const std::unique_ptr<v1::IntakeService::Stub> intake_;
  const std::unique_ptr<v1::InboxService::Stub> inbox_;
  const std::unique_ptr<v1::OperationsService::Stub> operations_;
  const std::unique_ptr<grpc::health::v1::Health::Stub> health_;
};

// How a call is made, about a leased notice in an inbox.
struct KnownCall {
  const char* path;  // as in broker/admission/access_policy.h
  Answered (*make)(Caller& caller, const std::string& code, const v1::LeaseName& lease);
};

// Every call of the access policy, which the tests that use this check.
const std::vector<KnownCall>& EveryCall();

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_EVERY_CALL_H_
