#ifndef ENVEJ_CERTS_REPLACEABLE_CREDENTIALS_H_
#define ENVEJ_CERTS_REPLACEABLE_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <ctime>
#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/tls_files.h"

namespace envej::certs {

// A server's side of TLS whose certificate, key and authorities can be replaced while it serves, all of them together.
// Connections that stand go on as they are: whoever makes a call is to be judged again at each call.
//
// gRPC offers this for files alone, which it reads one after the other whenever they change. It is given files that
// exist in memory only, each written once and then exchanged whole: what it reads is always of one material.
//
// Thread-safe.
class ReplaceableCredentials {
 public:
  // New connections are made with what was replaced after this long at the latest.
  static constexpr absl::Duration kTakenWithin = absl::Seconds(2);

  // `material` is as LoadTlsFiles checks it. RESOURCE_EXHAUSTED if the system gives no memory or no descriptor.
  static absl::StatusOr<std::unique_ptr<ReplaceableCredentials>> Create(const TlsMaterial& material);
  ~ReplaceableCredentials();

  ReplaceableCredentials(const ReplaceableCredentials&) = delete;
  ReplaceableCredentials& operator=(const ReplaceableCredentials&) = delete;

  // As MakeServerCredentials gives. A server that has them must be gone before this object is.
  const std::shared_ptr<grpc::ServerCredentials>& credentials() const { return credentials_; }

  // An error, as Create's, changes nothing.
  absl::Status Replace(const TlsMaterial& material);

 private:
  struct Files;

  explicit ReplaceableCredentials(std::unique_ptr<Files> files);

  std::mutex mutex_;  // of the two below
  const std::unique_ptr<Files> files_;
  time_t generation_ = 1;
  std::shared_ptr<grpc::ServerCredentials> credentials_;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_REPLACEABLE_CREDENTIALS_H_
