#include "region-client/agent/agent.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/contract/day.h"
#include "region-client/agent/agent_log.h"
#include "region-client/agent/agent_server.h"
#include "region-client/agent/case_locks.h"
#include "region-client/agent/followed_files.h"
#include "region-client/agent/follower.h"
#include "region-client/agent/sender.h"
#include "region-client/agent/stopping.h"
#include "region-client/agent/store_mark.h"
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
constexpr absl::Duration kStopLookEach = absl::Milliseconds(250);
constexpr int kStopLooksPerFileLook = 4;
constexpr int kStopLooksPerMark = 240;

// Everything that runs, wired together. Listeners of the ward's systems come beside the local service, in Serve.
class Agent {
 public:
  Agent(const AgentConfig& config, const AgentOutside& outside, absl::TimeZone copenhagen)
      : config_(config),
        outside_(outside),
        log_(outside.streams.err, outside.surroundings.now),
        surroundings_({.now = [this] { return stopping_.stopped() ? absl::InfiniteFuture() : Now(); },
                       .sleep = [this](absl::Duration duration) { stopping_.Sleep(duration); },
                       .random = outside.surroundings.random,
                       .stop = stopping_.token()}),
        copenhagen_(copenhagen) {}

  absl::Status Run(const AgentSignals& signals, const std::function<void()>& ready);

 private:
  absl::Time Now() const { return outside_.surroundings.now(); }
  // How the broker is reached, with the certificate of now. Any thread.
  CommandContext Context();
  // From now on with the certificate as it is now. An error changes nothing.
  absl::Status Connect();
  absl::Status Serve(const AgentSignals& signals, const std::function<void()>& ready);
  void Attend(const AgentSignals& signals);
  // Says it where the store is behind its mark.
  void CompareWithMark();
  void Mark();
  void Stop();
  absl::Status OpenFolders();
  absl::StatusOr<std::unique_ptr<WardPages>> ServePages(const FhirSource& fhir);
  void KeepMunicipalities(const v1::ListMunicipalitiesResponse& municipalities);
  bool ReachesBroker();
  void Start(std::function<absl::Status()> part);
  absl::Status Upkeep();
  void Fail(const absl::Status& status);
  absl::Status failure();

  const AgentConfig& config_;
  const AgentOutside& outside_;
  AgentLog log_;
  Stopping stopping_;
  const Surroundings surroundings_;
  const absl::TimeZone copenhagen_;
  FollowedFiles files_{[this](const std::string& line) { log_.Say(line); }};
  CaseLocks locks_;
  std::unique_ptr<AgentStore> store_;
  uint64_t marked_writes_ = 0;
  absl::Status marked_;  // how that ended last
  std::optional<absl::Time> lacks_until_;
  std::unique_ptr<Desk> desk_;
  Doorbell outbox_bell_;
  std::unique_ptr<Teller> teller_;
  std::unique_ptr<Sender> sender_;
  std::unique_ptr<Follower> follower_;
  KeptMunicipalities municipalities_;
  std::vector<std::unique_ptr<HandedFolder>> folders_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;  // of the two below
  std::shared_ptr<grpc::Channel> channel_;
  absl::Status failure_;
  std::atomic<bool> failed_ = false;
};

CommandContext Agent::Context() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return {.channel = channel_,
          .broker = config_.connection.broker,
          .notices_of = {},
          .copenhagen = copenhagen_,
          .streams = outside_.streams,
          .surroundings = surroundings_};
}

absl::Status Agent::Connect() {
  // Whatever of the files is wrong is said now, and not by the first notice.
  if (const absl::StatusOr<NoticeSealer> sealer = outside_.make_sealer(config_.sealing); !sealer.ok()) {
    return sealer.status();
  }
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = outside_.connect(config_.connection);
  if (!channel.ok()) return channel.status();
  const std::lock_guard<std::mutex> lock(mutex_);
  channel_ = *std::move(channel);
  return absl::OkStatus();
}

