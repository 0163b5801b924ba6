#ifndef ENVEJ_MUNICIPALITY_CLIENT_INBOX_CLIENT_H_
#define ENVEJ_MUNICIPALITY_CLIENT_INBOX_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "envej/v1/inbox_service.grpc.pb.h"
#include "proto/contract/rejection.h"

namespace envej::municipality_client {

// An attempt that failed and will be made again.
struct Retry {
  absl::StatusCode code = absl::StatusCode::kUnknown;
  contract::Reason reason = contract::Reason::kNone;
  bool lacks_tls_connection = false;  // as certs::LacksTlsConnection
  absl::Duration wait;
};

// What a pull gives.
struct Pulled {
  std::vector<v1::InboxItem> items;
  std::vector<std::string> signer_certificates;  // in DER, as the broker gave them
};

// The calls to one municipality's inbox. What may succeed later is tried again, with the same tokens, after a random
// wait that grows to ten seconds.
//
// Errors: UNAVAILABLE when the broker did not answer for `patience`; CANCELLED when a pull was stopped; otherwise the
// broker's refusal, with its code. Texts hold nothing that the broker sent but the name of its reason. Refusals of
// single items are in the results.
//
// Thread safety: all functions may be called from any thread, but `on_retry` is called on the caller's.
class InboxClient {
 public:
  struct Settings {
    std::string municipality_code;
    absl::Duration patience;  // how long to go on without an answer, for each call anew; may be infinite
    std::function<void(const Retry&)> on_retry;
  };

  InboxClient(std::shared_ptr<grpc::Channel> channel, Settings settings);

  // At most `most` items, leased for `lease`; none when there was none for `wait`. A stop ends it at once.
  absl::StatusOr<Pulled> Pull(int most, absl::Duration wait, absl::Duration lease,
                                                  std::stop_token stop);

  // One attempt, at most `limit` long: a lease that could not be extended may be extended by the next.
  absl::Status ExtendOnce(const std::vector<v1::LeaseName>& leases, absl::Duration lease, absl::Duration limit,
                          std::stop_token stop);

  // One result a lease, in order. After a stop they go on for at most ten seconds.
  absl::StatusOr<std::vector<v1::AcknowledgeNoticeResult>> Acknowledge(const std::vector<v1::LeaseName>& leases,
                                                                       std::stop_token stop);
  absl::StatusOr<std::vector<v1::ReturnNoticeResult>> Return(const std::vector<v1::NoticeReturn>& returns,
                                                             std::stop_token stop);

 private:
  enum class OnStop { kCancel, kFinishSoon };

  template <typename Response, typename Attempt>
  absl::StatusOr<Response> Call(Attempt attempt, absl::Duration limit, OnStop on_stop, std::stop_token stop);

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::InboxService::Stub> stub_;
  Settings settings_;
};

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_INBOX_CLIENT_H_
