#include "tests/benchmark/watchers.h"

#include <httplib.h>

#include <chrono>

#include "absl/strings/str_cat.h"

namespace envej::benchmark {
namespace {

constexpr char kHost[] = "127.0.0.1";
constexpr std::chrono::seconds kBetweenScrapes(1);
constexpr std::chrono::milliseconds kStep(20);
constexpr std::chrono::seconds kAnswersWithin(30);

}  // namespace

Watchers::Watchers(const Watched& watched)
    : watched_(watched), scraper_([this] { Scrape(); }), dashboard_([this] { Follow(); }) {}

Watchers::~Watchers() { Stop().IgnoreError(); }

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
    httplib::Client client(kHost, watched_.metrics_port);
    client.set_read_timeout(kAnswersWithin);
    const httplib::Result result = client.Get("/metrics");
    if (result && result->status == 200) ++scrapes_;
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
