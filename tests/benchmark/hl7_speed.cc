#include "tests/benchmark/hl7_speed.h"

#include <grpcpp/create_channel.h>
#include <rocksdb/db.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "certs/listening_sockets.h"
#include "envej/ward/v1/agent_service.grpc.pb.h"
#include "proto/contract/day.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/case_locks.h"
#include "region-client/agent/desk.h"
#include "region-client/hl7/mllp_framing.h"
#include "region-client/hl7/mllp_listener.h"
#include "region-client/hl7/time_stamp.h"
#include "region-client/sources/hl7_source.h"
#include "tests/benchmark/server_process.h"
#include "tests/benchmark/stage.h"
#include "tests/support/loopback.h"

namespace envej::benchmark {
namespace {

constexpr size_t kSenders = 16;
constexpr size_t kPlainBytes = 1024;
constexpr uint64_t kConsents = 256;
constexpr char kWard[] = "P1";
constexpr absl::Duration kCallDeadline = absl::Seconds(30);

// A discharge of a patient who does not exist, just now, under the number of the message.
std::string Discharge(uint64_t number, uint64_t patient, const std::string& given_name, const absl::TimeZone& zone) {
  const std::string now = hl7::FormatTimeStamp(absl::Now(), zone);
  return absl::StrFormat(
      "MSH|^~\\&|PAS|NORD|ENVEJ|REGION|%s||ADT^A03^ADT_A03|B%016x|P|2.5|||||DNK|UTF-8\r"
      "EVN|A03|%s\rPID|1||%016x^^^hospital||Opdigtet^%s||19800517|F|||Opdigtet Vej 1^^Byen^^1000||"
      "+4520000001\rPV1|1|I|%s||||||||||||||||S%016x||||||||||||||||||||||||||%s\r",
      now, number, now, patient, given_name, kWard, patient, now);
}

// One that nobody heard of before.
std::string NextDischarge(uint64_t number, const absl::TimeZone& zone) {
  return Discharge(number, number, "Ane", zone);
}

// One of those with a consent, under another name than the last, so that there is something to send.
std::string NextChange(uint64_t number, const absl::TimeZone& zone) {
  std::string name = "Ane";
  for (uint64_t rest = number; rest > 0; rest /= 26) name += static_cast<char>('a' + rest % 26);
  return Discharge(number, number % kConsents, name, zone);
}

// One sender on a connection of its own, which waits for each answer.
class Sender {
 public:
  explicit Sender(int port) : socket_(support::ConnectTo(port)) {}

  // Whether it was accepted.
  bool Send(const std::string& message) {
    const std::string frame = hl7::EncodeFrame(message);
    if (send(socket_.number(), frame.data(), frame.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frame.size())) {
      return false;
    }
    for (;;) {
      char bytes[4096];
      const ssize_t count = recv(socket_.number(), bytes, sizeof bytes, 0);
      if (count <= 0) return false;
      absl::string_view rest(bytes, static_cast<size_t>(count));
      const auto answer = decoder_.Decode(rest);
      if (!answer.ok()) return false;
      if (answer->has_value()) return absl::StrContains(**answer, "MSA|AA|");
    }
  }

