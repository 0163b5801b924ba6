#include "broker/operations/console/top_command.h"

#include <grpcpp/client_context.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/top_screen.h"
#include "certs/client_connection.h"
#include "certs/retried_call.h"
#include "proto/contract/message_codec.h"

namespace envej::console {
namespace {

constexpr absl::Duration kCallMost = absl::Seconds(10);
constexpr int kRedrawMilliseconds = 1'000;  // ages go on also where nothing is answered

// Asks the broker again and again on a thread of its own.
class Asking {
 public:
  explicit Asking(const CommandContext& context)
      : context_(context),
        stub_(v1::OperationsService::NewStub(context.channel)),
        answered_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        thread_([this](std::stop_token stop) { Run(std::move(stop)); }) {}
  ~Asking() {
    thread_.request_stop();
    thread_.join();
    close(answered_);
  }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  // Readable once something new is there, until it is taken.
  int descriptor() const { return answered_; }
  TopState Take() {
    eventfd_t count = 0;
    eventfd_read(answered_, &count);
    const std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  void Run(std::stop_token stop);
  void AskOnce(const std::stop_token& stop);
  // One call, that a stop ends.
  grpc::Status Call(const std::stop_token& stop, const std::function<grpc::Status(grpc::ClientContext&)>& call);

  const CommandContext& context_;
  const std::unique_ptr<Stub> stub_;
  const int answered_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  TopState state_;
  std::jthread thread_;  // last, as it uses the others
};

grpc::Status Asking::Call(const std::stop_token& stop, const std::function<grpc::Status(grpc::ClientContext&)>& call) {
  grpc::ClientContext attempt;
  attempt.set_deadline(absl::ToChronoTime(context_.surroundings.now() + std::min(kCallMost, context_.deadline)));
  const std::stop_callback cancel(stop, [&attempt] { attempt.TryCancel(); });
  return call(attempt);
}

void Asking::AskOnce(const std::stop_token& stop) {
  v1::ListInboxesResponse inboxes;
  v1::GetBrokerStatusResponse broker;
  grpc::Status status =
      Call(stop, [&](grpc::ClientContext& attempt) { return stub_->ListInboxes(&attempt, {}, &inboxes); });
  const absl::Time answered_at = context_.surroundings.now();
  const absl::Duration broker_ahead =
      inboxes.has_counted_at() ? contract::FromMessage(inboxes.counted_at()) - answered_at : absl::ZeroDuration();
  if (status.ok()) {
    status = Call(stop, [&](grpc::ClientContext& attempt) { return stub_->GetBrokerStatus(&attempt, {}, &broker); });
  }
  const std::lock_guard lock(mutex_);
  if (status.ok()) {
    state_ = {.inboxes = {inboxes.inboxes().begin(), inboxes.inboxes().end()},
              .status = std::move(broker),
              .answered_at = answered_at,
              .broker_ahead = broker_ahead,
              .failure = ""};
  } else {
    state_.failure = ExplainFailure(status, context_.broker);
  }
  eventfd_write(answered_, 1);
}

void Asking::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    AskOnce(stop);
    std::unique_lock lock(mutex_);
    const bool connected = state_.failure.empty();
    changed_.wait_for(lock, stop, absl::ToChronoMilliseconds(kTopRefresh), [] { return false; });
    lock.unlock();
    if (!connected && !stop.stop_requested()) certs::Reconnect(*context_.channel, absl::ZeroDuration());
  }
}

// What ends the loop: nothing, q, or a signal.
struct End {
  bool ended = false;
  int signal = 0;
  bool terminal_gone = false;
};

End KeysEnd(const pollfd& keys) {
  if ((keys.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) return {.ended = true, .signal = 0, .terminal_gone = true};
  if ((keys.revents & POLLIN) == 0) return {};
  std::array<char, 64> pressed{};
  const ssize_t count = read(keys.fd, pressed.data(), pressed.size());
  for (ssize_t i = 0; i < count; ++i) {
    if (pressed[static_cast<size_t>(i)] == 'q' || pressed[static_cast<size_t>(i)] == 'Q')
      return {.ended = true, .signal = 0, .terminal_gone = false};
  }
  return {};
}

End Obey(TerminalSignals& signals, FullScreen& screen) {
  while (const std::optional<int> number = signals.Next()) {
    if (*number == SIGWINCH) continue;  // drawn anew in any case
    if (*number != SIGTSTP) return {.ended = true, .signal = *number, .terminal_gone = false};
    screen.Leave();
    raise(SIGSTOP);  // until somebody lets it go on
    screen.Enter();
  }
  return {};
}

End Loop(const CommandContext& context, TerminalSignals& signals) {
  Asking asking(context);
  FullScreen screen(context.streams.screen, context.streams.keys);
  for (;;) {
    const TopState state = asking.Take();
    if (!screen.Draw(TopScreen(state, context.broker, screen.Size(), context.streams.colour, context.copenhagen,
                               context.surroundings.now()))) {
      return {.ended = true, .signal = 0, .terminal_gone = true};
    }
    std::array<pollfd, 3> sources = {{{.fd = signals.descriptor(), .events = POLLIN, .revents = 0},
                                      {.fd = asking.descriptor(), .events = POLLIN, .revents = 0},
                                      {.fd = context.streams.keys, .events = POLLIN, .revents = 0}}};
    poll(sources.data(), sources.size(), kRedrawMilliseconds);
    End end = Obey(signals, screen);
    if (!end.ended) end = KeysEnd(sources[2]);
    if (end.ended) return end;
  }
}

}  // namespace

bool HasScreen(const Streams& streams) {
  if (streams.screen >= 0) return true;
  streams.err
      << "envej-ops top needs a terminal that can be drawn on; `envej-ops inboxes` and `envej-ops status` say the "
         "same once, also as JSON\n";
  return false;
}

ExitCode ShowTop(const CommandContext& context, TerminalSignals& signals) {
  const End end = Loop(context, signals);
  if (end.signal != 0 && end.signal != SIGINT) TerminalSignals::EndBy(end.signal);
  return end.terminal_gone ? ExitCode::kUnusable : ExitCode::kDone;
}

}  // namespace envej::console
