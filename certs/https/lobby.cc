#include "certs/https/lobby.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "certs/https/thread_signals.h"

namespace envej::https {
namespace {

constexpr int kPauseMilliseconds = 100;
constexpr int kWaitMilliseconds = 60'000;
constexpr int kAcceptsAtOnce = 16;

bool MayBeTriedAgain(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == ECONNABORTED;
}

}  // namespace

Lobby::Lobby(ListeningSockets listening, int stop, Descriptor wake, const certs::ServerContext& context,
             const HttpsLimits& limits, const Elapsed& elapsed, Hand hand)
    : listening_(std::move(listening)),
      stop_(stop),
      wake_(std::move(wake)),
      context_(context),
      limits_(limits),
      elapsed_(elapsed),
      hand_(std::move(hand)),
      thread_([this] { Run(); }) {}

Lobby::~Lobby() { thread_.join(); }

void Lobby::Keep(std::unique_ptr<TlsConnection> connection) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    kept_.push_back(std::move(connection));
  }
  eventfd_write(wake_.number(), 1);
}

void Lobby::Run() {
  IgnoreBrokenPipes();
  const size_t listeners = listening_.sockets.size();
  std::vector<pollfd> watched;
  for (;;) {
    TakeKept();
    CloseLate();
    watched.assign(
        {{.fd = stop_, .events = POLLIN, .revents = 0}, {.fd = wake_.number(), .events = POLLIN, .revents = 0}});
    for (const Descriptor& socket : listening_.sockets) {
      watched.push_back({.fd = pause_ ? -1 : socket.number(), .events = POLLIN, .revents = 0});
    }
    for (const Guest& guest : guests_) {
      watched.push_back({.fd = guest.connection->number(), .events = guest.events, .revents = 0});
    }
    const int polled = poll(watched.data(), watched.size(), WaitMilliseconds());
    pause_ = false;
    if (polled < 0) continue;
    if (watched[0].revents != 0) return;
    eventfd_t ignored = 0;
    if (watched[1].revents != 0) eventfd_read(wake_.number(), &ignored);
    for (size_t at = 0; at < guests_.size(); ++at) {
      if (watched[2 + listeners + at].revents != 0) GoOn(guests_[at]);
    }
    std::erase_if(guests_, [](const Guest& guest) { return guest.connection == nullptr; });
    Accept();
  }
}

void Lobby::TakeKept() {
  std::vector<std::unique_ptr<TlsConnection>> kept;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    kept.swap(kept_);
  }
  for (auto& connection : kept) Admit({.connection = std::move(connection), .shakes_hands = false, .events = POLLIN});
}

void Lobby::Accept() {
  for (const Descriptor& socket : listening_.sockets) {
    for (int round = 0; round < kAcceptsAtOnce; ++round) {
      Descriptor accepted(accept4(socket.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (accepted.number() < 0) {
        pause_ = pause_ || !MayBeTriedAgain(errno);
        break;
      }
      auto connection = TlsConnection::Make(std::move(accepted), stop_, context_.current(), limits_, elapsed_);
      if (connection != nullptr) Admit({.connection = std::move(connection), .shakes_hands = true, .events = POLLIN});
    }
  }
}

void Lobby::Admit(Guest guest) {
  guest.connection->SetSince(elapsed_());
  if (guests_.size() >= limits_.connections) {
    const auto shaking = std::find_if(guests_.begin(), guests_.end(), [](const Guest& g) { return g.shakes_hands; });
    guests_.erase(shaking == guests_.end() ? guests_.begin() : shaking);
  }
  guests_.push_back(std::move(guest));
}

void Lobby::GoOn(Guest& guest) {
  if (!guest.shakes_hands) return hand_(std::move(guest.connection));
  switch (guest.connection->GoOn()) {
    case TlsConnection::Handshake::kWantsRead:
      guest.events = POLLIN;
      return;
    case TlsConnection::Handshake::kWantsWrite:
      guest.events = POLLOUT;
      return;
    case TlsConnection::Handshake::kFailed:
      guest.connection = nullptr;
      return;
    case TlsConnection::Handshake::kDone:
      guest.shakes_hands = false;
      guest.events = POLLIN;
      guest.connection->SetSince(elapsed_());
      return;
  }
}

absl::Duration Lobby::DeadlineOf(const Guest& guest) const {
  return guest.connection->since() + (guest.shakes_hands ? limits_.handshake : limits_.idle);
}

void Lobby::CloseLate() {
  const absl::Duration now = elapsed_();
  std::erase_if(guests_, [&](const Guest& guest) { return DeadlineOf(guest) <= now; });
}

int Lobby::WaitMilliseconds() const {
  int64_t most = pause_ ? kPauseMilliseconds : kWaitMilliseconds;
  const absl::Duration now = elapsed_();
  for (const Guest& guest : guests_) most = std::min(most, absl::ToInt64Milliseconds(DeadlineOf(guest) - now) + 1);
  return static_cast<int>(std::max<int64_t>(most, 0));
}

}  // namespace envej::https
