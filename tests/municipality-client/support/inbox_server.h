#ifndef ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_INBOX_SERVER_H_
#define ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_INBOX_SERVER_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "envej/v1/inbox_service.grpc.pb.h"
#include "tests/support/sealing_world.h"

namespace envej::municipality_client {

// An inbox kept in memory behind a real gRPC server on loopback: leases with tokens that are never given twice,
// redelivery, repeated acknowledgements, revisions and withdrawals that void what they replace, and failures on demand.
//
// Thread safety: all functions may be called from any thread.
class InboxServer final : public v1::InboxService::Service {
 public:
  enum class Method { kPull, kExtend, kAcknowledge, kReturn };
  enum class Moment { kBefore, kAfter };  // of carrying the call out: after it, only the answer is lost

  enum class State { kWaiting, kLeased, kAcknowledged, kReturned, kReplaced };

  // Plain notices are handed out sealed by this world's region.
  static const support::SealingWorld& World();

  explicit InboxServer(std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials());
  ~InboxServer() override;

  std::string address() const;  // 127.0.0.1:PORT

  // It replaces what is under way of the notice's lower revisions.
  void Add(const v1::Notice& notice, v1::ItemKind kind = v1::ITEM_KIND_NOTICE, uint32_t replaces_revision = 0);
  void AddWithdrawal(const v1::Withdrawal& withdrawal, uint32_t replaces_revision = 1);
  // Beside that of the world's region, which every pull gives.
  void AddSigner(const certs::Certificate& signer);
  void FailNext(Method method, grpc::StatusCode code, Moment moment, int times = 1);
  // What the next acknowledgement answers for every item, without carrying it out: they wait again, unless it says that
  // they are over (revised, withdrawn, undelivered).
  void RejectNextAcknowledgement(v1::RejectionReason reason);
  // The same for the next return.
  void RejectNextReturn(v1::RejectionReason reason);
  // As if their time had run out.
  void ExpireLeases();
  // Stops listening and listens again on the same port, keeping the inbox.
  void Restart(absl::Duration pause);

  // Of the notice's newest item.
  State StateOf(const std::string& notice_id) const;
  v1::ReturnReason ReturnReasonOf(const std::string& notice_id) const;
  int LeaseCountOf(const std::string& notice_id) const;
  int CallsOf(Method method) const;
  int CountOf(State state) const;
  // Waits until as many items are in the state; false after ten seconds.
  bool WaitForCount(State state, int count) const;
  bool WaitForCalls(Method method, int count) const;

  grpc::Status PullNotices(grpc::ServerContext* context, const v1::PullNoticesRequest* request,
                           v1::PullNoticesResponse* response) override;
  grpc::Status ExtendLeases(grpc::ServerContext* context, const v1::ExtendLeasesRequest* request,
                            v1::ExtendLeasesResponse* response) override;
  grpc::Status AcknowledgeNotices(grpc::ServerContext* context, const v1::AcknowledgeNoticesRequest* request,
                                  v1::AcknowledgeNoticesResponse* response) override;
  grpc::Status ReturnNotices(grpc::ServerContext* context, const v1::ReturnNoticesRequest* request,
                             v1::ReturnNoticesResponse* response) override;

 private:
  struct Item {
    v1::InboxItem item;
    State state = State::kWaiting;
    std::string token;
    absl::Time expires_at;
    v1::ReturnReason return_reason = v1::RETURN_REASON_UNSPECIFIED;
  };
  struct Failure {
    grpc::StatusCode code;
    Moment moment;
  };

  void Listen(int port);
  void Add(v1::InboxItem item, const std::string& notice_id, uint32_t revision);
  // The item that was added last.
  Item* Find(const std::string& notice_id);
  const Item* Find(const std::string& notice_id) const;
  Item* Find(const v1::LeaseName& name);
  // Why this claim does not hold; unspecified if it does.
  v1::RejectionReason WhyNotHeld(const Item* item, const v1::LeaseName& name, State concluded) const;
  bool Fails(Method method, Moment moment, grpc::Status& status);
  void ExpireDue();

  std::shared_ptr<grpc::ServerCredentials> credentials_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<Item> items_;
  std::map<Method, std::deque<Failure>> failures_;
  std::deque<v1::RejectionReason> rejections_;  // of acknowledgements
  std::deque<v1::RejectionReason> return_rejections_;
  std::vector<std::string> more_signers_;
  std::map<Method, int> calls_;
  int last_token_ = 0;
  bool stopping_ = false;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_INBOX_SERVER_H_