absl::Status Agent::Run(const AgentSignals& signals, const std::function<void()>& ready) {
  files_.Follow("broker", config_.connection.files, [this] {
    const absl::Status connected = Connect();
    if (connected.ok()) sender_->LearnAnew();  // what is signed with is of the same files
    return connected;
  });
  if (absl::Status connected = Connect(); !connected.ok()) return connected;
  AgentStoreOptions options = config_.store;
  options.fail_stop = [this](const absl::Status& status) { Fail(status); };
  absl::StatusOr<std::unique_ptr<AgentStore>> store = AgentStore::Open(options);
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  CompareWithMark();
  Mark();
  absl::StatusOr<std::optional<v1::ListMunicipalitiesResponse>> last_said = store_->ReadMunicipalities();
  if (!last_said.ok()) return last_said.status();
  if (last_said->has_value()) municipalities_.Keep(**std::move(last_said));
  const auto log = [this](const std::string& line) { log_.Say(line); };
  teller_ = std::make_unique<Teller>(
      TellerParts{.store = *store_,
                  .stopping = stopping_,
                  .surroundings = surroundings_,
                  .log = log,
                  .copenhagen = copenhagen_},
      MakeTellingWays(
          config_.telling, [this](const std::string& line) { return log_.Tell(line); }, stopping_.token()));
  const auto told = [this] { teller_->Ring(); };
  const auto put = [this] { outbox_bell_.Ring(); };
  desk_ = std::make_unique<Desk>(
      config_.desk, *store_, locks_, [this] { return Now(); }, copenhagen_, put);
  const auto context = [this] { return Context(); };
  sender_ = std::make_unique<Sender>(SenderParts{
      .context = context,
      .now = [this] { return Now(); },
      .store = *store_,
      .locks = locks_,
      .doorbell = outbox_bell_,
      .stopping = stopping_,
      .make_sealer = [this] { return outside_.make_sealer(config_.sealing); },
      .learned = [this](const v1::ListMunicipalitiesResponse& municipalities) { KeepMunicipalities(municipalities); },
      .told = told,
      .log = log});
  follower_ = std::make_unique<Follower>(FollowerParts{.context = context,
                                                       .now = [this] { return Now(); },
                                                       .store = *store_,
                                                       .locks = locks_,
                                                       .stopping = stopping_,
                                                       .told = told,
                                                       .put = put,
                                                       .log = log,
                                                       .learn_anew = [this] { sender_->LearnAnew(); }});
  const absl::Status status = Serve(signals, ready);
  Stop();
  for (std::thread& thread : threads_) thread.join();
  Mark();
  return status;
}

void Agent::CompareWithMark() {
  const absl::StatusOr<std::optional<StoreMark>> mark = ReadStoreMark(config_.mark());
  if (!mark.ok()) return log_.Say(std::string(mark.status().message()));
  if (!mark->has_value() || store_->writes() >= (*mark)->writes) return;
  lacks_until_ = (*mark)->at;
  log_.Say(absl::StrCat("the store was put back to an earlier state, and lacks some of what was registered until ",
                        absl::FormatTime(absl::RFC3339_sec, (*mark)->at, absl::UTCTimeZone()),
                        ": register the consents of that time again"));
}

// An aid, without which an agent still serves.
void Agent::Mark() {
  const uint64_t writes = store_->writes();
  if (writes == marked_writes_) return;
  const absl::Status marked = WriteStoreMark(config_.mark(), {.writes = writes, .at = Now()});
  if (!marked.ok() && marked != marked_) log_.Say(std::string(marked.message()));
  if (marked.ok()) marked_writes_ = writes;
  marked_ = marked;
}

void Agent::Stop() {
  stopping_.Stop();
  outbox_bell_.Ring();
  teller_->Ring();
}

absl::Status Agent::Serve(const AgentSignals& signals, const std::function<void()>& ready) {
  const AgentServerParts served{.desk = *desk_,
                                .store = *store_,
                                .sender = *sender_,
                                .municipalities = municipalities_,
                                .now = [this] { return Now(); },
                                .copenhagen = copenhagen_,
                                .lacks_until = lacks_until_};
  const absl::StatusOr<std::unique_ptr<AgentServer>> server = AgentServer::Start(config_.socket(), served);
  if (!server.ok()) return server.status();
  std::vector<std::unique_ptr<Hl7Listener>> listeners;
  for (const Hl7ListenerOptions& each : config_.hl7) {
    if (each.tls.has_value()) {
      files_.Follow(each.name, *each.tls,
                    [&listeners, place = listeners.size()] { return listeners[place]->Reload(); });
    }
    absl::StatusOr<std::unique_ptr<Hl7Listener>> listener =
        Hl7Listener::Start(each, {.desk = *desk_,
                                  .copenhagen = copenhagen_,
                                  .now = [this] { return Now(); },
                                  .log = [this](const std::string& line) { log_.Say(line); }});
    if (!listener.ok()) return listener.status();
    log_.Say(absl::StrCat(each.name, ": listens for HL7 on port ", (*listener)->port()));
    listeners.push_back(*std::move(listener));
  }
  if (absl::Status status = OpenFolders(); !status.ok()) return status;
  const auto log = [this](const std::string& line) { log_.Say(line); };
  const FhirSource fhir({.desk = *desk_, .copenhagen = copenhagen_, .now = [this] { return Now(); }, .log = log});
  std::unique_ptr<WardPages> pages;
  if (config_.page.has_value()) {
    files_.Follow("page", config_.page->files, [&pages] { return pages->Reload(); });
    absl::StatusOr<std::unique_ptr<WardPages>> begun = ServePages(fhir);
    if (!begun.ok()) return begun.status();
    pages = *std::move(begun);
  }
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
  log_.WhileSilent(ready);  // other threads log already
  Attend(signals);
  Stop();  // before what is served ends: each waits for what it has under way
  return failure();
}

