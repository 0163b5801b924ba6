#ifndef ENVEJ_TESTS_SUPPORT_AGENT_PROCESS_H_
#define ENVEJ_TESTS_SUPPORT_AGENT_PROCESS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/certs/test_files.h"
#include "tests/support/broker_process.h"
#include "tests/support/process.h"

namespace envej::support {

inline constexpr char kWardStaff[] = "urn:envej:operations:ward-p1";  // may use the page
inline constexpr char kWardSystem[] = "urn:envej:operations:engine";  // may post messages

// What may differ from agent to agent.
struct AgentSettings {
  std::string authority = "hospital";  // whose numbers identify a patient
  std::string ward = "P1";             // the one that is regional psychiatry
  std::string more = {};               // further lines of the configuration; after {FOLDER} stands its folder
};

// What is asked of an agent's page, or posted to it as a message.
struct PageRequest {
  std::string as = kWardStaff;
  std::string path;
  std::string body = {};  // without one it is got
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
};

struct PageAnswer {
  int status = 0;  // 0 where nobody answers
  std::string headers;
  std::string body;
};

// The real agent of a ward, in a folder of its own that goes when it goes: HL7 on loopback, a folder for files, the
// page for staff and the place for FHIR messages, each at an address that it keeps start after start.
//
// Thread safety: none.
class AgentProcess {
 public:
  // The broker's settings name its port, and it must outlive the agent.
  explicit AgentProcess(const BrokerProcess& broker, const AgentSettings& settings = {});

  // Starts it and waits until it is ready. False, with a failure recorded, if it is not.
  bool Start();
  // Starts it although it must not run, and tells how it ended.
  Ended StartRefused();
  // Asks it to stop with SIGTERM and waits for its end.
  Ended Stop();
  // SIGKILL.
  void Kill();
  void Signal(int number) { process_->Signal(number); }
  Ended Wait() { return process_->Wait(); }
  // Of this start.
  std::string Log() { return process_->Err(); }
  bool WaitForLog(absl::string_view text);

  // `envej-region ARGUMENTS --agent …`.
  Ended Run(std::vector<std::string> arguments) const;
  // `envej-region consent add` of a yes to all, given today, with what is said of the citizen beside it.
  Ended AddConsent(const std::string& patient, const std::vector<std::string>& more = {},
                   const std::string& municipality_code = kCode) const;
  // Until nothing is left to be sent; false after two minutes.
  bool WaitUntilSent() const;
  // The acknowledgement of a message; empty where there is none.
  std::string SendHl7(absl::string_view message) const;
  PageAnswer Ask(const PageRequest& request) const;
  // Puts a file into its folder as a system does, under another name first.
  void HandOver(const std::string& name, absl::string_view bytes) const;

  const certs::TestDirectory& folder() const { return folder_; }
  std::string config() const { return folder_.Path("agent.yaml"); }
  std::string secret() const { return folder_.Path("agent.secret"); }
  std::string data() const { return folder_.Path("data"); }
  std::string handed_over() const { return folder_.Path("handed-over"); }
  std::string page_origin() const;
  // Files of whoever may use the page.
  const certs::TlsFiles& staff() const { return staff_; }

 private:
  certs::TestDirectory folder_;
  const int hl7_port_;
  const int page_port_;
  const certs::TlsFiles staff_;
  const certs::TlsFiles system_;
  std::unique_ptr<Process> process_;
};

// Today in Copenhagen and so many days after it: YYYY-MM-DD.
std::string DayFromToday(int days);

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_AGENT_PROCESS_H_
