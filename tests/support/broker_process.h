#ifndef ENVEJ_TESTS_SUPPORT_BROKER_PROCESS_H_
#define ENVEJ_TESTS_SUPPORT_BROKER_PROCESS_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "certs/certificate_authority.h"
#include "envej/v1/inbox_service.grpc.pb.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "envej/v1/operations_service.grpc.pb.h"
#include "tests/certs/test_files.h"
#include "tests/support/process.h"

namespace envej::support {

// Who takes part in the register that a BrokerProcess has.
inline constexpr char kRegion[] = "urn:envej:region:1081";       // agreements with 0101 and 0147
inline constexpr char kOtherRegion[] = "urn:envej:region:1082";  // an agreement with 0101
inline constexpr char kSuccessor[] = "urn:envej:region:1086";    // of 1081, and in many years of 1082
inline constexpr char kMunicipality[] = "urn:envej:municipality:0101";
inline constexpr char kOtherMunicipality[] = "urn:envej:municipality:0147";
inline constexpr char kOperations[] = "urn:envej:operations:night-watch";
inline constexpr char kOtherOperations[] = "urn:envej:operations:day-watch";
inline constexpr char kCode[] = "0101";
inline constexpr char kOtherCode[] = "0147";
inline constexpr char kNotParticipatingCode[] = "0151";
inline constexpr char kEndedAgreementCode[] = "0851";  // participates; its agreement with 1081 ended in 2020

// What a test program's certificates come from: one authority, made when first asked for.
certs::TestAuthority& SharedAuthority();

// The certificate and key to which notices for a municipality are sealed; under SharedAuthority.
const certs::IssuedCertificate& InboxFor(const std::string& municipality_code);

// The credentials of a client with this certificate, who trusts SharedAuthority.
std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const certs::IssuedCertificate& client);

// The credentials of a client whose certificate has these URI names; without any it has no certificate at all.
std::shared_ptr<grpc::ChannelCredentials> CredentialsFor(const std::vector<std::string>& uris);

// A channel of its own, sharing no connection with others.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address,
                                           const std::shared_ptr<grpc::ChannelCredentials>& credentials);

// What may differ from broker to broker; the rest is as in deploy/broker.yaml.
struct BrokerSettings {
  std::string listen = "127.0.0.1:0";
  std::string more = {};                 // further lines of the configuration
  int open_files = 0;                    // as many as it may have open (ulimit -n), if not 0
  bool revocation = false;               // asks the list in the file lists/authority.pem, on which nobody is at first
  std::string program = "envej-broker";  // which was built
  std::vector<std::string> environment = {};  // NAME=VALUE, beside the test's own
};

// The real broker with a register, certificates and a store of its own, in a folder that goes when it goes. Between
// start and stop it is one process; the folder stays.
//
// Thread safety: address() from any thread; all else from one.
class BrokerProcess {
 public:
  explicit BrokerProcess(const BrokerSettings& settings = {});

  // Starts it and waits until it serves. False, with a failure recorded, if it does not.
  bool Start();
  // Starts it and waits for nothing.
  void Begin() { process_ = std::make_unique<Process>(ServeArguments()); }
  // Waits until what was begun serves. False, with a failure recorded, if it does not.
  bool Resume();
  // Starts it although it must not serve, and tells how it ended.
  Ended StartRefused();
  // While it runs.
  pid_t process_id() const { return process_->id(); }
  void Signal(int number) { process_->Signal(number); }
  // Asks it to stop with SIGTERM and waits for its end.
  Ended Stop();
  // Waits for its end after a signal.
  Ended Wait(absl::Duration at_most = absl::Seconds(30));
  // SIGKILL.
  void Kill();
  std::string Log() { return process_->Err(); }
  // Waits until the log of this start holds `text` so many times; false if it has ended without, or time is up.
  bool WaitForLog(absl::string_view text, int times = 1, absl::Duration at_most = absl::Seconds(30));

  // Port 0 until it has served, unless the settings name a port.
  std::string address() const;
  const certs::TestDirectory& folder() const { return folder_; }
  std::string config() const { return folder_.Path("broker.yaml"); }
  std::string data() const { return folder_.Path("data"); }
  std::vector<std::string> ServeArguments() const;

  std::shared_ptr<grpc::Channel> ChannelFor(absl::string_view uri) const;
  std::unique_ptr<v1::IntakeService::Stub> Intake(absl::string_view uri) const;
  std::unique_ptr<v1::InboxService::Stub> Inbox(absl::string_view uri) const;
  std::unique_ptr<v1::OperationsService::Stub> Operations(absl::string_view uri) const;
  // The four connection options of the clients, with files for this identity; `name` begins the files' names.
  std::vector<std::string> ConnectionArguments(absl::string_view uri, absl::string_view name = "client") const;
  // The same, with what each program seals or opens with.
  std::vector<std::string> RegionArguments(absl::string_view uri, absl::string_view name = "client") const;
  std::vector<std::string> MunicipalityArguments(absl::string_view uri, absl::string_view name = "client") const;

 private:
  int open_files_;
  std::string program_;
  std::vector<std::string> environment_;
  certs::TestDirectory folder_;
  mutable std::mutex mutex_;
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

// The plain notice of a pulled item, opened with InboxFor and checked against the signer that the pull gives; an empty
// one, with a failure recorded, if it does not open.
v1::Notice Opened(const v1::InboxItem& item, const v1::PullNoticesResponse& pulled);

// Calls: each has a deadline of its own, so that no test waits for ever.
std::unique_ptr<grpc::ClientContext> CallContext(absl::Duration deadline = absl::Seconds(20));

// One call of any method with a request and an answer in bytes: "/package.Service/Method".
struct BytesAnswer {
  grpc::Status status;
  std::string bytes;
};
BytesAnswer CallWithBytes(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                          const std::string& request);

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_BROKER_PROCESS_H_
