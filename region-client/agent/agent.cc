#include "region-client/agent/agent.h"

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/contract/day.h"
#include "region-client/agent/agent_log.h"
#include "region-client/agent/agent_server.h"
#include "region-client/agent/case_locks.h"
#include "region-client/agent/follower.h"
#include "region-client/agent/sender.h"
#include "region-client/agent/stopping.h"
#include "region-client/agent/teller.h"
#include "region-client/pages/municipalities.h"
#include "region-client/pages/ward_pages.h"
#include "region-client/sources/fhir_source.h"

namespace envej::region {
namespace {

constexpr absl::Duration kUpkeepEach = absl::Minutes(10);
// So that nothing erased is in a file for longer.
constexpr absl::Duration kCompactEach = absl::Hours(24);
constexpr size_t kUpkeepAtOnce = 100;
// All municipalities, each with a leaflet of the longest, are some hundred kilobytes.
constexpr size_t kMunicipalitiesBytes = size_t{4} << 20;
constexpr absl::Duration kStopLookEach = absl::Milliseconds(250);

// Everything that runs, wired together. Listeners of the ward's systems come beside the local service, in Serve.
class Agent {
 public:
  Agent(const AgentConfig& config, const AgentOutside& outside, absl::TimeZone copenhagen,
        std::shared_ptr<grpc::Channel> channel)
      : config_(config),
        outside_(outside),
        log_(outside.streams.err, outside.surroundings.now),
        surroundings_({.now = [this] { return stopping_.stopped() ? absl::InfiniteFuture() : Now(); },
                       .sleep = [this](absl::Duration duration) { stopping_.Sleep(duration); },
                       .random = outside.surroundings.random}),
        context_({.channel = std::move(channel),
                  .broker = config.connection.broker,
                  .notices_of = {},
                  .copenhagen = copenhagen,
                  .streams = outside.streams,
                  .surroundings = surroundings_}) {}

  absl::Status Run(const std::function<bool()>& is_to_stop, const std::function<void()>& ready);

 private:
  absl::Time Now() const { return outside_.surroundings.now(); }
  absl::Status Serve(const std::function<bool()>& is_to_stop, const std::function<void()>& ready);
  absl::Status RecallMunicipalities();
  void Learn(const v1::ListMunicipalitiesResponse& told);
  absl::Status OpenFolders();
  absl::StatusOr<std::unique_ptr<WardPages>> ServePages(const FhirSource& fhir);
  void Start(std::function<absl::Status()> part);
  absl::Status Upkeep();
  void Fail(const absl::Status& status);
  absl::Status failure();

