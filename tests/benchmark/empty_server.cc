// benchmark-empty-server: the broker's own server, with its credentials and bounds, around one call that does nothing.

#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "broker/clock.h"
#include "broker/log.h"
#include "broker/wire/server.h"
#include "certs/tls_credentials.h"
#include "tests/benchmark/empty_service.grpc.pb.h"

namespace envej::benchmark {
namespace {

class EmptyServer final : public EmptyService::CallbackService {
  grpc::ServerUnaryReactor* DoNothing(grpc::CallbackServerContext* context, const DoNothingRequest*,
                                      DoNothingResponse*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int Serve(const certs::TlsFiles& files) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials = certs::MakeServerCredentials(files);
  if (!credentials.ok()) {
    std::cerr << credentials.status().message() << std::endl;
    return 1;
  }
  EmptyServer service;
  absl::StatusOr<std::unique_ptr<wire::Server>> server =
      wire::Server::Start({.listen = "127.0.0.1:0", .credentials = *std::move(credentials)}, {&service});
  if (!server.ok()) {
    std::cerr << server.status().message() << std::endl;
    return 1;
  }
  const SystemClock clock;
  Log(clock).Info("serving", {{"port", int64_t{(*server)->port()}}});
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  (*server)->Drain(clock, clock.Now());
  return 0;
}

}  // namespace
}  // namespace envej::benchmark

int main(int argument_count, char** arguments) {
  CLI::App program("A server of one call that does nothing.", "benchmark-empty-server");
  envej::certs::TlsFiles files;
  program.add_option("--certificate", files.certificate_chain)->required();
  program.add_option("--key", files.private_key)->required();
  program.add_option("--authorities", files.authorities)->required();
  CLI11_PARSE(program, argument_count, arguments);
  return envej::benchmark::Serve(files);
}
