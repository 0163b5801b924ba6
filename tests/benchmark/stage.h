#ifndef ENVEJ_TESTS_BENCHMARK_STAGE_H_
#define ENVEJ_TESTS_BENCHMARK_STAGE_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate_authority.h"
#include "certs/tls_files.h"
#include "tests/benchmark/server_process.h"

namespace envej::benchmark {

inline constexpr char kRegion[] = "1081";
// The inboxes that single notices are spread over.
inline constexpr absl::string_view kSpread[] = {"0101", "0147", "0151", "0153", "0155", "0157", "0159", "0161"};
// Those that are measured by themselves.
inline constexpr char kBatchInbox[] = "0461";
inline constexpr char kDeepInbox[] = "0751";
inline constexpr char kShallowInbox[] = "0851";

// A broker and the empty server, both as processes of their own with the same credentials, in a folder that goes with
// its owner: certificates, configuration, register and store.
class Stage {
 public:
  // `programs`: where the built programs are. `directory`: where to make the folder; on a real disk, or the figures of
  // what is durable mean nothing.
  static absl::StatusOr<std::unique_ptr<Stage>> Set(const std::string& programs, const std::string& directory);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  const ServerProcess& broker() const { return *broker_; }
  const ServerProcess& empty_server() const { return *empty_server_; }

  // New connections, each of its own, made as the clients make theirs.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectToEmptyServer();
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectAsRegion();
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectAsMunicipality(const std::string& code);

  // Stops both; an error if either had failed.
  absl::Status Stop();

 private:
  Stage(std::string folder, certs::CertificateAuthority authority)
      : folder_(std::move(folder)), authority_(std::move(authority)) {}

  absl::Status WriteConfiguration();
  absl::StatusOr<certs::TlsFiles> Issue(const std::string& name, const certs::LeafRequest& request);
  absl::StatusOr<certs::TlsFiles> IssueToClient(const std::string& name, const std::string& uri);
  std::string Path(absl::string_view name) const;

  const std::string folder_;
  const certs::CertificateAuthority authority_;
  std::unique_ptr<ServerProcess> broker_;
  std::unique_ptr<ServerProcess> empty_server_;
};

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_STAGE_H_