 private:
  const Descriptor socket_;
  hl7::FrameDecoder decoder_{hl7::kMessageBytesMost};
};

// A listener, and what it needs.
struct Listening {
  std::unique_ptr<region::AgentStore> store;
  std::unique_ptr<region::CaseLocks> locks;
  std::unique_ptr<region::Desk> desk;
  std::unique_ptr<region::Hl7Source> source;
  std::unique_ptr<hl7::MllpListener> listener;
};

absl::StatusOr<Listening> ListenDurably(const std::string& folder, const absl::TimeZone& zone) {
  const std::string secret = folder + "/secret";
  std::ofstream(secret) << std::string(64, 'a') << '\n';
  std::filesystem::permissions(secret, std::filesystem::perms::owner_read);
  Listening listening;
  auto store = region::AgentStore::Open({.folder = folder + "/data", .secret = secret, .former_secrets = {}});
  if (!store.ok()) return store.status();
  listening.store = *std::move(store);
  listening.locks = std::make_unique<region::CaseLocks>();
  region::DeskOptions options{.site = {.patient_authority = "hospital", .wards = {kWard}, .services = {}}};
  options.cases_most = 100'000'000;
  listening.desk = std::make_unique<region::Desk>(
      std::move(options), *listening.store, *listening.locks, [] { return absl::Now(); }, zone, [] {});
  listening.source = std::make_unique<region::Hl7Source>(region::Hl7Source::Parts{.name = "benchmark",
                                                                                  .site = {.zone = zone},
                                                                                  .desk = *listening.desk,
                                                                                  .now = [] { return absl::Now(); },
                                                                                  .log = [](const std::string&) {}});
  auto listener = hl7::MllpListener::Start(
      "127.0.0.1:0", nullptr,
      {.answer = [source = listening.source.get()](
                     const hl7::Peer& peer, const std::string& message) { return source->Answer(peer.name, message); },
       .closed = {}});
  if (!listener.ok()) return listener.status();
  listening.listener = *std::move(listener);
  return listening;
}

// What is done over and over; false if it failed.
using Step = std::function<bool()>;

// So many threads, each with a step of its own, for so long.
absl::StatusOr<Figures> Repeat(size_t threads, absl::Duration duration, const std::function<Step()>& make_step) {
  std::mutex mutex;
  std::vector<double> milliseconds;
  std::atomic<bool> failed = false;
  const absl::Time begin = absl::Now();
  std::vector<std::thread> running;
  for (size_t thread = 0; thread < threads; ++thread) {
    running.emplace_back([&] {
      const Step step = make_step();
      std::vector<double> own;
      while (!failed && absl::Now() < begin + duration) {
        const absl::Time started = absl::Now();
        if (!step()) failed = true;
        own.push_back(absl::ToDoubleMilliseconds(absl::Now() - started));
      }
      const std::lock_guard<std::mutex> lock(mutex);
      milliseconds.insert(milliseconds.end(), own.begin(), own.end());
    });
  }
  for (std::thread& thread : running) thread.join();
  if (failed) return absl::InternalError("an HL7 message was not accepted, or a write failed");
  const auto calls = static_cast<double>(milliseconds.size());
  return Figures{.calls = calls,
                 .calls_per_second = calls / absl::ToDoubleSeconds(absl::Now() - begin),
                 .median_milliseconds = Quantile(milliseconds, 0.5),
                 .p99_milliseconds = Quantile(milliseconds, 0.99),
                 .server_microseconds = 0};
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenPlain(const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, folder + "/plain", &opened);
  if (!status.ok()) return absl::UnavailableError(status.ToString());
  return std::unique_ptr<rocksdb::DB>(opened);
}

bool WriteSynced(rocksdb::DB& store, uint64_t number) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  return store.Put(synced, absl::StrFormat("%016x", number), std::string(kPlainBytes, 'x')).ok();
}

Ratio RatioOf(const std::string& name, const Row& event, const Row& write) {
  Ratio ratio{.name = name, .samples = {}, .goal = std::nullopt};
  for (size_t round = 0; round < write.samples.size(); ++round) {
    ratio.samples.push_back(event.samples[round].calls_per_second / write.samples[round].calls_per_second);
  }
  return ratio;
}

// An agent of its own process, which sends to the stage's broker.
absl::StatusOr<std::unique_ptr<ServerProcess>> StartAgent(const std::string& programs, const std::string& folder,
                                                          Stage& stage) {
  const absl::StatusOr<certs::TlsFiles> files =
      stage.IssueToClient("agent", absl::StrCat("urn:envej:region:", kRegion));
  if (!files.ok()) return files.status();
  const std::string config = folder + "/agent.yaml";
  std::ofstream(config) << "broker:\n  address: " << stage.broker().address()
                        << "\n  certificate: " << files->certificate_chain << "\n  key: " << files->private_key
                        << "\n  authorities: " << files->authorities
                        << "\n  commitment_secret: secret\ndata:\n  folder: agent\n  secret: secret\n"
                        << "site:\n  patient_authority: hospital\n  wards: [" << kWard
                        << "]\nhl7:\n  - name: benchmark\n    listen: 127.0.0.1:0\n";
  return ServerProcess::Start({programs + "/envej-region", "agent", "--config", config}, folder + "/agent.log", {},
                              kListensForHl7);
}

std::unique_ptr<grpc::ClientContext> CallContext() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + kCallDeadline));
  context->set_wait_for_ready(true);
  return context;
}

absl::Status RegisterConsents(ward::v1::AgentService::Stub& agent, const absl::TimeZone& zone) {
  for (uint64_t patient = 0; patient < kConsents; ++patient) {
    ward::v1::RegisterConsentRequest request;
    request.mutable_patient()->set_value(absl::StrFormat("%016x", patient));
    ward::v1::RegisteredConsent& consent = *request.mutable_consent();
    consent.set_municipality_code(std::string(kSpread[patient % std::size(kSpread)]));
    v1::ConsentPart part;
    part.set_given_on(contract::FormatDay(absl::ToCivilDay(absl::Now(), zone)));
    part.set_form(v1::CONSENT_FORM_WRITTEN);
    *consent.mutable_consent()->mutable_contact() = part;
    *consent.mutable_consent()->mutable_disclosure() = part;
    consent.mutable_criteria()->set_aged_18_or_over(true);
    consent.mutable_criteria()->set_mental_illness(true);
    consent.mutable_criteria()->set_discharged_from_regional_psychiatry(true);
    consent.mutable_criteria()->set_no_support_under_serviceloven(true);
    ward::v1::RegisterConsentResponse answer;
    const grpc::Status status = agent.RegisterConsent(CallContext().get(), request, &answer);
    if (!status.ok()) return absl::InternalError(absl::StrCat("no consent was registered: ", status.error_message()));
  }
  return absl::OkStatus();
}