  const AgentConfig& config_;
  const AgentOutside& outside_;
  AgentLog log_;
  Stopping stopping_;
  const Surroundings surroundings_;
  const CommandContext context_;
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
  std::unique_ptr<Desk> desk_;
  Doorbell outbox_bell_;
  std::unique_ptr<Teller> teller_;
  std::unique_ptr<Sender> sender_;
  std::unique_ptr<Follower> follower_;
  KeptMunicipalities municipalities_;
  std::vector<std::unique_ptr<HandedFolder>> folders_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  absl::Status failure_;
  std::atomic<bool> failed_ = false;
};

absl::Status Agent::Run(const std::function<bool()>& is_to_stop, const std::function<void()>& ready) {
  AgentStoreOptions options = config_.store;
  options.fail_stop = [this](const absl::Status& status) { Fail(status); };
  absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(options);
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  if (absl::Status recalled = RecallMunicipalities(); !recalled.ok()) return recalled;
  const auto log = [this](const std::string& line) { log_.Say(line); };
  teller_ = std::make_unique<Teller>(
      TellerParts{.store = *store_, .stopping = stopping_, .surroundings = surroundings_, .log = log},
      MakeTellingWays(config_.telling, [this](const std::string& line) { log_.Tell(line); }));
  const auto told = [this] { teller_->Ring(); };
  const auto put = [this] { outbox_bell_.Ring(); };
  desk_ = std::make_unique<Desk>(
      config_.desk, *store_, locks_, [this] { return Now(); }, context_.copenhagen, put);
  sender_ = std::make_unique<Sender>(
      SenderParts{.context = context_,
                  .now = [this] { return Now(); },
                  .store = *store_,
                  .locks = locks_,
                  .doorbell = outbox_bell_,
                  .stopping = stopping_,
                  .make_sealer = [this] { return outside_.make_sealer(config_.sealing); },
                  .learned = [this](const v1::ListMunicipalitiesResponse& municipalities) { Learn(municipalities); },
                  .told = told,
                  .log = log});
  follower_ = std::make_unique<Follower>(FollowerParts{.context = context_,
                                                       .now = [this] { return Now(); },
                                                       .store = *store_,
                                                       .locks = locks_,
                                                       .stopping = stopping_,
                                                       .told = told,
                                                       .put = put,
                                                       .log = log,
                                                       .learn_anew = [this] { sender_->LearnAnew(); }});
  const absl::Status status = Serve(is_to_stop, ready);
  stopping_.Stop();
  outbox_bell_.Ring();
  teller_->Ring();
  for (std::thread& thread : threads_) thread.join();
  return status;
}

absl::Status Agent::Serve(const std::function<bool()>& is_to_stop, const std::function<void()>& ready) {
  const AgentServerParts served{.desk = *desk_,
                                .store = *store_,
                                .sender = *sender_,
                                .municipalities = municipalities_,
                                .now = [this] { return Now(); },
                                .copenhagen = context_.copenhagen};
  const absl::StatusOr<std::unique_ptr<AgentServer>> server = AgentServer::Start(config_.socket(), served);
  if (!server.ok()) return server.status();
  std::vector<std::unique_ptr<Hl7Listener>> listeners;
  for (const Hl7ListenerOptions& each : config_.hl7) {
    absl::StatusOr<std::unique_ptr<Hl7Listener>> listener =
        Hl7Listener::Start(each, {.desk = *desk_,
                                  .copenhagen = context_.copenhagen,
                                  .now = [this] { return Now(); },
                                  .log = [this](const std::string& line) { log_.Say(line); }});
    if (!listener.ok()) return listener.status();
    log_.Say(absl::StrCat(each.name, ": listens for HL7 on port ", (*listener)->port()));
    listeners.push_back(*std::move(listener));
  }
  if (absl::Status status = OpenFolders(); !status.ok()) return status;
  const auto log = [this](const std::string& line) { log_.Say(line); };
  const FhirSource fhir(
      {.desk = *desk_, .copenhagen = context_.copenhagen, .now = [this] { return Now(); }, .log = log});
  const absl::StatusOr<std::unique_ptr<WardPages>> pages = ServePages(fhir);
  if (!pages.ok()) return pages.status();
  Start([this] { return sender_->Run(); });
  Start([this] { return follower_->Run(); });
  Start([this] { return Upkeep(); });
  for (size_t way = 0; way < teller_->ways(); ++way) Start([this, way] { return teller_->Run(way); });
  for (const std::unique_ptr<HandedFolder>& folder : folders_) {
    Start([this, &folder] {
      folder->Run(stopping_);
      return absl::OkStatus();
    });
  }
  ready();
  while (!is_to_stop() && !failed_) outside_.surroundings.sleep(kStopLookEach);
  return failure();
}

// The page needs them also where the agent is started while the broker is away.
absl::Status Agent::RecallMunicipalities() {
  absl::StatusOr<std::optional<v1::ListMunicipalitiesResponse>> kept = store_->ReadMunicipalities();
  if (kept.ok() && kept->has_value()) municipalities_.Keep(**std::move(kept));
  return kept.status();
}

// Kept anew each time, so that it is under the secret in use.
void Agent::Learn(const v1::ListMunicipalitiesResponse& told) {
  municipalities_.Keep(told);
  if (told.ByteSizeLong() > kMunicipalitiesBytes) return;
  AgentBatch batch = store_->NewBatch();
  batch.PutMunicipalities(told);
  if (const absl::Status status = store_->Write(std::move(batch)); !status.ok()) Fail(status);
}

// Null where none are configured. `fhir` must outlive them.
absl::StatusOr<std::unique_ptr<WardPages>> Agent::ServePages(const FhirSource& fhir) {
  if (!config_.page.has_value()) return std::unique_ptr<WardPages>();
  absl::StatusOr<std::unique_ptr<WardPages>> pages = WardPages::Start(
      *config_.page,
      {.desk = *desk_,
       .municipalities = municipalities_,
       .now = [this] { return Now(); },
       .copenhagen = context_.copenhagen,
       .process_message = [&fhir](const Peer& peer, const std::string& content_type,
                                  const std::string& body) { return fhir.Process(peer, content_type, body); },
       .log = [this](const std::string& json) { log_.SayOfPage(json); }});
  if (pages.ok()) log_.Say(absl::StrCat("page: listens on port ", (*pages)->port()));
  return pages;
}

absl::Status Agent::OpenFolders() {
  for (const HandedFolderOptions& each : config_.folders) {
    absl::StatusOr<AtRest> at_rest = AtRest::Read(config_.store.secret, config_.store.former_secrets);
    if (!at_rest.ok()) return at_rest.status();
    absl::StatusOr<std::unique_ptr<HandedFolder>> folder =
        HandedFolder::Open(each, {.desk = *desk_,
                                  .at_rest = *std::move(at_rest),
                                  .copenhagen = context_.copenhagen,
                                  .now = [this] { return Now(); },
                                  .log = [this](const std::string& line) { log_.Say(line); }});
    if (!folder.ok()) return folder.status();
    folders_.push_back(*std::move(folder));
  }
  return absl::OkStatus();
}

void Agent::Start(std::function<absl::Status()> part) {
  threads_.emplace_back([this, part = std::move(part)] {
    if (const absl::Status status = part(); !status.ok()) Fail(status);
  });
}

absl::Status Agent::Upkeep() {
  absl::Time compacted_at = absl::InfinitePast();
  while (!stopping_.stopped()) {
    if (Now() >= compacted_at + kCompactEach) {
      if (absl::Status status = store_->Compact(); !status.ok()) return status;
      compacted_at = Now();
    }
    const absl::StatusOr<bool> more = desk_->Upkeep(kUpkeepAtOnce);
    if (!more.ok()) return more.status();
    stopping_.Sleep(*more ? absl::Seconds(1) : kUpkeepEach);
  }
  return absl::OkStatus();
}

void Agent::Fail(const absl::Status& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failure_.ok()) failure_ = status;
  failed_ = true;
}

absl::Status Agent::failure() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return failure_;
}

}  // namespace

absl::Status RunAgent(const AgentConfig& config, const AgentOutside& outside, const std::function<bool()>& is_to_stop,
                      const std::function<void()>& ready) {
  const absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  if (!copenhagen.ok())
    return absl::FailedPreconditionError("the time zone Europe/Copenhagen is missing: install tzdata");
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = outside.connect(config.connection);
  if (!channel.ok()) return channel.status();
  // Whatever of the files is wrong is said now, and not by the first notice.
  if (const absl::StatusOr<NoticeSealer> sealer = outside.make_sealer(config.sealing); !sealer.ok()) {
    return sealer.status();
  }
  return Agent(config, outside, *copenhagen, *channel).Run(is_to_stop, ready);
}

}  // namespace envej::region