void Agent::Attend(const AgentSignals& signals) {
  for (int look = 1; !signals.is_to_stop() && !failed_; ++look) {
    outside_.surroundings.sleep(kStopLookEach);
    const bool at_once = signals.is_to_read_again();
    if (at_once || look % kStopLooksPerFileLook == 0) files_.Look(at_once);
    if (look % kStopLooksPerMark == 0) Mark();
  }
}

// `fhir` must outlive them.
absl::StatusOr<std::unique_ptr<WardPages>> Agent::ServePages(const FhirSource& fhir) {
  absl::StatusOr<std::unique_ptr<WardPages>> pages = WardPages::Start(
      *config_.page,
      {.desk = *desk_,
       .municipalities = municipalities_,
       .reaches_broker = [this] { return ReachesBroker(); },
       .now = [this] { return Now(); },
       .copenhagen = copenhagen_,
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
                                  .copenhagen = copenhagen_,
                                  .now = [this] { return Now(); },
                                  .log = [this](const std::string& line) { log_.Say(line); }});
    if (!folder.ok()) return folder.status();
    folders_.push_back(*std::move(folder));
  }
  return absl::OkStatus();
}

// Staff go on while the broker is away, also after a start.
void Agent::KeepMunicipalities(const v1::ListMunicipalitiesResponse& municipalities) {
  const std::shared_ptr<const v1::ListMunicipalitiesResponse> known = municipalities_.current();
  municipalities_.Keep(municipalities);
  if (known != nullptr && known->SerializeAsString() == municipalities.SerializeAsString()) return;
  AgentBatch batch = store_->NewBatch();
  batch.PutMunicipalities(municipalities);
  if (const absl::Status status = store_->Write(std::move(batch)); !status.ok())
    log_.Say(std::string(status.message()));
}

// The channel has lost it as soon as the watch has; the sender only once it has something to send.
bool Agent::ReachesBroker() {
  return sender_->reaches_broker() && Context().channel->GetState(/*try_to_connect=*/false) == GRPC_CHANNEL_READY;
}

void Agent::Start(std::function<absl::Status()> part) {
  threads_.emplace_back([this, part = std::move(part)] {
    if (const absl::Status status = part(); !status.ok()) Fail(status);
  });
}

absl::Status Agent::Upkeep() {
  absl::Time compacted_at = absl::InfinitePast();
  while (!stopping_.stopped()) {
    // Also where the clock was set back.
    if (Now() >= compacted_at + kCompactEach || Now() < compacted_at) {
      // It may need as much room as the store has: an agent serves without it.
      const absl::Status compacted = store_->Compact(stopping_.token());
      if (absl::IsDataLoss(compacted)) return compacted;
      if (!compacted.ok()) log_.Say(absl::StrCat(compacted.message(), "; trying again tomorrow"));
      compacted_at = Now();
    }
    const absl::StatusOr<bool> more = desk_->Upkeep(kUpkeepAtOnce);
    if (!more.ok() && !absl::IsUnavailable(more.status())) return more.status();
    if (!more.ok()) log_.Say(absl::StrCat(more.status().message(), "; trying again"));
    stopping_.Sleep(more.value_or(false) ? absl::Seconds(1) : kUpkeepEach);
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

absl::Status RunAgent(const AgentConfig& config, const AgentOutside& outside, const AgentSignals& signals,
                      const std::function<void()>& ready) {
  const absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  if (!copenhagen.ok())
    return absl::FailedPreconditionError("the time zone Europe/Copenhagen is missing: install tzdata");
  return Agent(config, outside, *copenhagen).Run(signals, ready);
}

}  // namespace envej::region