// That what was measured went on to the broker.
absl::Status CheckReceipts(ward::v1::AgentService::Stub& agent) {
  ward::v1::ListReceiptsRequest request;
  request.set_page_size(1);
  ward::v1::ListReceiptsResponse answer;
  const grpc::Status status = agent.ListReceipts(CallContext().get(), request, &answer);
  const bool is_taken = status.ok() && answer.notices_size() > 0;
  return is_taken ? absl::OkStatus() : absl::InternalError("the broker took no notice of the agent's");
}

// What is measured beside the puts, by any number of senders.
struct Taking {
  std::string name;
  int port = 0;
  std::function<std::string(uint64_t number)> next;
};

absl::Status MeasureTakings(const std::vector<Taking>& takings, rocksdb::DB& plain, absl::Duration duration, int rounds,
                            Report& report) {
  std::atomic<uint64_t> next = 0;
  const auto write = [&]() -> Step { return [&] { return WriteSynced(plain, ++next); }; };
  for (const size_t threads : {size_t{1}, kSenders}) {
    std::vector<Row> rows;
    std::vector<std::function<Step()>> steps;
    for (const Taking& taking : takings) {
      rows.push_back({.name = absl::StrCat(taking.name, ", durable, senders: ", threads),
                      .unit = "events",
                      .per_call = 1,
                      .samples = {}});
      steps.emplace_back([&]() -> Step {
        return [&, sender = std::make_shared<Sender>(taking.port)] { return sender->Send(taking.next(++next)); };
      });
    }
    rows.push_back({.name = absl::StrCat("1 KiB put into RocksDB and synced, threads: ", threads),
                    .unit = "writes",
                    .per_call = 1,
                    .samples = {}});
    steps.emplace_back(write);
    for (int round = 0; round < rounds; ++round) {
      for (size_t row = 0; row < rows.size(); ++row) {
        const absl::StatusOr<Figures> figures = Repeat(threads, duration, steps[row]);
        if (!figures.ok()) return figures.status();
        rows[row].samples.push_back(*figures);
      }
    }
    for (size_t row = 0; row < takings.size(); ++row) {
      report.ratios.push_back(
          RatioOf(absl::StrCat(takings[row].name, " / synced put, at once: ", threads), rows[row], rows.back()));
    }
    report.rows.insert(report.rows.end(), rows.begin(), rows.end());
  }
  return absl::OkStatus();
}

absl::Status Measure(const std::string& programs, const std::string& folder, absl::Duration duration, int rounds,
                     Report& report) {
  const absl::StatusOr<absl::TimeZone> zone = contract::CopenhagenTimeZone();
  if (!zone.ok()) return zone.status();
  const absl::StatusOr<Listening> listening = ListenDurably(folder, *zone);
  if (!listening.ok()) return listening.status();
  const absl::StatusOr<std::unique_ptr<rocksdb::DB>> plain = OpenPlain(folder);
  if (!plain.ok()) return plain.status();
  const absl::StatusOr<std::unique_ptr<Stage>> stage = Stage::Set(programs, folder);
  if (!stage.ok()) return stage.status();
  const absl::StatusOr<std::unique_ptr<ServerProcess>> agent = StartAgent(programs, folder, **stage);
  if (!agent.ok()) return agent.status();
  const auto stub = ward::v1::AgentService::NewStub(
      grpc::CreateChannel(absl::StrCat("unix:", folder, "/agent/agent.sock"), grpc::InsecureChannelCredentials()));
  if (absl::Status status = RegisterConsents(*stub, *zone); !status.ok()) return status;
  const std::vector<Taking> takings = {{.name = "HL7 event, listener and desk alone, no consents",
                                        .port = listening->listener->port(),
                                        .next = [&](uint64_t number) { return NextDischarge(number, *zone); }},
                                       {.name = "HL7 event, a real agent that sends a notice of each",
                                        .port = (*agent)->PortIn(kListensForHl7),
                                        .next = [&](uint64_t number) { return NextChange(number, *zone); }}};
  if (absl::Status status = MeasureTakings(takings, **plain, duration, rounds, report); !status.ok()) return status;
  if (absl::Status status = CheckReceipts(*stub); !status.ok()) return status;
  if (absl::Status status = (*agent)->Stop(); !status.ok()) return status;
  return (*stage)->Stop();
}

}  // namespace

absl::Status MeasureHl7(const std::string& programs, const std::string& directory, absl::Duration duration, int rounds,
                        Report& report) {
  std::string folder = absl::StrCat(directory, "/envej-benchmark-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", folder));
  const absl::Status status = Measure(programs, folder, duration, rounds, report);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return status;
}

}  // namespace envej::benchmark
