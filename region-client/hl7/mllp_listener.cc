#include "region-client/hl7/mllp_listener.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "region-client/hl7/mllp_framing.h"

namespace envej::hl7 {
namespace {

constexpr int kBacklog = 128;
constexpr int kAcceptsAtOnce = 16;
constexpr size_t kLeavingMost = 16;  // connections that are cut or done, and whose thread has not ended
constexpr int kPauseMilliseconds = 100;
constexpr int kWaitMilliseconds = 60'000;

// OpenSSL writes to a socket without asking that a connection that broke be told of by an error alone.
void IgnoreBrokenPipes() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool MayBeTriedAgain(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == ECONNABORTED;
}

}  // namespace

absl::StatusOr<std::unique_ptr<MllpListener>> MllpListener::Start(absl::string_view address,
                                                                  const certs::ServerContext* context,
                                                                  MllpHandlers handlers, const MllpLimits& limits) {
  absl::StatusOr<ListeningSockets> listening = Listen(address, kBacklog);
  if (!listening.ok()) return listening.status();
  if (context == nullptr && !IsOnLoopback(*listening)) {
    return absl::InvalidArgumentError(
        absl::StrCat("MLLP without TLS is taken on loopback addresses alone, and ", address, " is another"));
  }
  Descriptor stop(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  Descriptor wake(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (stop.number() < 0 || wake.number() < 0) return absl::UnavailableError("the system gives no file descriptor");
  return std::unique_ptr<MllpListener>(
      new MllpListener(*std::move(listening), std::move(stop), std::move(wake), context, std::move(handlers), limits));
}

MllpListener::MllpListener(ListeningSockets listening, Descriptor stop, Descriptor wake,
                           const certs::ServerContext* context, MllpHandlers handlers, const MllpLimits& limits)
    : listening_(std::move(listening)),
      stop_(std::move(stop)),
      wake_(std::move(wake)),
      context_(context),
      handlers_(std::move(handlers)),
      limits_(limits),
      thread_([this] { Run(); }) {}

MllpListener::~MllpListener() { Stop(); }

void MllpListener::Stop() {
  eventfd_write(stop_.number(), 1);
  if (thread_.joinable()) thread_.join();
  listening_.sockets.clear();
  for (Sender& sender : senders_) {
    if (sender.thread.joinable()) sender.thread.join();
  }
  senders_.clear();
}

void MllpListener::Run() {
  std::vector<pollfd> watched;
  for (;;) {
    Reap();
    const bool may_accept = !pause_ && HasRoom();
    watched.assign({{.fd = stop_.number(), .events = POLLIN, .revents = 0},
                    {.fd = wake_.number(), .events = POLLIN, .revents = 0}});
    for (const Descriptor& socket : listening_.sockets) {
      watched.push_back({.fd = may_accept ? socket.number() : -1, .events = POLLIN, .revents = 0});
    }
    const int polled = poll(watched.data(), watched.size(), pause_ ? kPauseMilliseconds : kWaitMilliseconds);
    pause_ = false;
    if (polled < 0) continue;
    if (watched[0].revents != 0) return;
    eventfd_t ignored = 0;
    if (watched[1].revents != 0) eventfd_read(wake_.number(), &ignored);
    if (may_accept) Accept();
  }
}

// Joins those that are done, whose threads are ending.
void MllpListener::Reap() {
  std::list<Sender> done;
  {
    const std::lock_guard lock(mutex_);
    for (auto next = senders_.begin(); next != senders_.end();) {
      const auto sender = next++;
      if (sender->state == State::kDone) done.splice(done.end(), senders_, sender);
    }
  }
  for (Sender& sender : done) sender.thread.join();
}

bool MllpListener::HasRoom() {
  const std::lock_guard lock(mutex_);
  return senders_.size() < limits_.connections + limits_.handshakes + kLeavingMost;
}

void MllpListener::Accept() {
  for (const Descriptor& socket : listening_.sockets) {
    for (int round = 0; round < kAcceptsAtOnce && HasRoom(); ++round) {
      Descriptor accepted(accept4(socket.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (accepted.number() < 0) {
        pause_ = pause_ || !MayBeTriedAgain(errno);
        break;
      }
      Admit(std::move(accepted));
    }
  }
}

void MllpListener::Admit(Descriptor socket) {
  auto connection =
      MllpConnection::Make(std::move(socket), stop_.number(), context_ == nullptr ? nullptr : context_->current());
  if (connection == nullptr) return;
  const std::lock_guard lock(mutex_);
  if (CountOf({State::kShakesHands}) >= limits_.handshakes) CutOldest({State::kShakesHands});
  Sender& sender = senders_.emplace_back();
  sender.connection = std::move(connection);
  sender.since = ++changes_;
  try {
    sender.thread = std::thread([this, &sender] { Serve(sender); });
  } catch (const std::system_error&) {  // the system gives no thread
    senders_.pop_back();
    pause_ = true;
  }
}

// On the connection's own thread.
void MllpListener::Serve(Sender& sender) {
  IgnoreBrokenPipes();
  MllpConnection& connection = *sender.connection;
  if (!connection.ShakeHands(limits_.handshake)) {
    Tell(connection.peer(), absl::UnauthenticatedError("no certificate that is taken was shown in time"));
  } else if (!Enter(sender)) {
    Tell(connection.peer(), absl::ResourceExhaustedError("there are too many connections"));
  } else if (!Converse(sender)) {
    connection.End();
  }
  connection.Cut();
  SetState(sender, State::kDone);
  eventfd_write(wake_.number(), 1);
}

// False if the last word is ours.
bool MllpListener::Converse(Sender& sender) {
  MllpConnection& connection = *sender.connection;
  FrameDecoder decoder(limits_.message_bytes);
  connection.SetReadingTime(limits_.idle);
  for (;;) {
    absl::string_view bytes = connection.Read();
    if (bytes.empty()) {
      if (decoder.is_within_frame())
        Tell(connection.peer(), absl::DeadlineExceededError("a frame did not come to its end"));
      return true;
    }
    while (!bytes.empty()) {
      const bool was_within = decoder.is_within_frame();
      absl::StatusOr<std::optional<std::string>> message = decoder.Decode(bytes);
      if (!message.ok()) {
        Tell(connection.peer(), message.status());
        if (absl::IsResourceExhausted(message.status())) Answer(sender, decoder.TakeMessage());
        return false;
      }
      if (message->has_value()) {
        if (!Answer(sender, **std::move(message))) return false;
      } else if (!was_within && decoder.is_within_frame()) {
        if (!SetState(sender, State::kBusy)) return true;
        connection.SetReadingTime(limits_.frame);
      }
    }
  }
}

// False if there is to be no other message.
bool MllpListener::Answer(Sender& sender, std::string message) {
  MllpConnection& connection = *sender.connection;
  if (!SetState(sender, State::kBusy)) return false;
  const std::string answer = handlers_.answer(connection.peer(), std::move(message));
  SetState(sender, State::kAnswered);
  if (!answer.empty() && !connection.Write(EncodeFrame(answer), limits_.answer, limits_.farewell)) {
    Tell(connection.peer(), absl::DeadlineExceededError("an answer was not taken"));
    return false;
  }
  connection.SetReadingTime(limits_.idle);
  return SetState(sender, State::kIdle) && !IsToEnd();
}

bool MllpListener::Enter(Sender& sender) {
  const std::lock_guard lock(mutex_);
  if (sender.state != State::kShakesHands) return false;
  const size_t at_rest = CountOf({State::kIdle, State::kAnswered});
  if (at_rest + CountOf({State::kBusy}) >= limits_.connections) {
    if (at_rest == 0) return false;
    CutOldest({State::kIdle, State::kAnswered});
  }
  sender.state = State::kIdle;
  sender.since = ++changes_;
  return true;
}

// False if it was cut: then it stays so until it is done.
bool MllpListener::SetState(Sender& sender, State state) {
  const std::lock_guard lock(mutex_);
  if (sender.state == State::kCut && state != State::kDone) return false;
  sender.state = state;
  if (state == State::kBusy) sender.since = ++changes_;
  return true;
}

// One whose answer goes out ends after it.
void MllpListener::CutOldest(const std::set<State>& states) {
  Sender* oldest = nullptr;
  for (Sender& sender : senders_) {
    if (states.count(sender.state) > 0 && (oldest == nullptr || sender.since < oldest->since)) oldest = &sender;
  }
  if (oldest == nullptr) return;
  if (oldest->state != State::kAnswered) oldest->connection->Cut();
  oldest->state = State::kCut;
}

size_t MllpListener::CountOf(const std::set<State>& states) const {
  return static_cast<size_t>(std::count_if(senders_.begin(), senders_.end(),
                                           [&](const Sender& sender) { return states.count(sender.state) > 0; }));
}

void MllpListener::Tell(const Peer& peer, const absl::Status& why) const {
  if (handlers_.closed && !IsToEnd()) handlers_.closed(peer, why);
}

bool MllpListener::IsToEnd() const {
  pollfd watched{.fd = stop_.number(), .events = POLLIN, .revents = 0};
  return poll(&watched, 1, 0) != 0;
}

}  // namespace envej::hl7
