#ifndef ENVEJ_TESTS_REGION_CLIENT_PAGES_WARD_PAGES_WORLD_H_
#define ENVEJ_TESTS_REGION_CLIENT_PAGES_WARD_PAGES_WORLD_H_

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/case_locks.h"
#include "region-client/agent/desk.h"
#include "region-client/pages/ward_pages.h"
#include "tests/certs/test_files.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {

inline constexpr char kStaff[] = "urn:envej:operations:ward-p1";
inline constexpr char kSystem[] = "urn:envej:operations:engine";
inline constexpr char kProxy[] = "urn:envej:operations:proxy";

// Two municipalities: one that takes part, and one that does not.
inline v1::ListMunicipalitiesResponse SomeMunicipalities() {
  v1::ListMunicipalitiesResponse all;
  v1::Municipality& copenhagen = *all.add_municipalities();
  copenhagen.set_municipality_code("0101");
  copenhagen.set_name("København");
  copenhagen.set_participating(true);
  copenhagen.set_agreement_in_force(true);
  copenhagen.set_scheme_name("Mentor i København");
  copenhagen.set_phone_number("+4533112233");
  copenhagen.set_leaflet_text("Vi ringer til dig, når du er kommet hjem.");
  v1::Municipality& other = *all.add_municipalities();
  other.set_municipality_code("0147");
  other.set_name("Frederiksberg");
  return all;
}

// A desk with a store of its own, and what the pages are made from.
class WardPagesWorld {
 public:
  explicit WardPagesWorld(absl::Time now) : now_(now) {
    absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(folder_.Options());
    if (!store.ok()) std::abort();
    store_ = *std::move(store);
    municipalities_.Keep(SomeMunicipalities());
    desk_ = std::make_unique<Desk>(
        DeskOptions{.site = TestSite()}, *store_, locks_, [this] { return now_.load(); }, absl::UTCTimeZone(), [] {});
  }

  PageOptions Options() const {
    return {.listen = "127.0.0.1:0",
            .files = authority_.IssueFiles(files_, "server", certs::ServerRequest()),
            .sign_in = {.staff = {kStaff},
                        .systems = {kSystem},
                        .proxy = SignInOptions::Proxy{
                            .certificate = kProxy, .header = "X-Staff", .origin = "https://ward.example"}}};
  }
  WardPagesParts Parts(ProcessMessage process_message = {}) {
    return {.desk = *desk_,
            .municipalities = municipalities_,
            .reaches_broker = [this] { return reaches_broker_.load(); },
            .now = [this] { return now_.load(); },
            .copenhagen = absl::UTCTimeZone(),
            .process_message = std::move(process_message),
            .log =
                [this](const std::string& json) {
                  const std::lock_guard<std::mutex> lock(mutex_);
                  logged_.push_back(json);
                }};
  }
  certs::TlsFiles FilesOf(absl::string_view uri) const {
    return authority_.IssueFiles(files_, "client", certs::ClientRequest(uri));
  }

  Desk& desk() { return *desk_; }
  AgentStore& store() { return *store_; }
  KeptMunicipalities& municipalities() { return municipalities_; }
  absl::Time now() const { return now_; }
  void SetNow(absl::Time now) { now_ = now; }
  bool reaches_broker() const { return reaches_broker_; }
  void SetReachesBroker(bool reaches) { reaches_broker_ = reaches; }
  std::vector<std::string> logged() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return logged_;
  }

 private:
  const certs::TestDirectory files_;
  const certs::TestAuthority authority_;
  AgentFolder folder_;
  std::atomic<absl::Time> now_;
  std::atomic<bool> reaches_broker_ = true;
  CaseLocks locks_;
  KeptMunicipalities municipalities_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Desk> desk_;
  mutable std::mutex mutex_;
  std::vector<std::string> logged_;
};

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_PAGES_WARD_PAGES_WORLD_H_
