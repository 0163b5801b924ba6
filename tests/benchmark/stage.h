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
// Those above and more, as many as Denmark has.
inline constexpr size_t kInboxes = 98;
std::vector<std::string> InboxCodes();
// The last of them: by their agreements what was not fetched there in an hour is late, and elsewhere in four.
inline constexpr size_t kLateInboxes = 8;
bool IsLateInbox(const std::string& code);

// A broker and the empty server, each as a process of its own with the same credentials, in a folder that goes with
// its owner: certificates, configuration, register and store.
class Stage {
 public:
  // `programs`: where the built programs are. `directory`: where to make the folder; on a real disk, or the figures of
  // what is durable mean nothing.
  // `can_skip_time`: the broker's clocks are put under SkipTime, which costs a little processor time.
  static absl::StatusOr<std::unique_ptr<Stage>> Set(const std::string& programs, const std::string& directory,
                                                    bool can_skip_time = false);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  const ServerProcess& broker() const { return *broker_; }
  const ServerProcess& empty_server() const { return *empty_server_; }

  // Lets so much time pass for the broker at once.
  void SkipTime(int minutes) const;

  // One more broker, with a store of its own, that is built without sealing: whatever bytes come as sealed content it
  // keeps as they are, without a look. Nothing until it is started.
  absl::Status StartBrokerWithoutSealing();
  const ServerProcess& broker_without_sealing() const { return *broker_without_sealing_; }

  // New connections, each of its own, made as the clients make theirs.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectToEmptyServer();
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectAsRegion();
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectAsMunicipality(const std::string& code);

  // New files for whoever has this URI name, in place of any with the same `name`; and a new connection with them.
  absl::StatusOr<certs::TlsFiles> IssueToClient(const std::string& name, const std::string& uri);
  static absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const ServerProcess& server,
                                                                const certs::TlsFiles& files);
  // Of an inbox: what is sealed to it.
  std::string InboxCertificateFile(absl::string_view code) const;

  // Stops all; an error if any had failed.
  absl::Status Stop();

 private:
  Stage(std::string programs, std::string folder, certs::CertificateAuthority authority)
      : programs_(std::move(programs)), folder_(std::move(folder)), authority_(std::move(authority)) {}

  absl::Status WriteConfiguration();
  absl::StatusOr<certs::TlsFiles> IssueToRegion();
  absl::StatusOr<certs::TlsFiles> Issue(const std::string& name, const certs::LeafRequest& request);
  std::vector<std::string> SkippingTime() const;
  std::string Path(absl::string_view name) const;

  const std::string programs_;
  const std::string folder_;
  const certs::CertificateAuthority authority_;
  std::unique_ptr<ServerProcess> broker_;
  std::unique_ptr<ServerProcess> broker_without_sealing_;
  std::unique_ptr<ServerProcess> empty_server_;
};

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_STAGE_H_
