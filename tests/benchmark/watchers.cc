#include "tests/benchmark/watchers.h"

#include <httplib.h>

#include <chrono>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace envej::benchmark {
namespace {

constexpr char kHost[] = "127.0.0.1";
constexpr std::chrono::seconds kBetweenScrapes(1);
constexpr std::chrono::milliseconds kStep(20);
constexpr std::chrono::seconds kAnswersWithin(30);
constexpr int kStepsToFirst = 1500;

// Nothing if it did not come.
std::optional<std::string> MetricsAt(int port) {
  httplib::Client client(kHost, port);
  client.set_read_timeout(kAnswersWithin);
  const httplib::Result result = client.Get("/metrics");
  if (!result || result->status != 200) return std::nullopt;
  return result->body;
}

}  // namespace

absl::StatusOr<double> Watchers::Scraped(const Watched& watched, const std::string& metric) {
  const std::optional<std::string> text = MetricsAt(watched.metrics_port);
  if (!text.has_value()) return absl::UnavailableError("the metrics of the benchmark's broker did not come");
  double sum = 0;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    double value = 0;
    if (parts.first.substr(0, parts.first.find('{')) == metric && absl::SimpleAtod(parts.second, &value)) sum += value;
  }
  return sum;
}

Watchers::Watchers(const Watched& watched)
    : watched_(watched), scraper_([this] { Scrape(); }), dashboard_([this] { Follow(); }) {}

Watchers::~Watchers() { Stop().IgnoreError(); }

absl::Status Watchers::AwaitFirst() const {
  for (int step = 0; step < kStepsToFirst; ++step) {
    if (scrapes_ > 0 && fed_bytes_ > 0) return absl::OkStatus();
    std::this_thread::sleep_for(kStep);
  }
  return absl::DeadlineExceededError("the broker lets nobody watch it");
}

absl::Status Watchers::Stop() {
  stopping_ = true;
  if (scraper_.joinable()) scraper_.join();
  if (dashboard_.joinable()) dashboard_.join();
  if (scrapes_ == 0 || fed_bytes_ == 0) {
    return absl::UnavailableError(absl::StrCat("the broker was not watched: scraped ", scrapes_.load(), " times, fed ",
                                               fed_bytes_.load(), " bytes"));
  }
  return absl::OkStatus();
}

void Watchers::Scrape() {
  for (auto next = std::chrono::steady_clock::now(); !stopping_; std::this_thread::sleep_for(kStep)) {
    if (std::chrono::steady_clock::now() < next) continue;
    next += kBetweenScrapes;
    const auto begin = std::chrono::steady_clock::now();
    if (!MetricsAt(watched_.metrics_port).has_value()) continue;
    scrape_milliseconds_.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    ++scrapes_;
  }
}

void Watchers::Follow() {
  while (!stopping_) {
    httplib::SSLClient client(kHost, watched_.pages_port, watched_.operations.certificate_chain,
                              watched_.operations.private_key);
    client.set_ca_cert_path(watched_.operations.authorities.c_str());
    client.set_read_timeout(kAnswersWithin);
    client.Get("/feed", [this](const char*, size_t size) {
      fed_bytes_ += static_cast<int64_t>(size);
      return !stopping_;
    });
    std::this_thread::sleep_for(kStep);
  }
}

}  // namespace envej::benchmark
