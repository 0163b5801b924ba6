#include "tests/benchmark/hl7_speed.h"

#include <rocksdb/db.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
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
#include "proto/contract/day.h"
#include "region-client/agent/agent_store.h"
#include "region-client/agent/case_locks.h"
#include "region-client/agent/desk.h"
#include "region-client/hl7/mllp_framing.h"
#include "region-client/hl7/mllp_listener.h"
#include "region-client/sources/hl7_source.h"
#include "tests/support/loopback.h"

namespace envej::benchmark {
namespace {

constexpr size_t kSenders = 16;
constexpr size_t kPlainBytes = 1024;
constexpr char kWard[] = "P1";

// A discharge of a patient who does not exist and was never heard of before.
std::string NextDischarge(uint64_t number) {
  return absl::StrFormat(
      "MSH|^~\\&|PAS|NORD|ENVEJ|REGION|20270115140500||ADT^A03^ADT_A03|B%016x|P|2.5|||||DNK|UTF-8\r"
      "EVN|A03|20270115140500\rPID|1||%016x^^^hospital||Opdigtet^Ane||19800517|F|||Opdigtet Vej 1^^Byen^^1000||"
      "+4520000001\rPV1|1|I|%s||||||||||||||||S%016x||||||||||||||||||||||||||20270115140000\r",
      number, number, kWard, number);
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

absl::Status Measure(const std::string& folder, absl::Duration duration, int rounds, Report& report) {
  const absl::StatusOr<absl::TimeZone> zone = contract::CopenhagenTimeZone();
  if (!zone.ok()) return zone.status();
  const absl::StatusOr<Listening> listening = ListenDurably(folder, *zone);
  if (!listening.ok()) return listening.status();
  const absl::StatusOr<std::unique_ptr<rocksdb::DB>> plain = OpenPlain(folder);
  if (!plain.ok()) return plain.status();
  std::atomic<uint64_t> next = 0;
  const auto send = [&, port = listening->listener->port()]() -> Step {
    return [&next, sender = std::make_shared<Sender>(port)] { return sender->Send(NextDischarge(++next)); };
  };
  const auto write = [&]() -> Step { return [&next, &store = **plain] { return WriteSynced(store, ++next); }; };
  for (const size_t threads : {size_t{1}, kSenders}) {
    Row event{
        .name = absl::StrCat("HL7 event, durable, senders: ", threads), .unit = "events", .per_call = 1, .samples = {}};
    Row synced{.name = absl::StrCat("1 KiB put into RocksDB and synced, threads: ", threads),
               .unit = "writes",
               .per_call = 1,
               .samples = {}};
    for (int round = 0; round < rounds; ++round) {
      for (const auto& [row, make_step] : {std::pair<Row*, std::function<Step()>>(&event, send),
                                           std::pair<Row*, std::function<Step()>>(&synced, write)}) {
        const absl::StatusOr<Figures> figures = Repeat(threads, duration, make_step);
        if (!figures.ok()) return figures.status();
        row->samples.push_back(*figures);
      }
    }
    report.ratios.push_back(RatioOf(absl::StrCat("HL7 event / synced put, at once: ", threads), event, synced));
    report.rows.push_back(std::move(event));
    report.rows.push_back(std::move(synced));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureHl7(const std::string& directory, absl::Duration duration, int rounds, Report& report) {
  std::string folder = absl::StrCat(directory, "/envej-benchmark-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot make ", folder));
  const absl::Status status = Measure(folder, duration, rounds, report);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return status;
}

}  // namespace envej::benchmark
