#ifndef ENVEJ_MUNICIPALITY_CLIENT_PULL_COMMAND_H_
#define ENVEJ_MUNICIPALITY_CLIENT_PULL_COMMAND_H_

#include <grpcpp/channel.h>

#include <CLI/App.hpp>
#include <cstdio>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "municipality-client/content_opener.h"
#include "municipality-client/step.h"

namespace envej::municipality_client {

// How the program ends.
inline constexpr int kExitDone = 0;
inline constexpr int kExitRefused = 1;     // something was refused, returned or failed
inline constexpr int kExitUnusable = 2;    // usage, or a file, certificate, folder or output that cannot be used
inline constexpr int kExitNotReached = 3;  // the broker was not reached within the deadline

// What `pull` and `watch` are told.
struct PullOptions {
  std::string folder;
  std::string municipality_code;
  int batch = 100;
  std::string lease = "60s";
  std::string deadline = "5m";
  std::string command;
  std::string output = "text";
  bool forever = false;  // watch
  OpeningFiles opening;
  std::vector<std::string> regions_named;  // as ReadRegionNames takes them; they become `opening.regions`
  std::vector<std::string> successors;     // as Successions::Read takes them; they become `opening.successions`
};

// Adds the options that both take; those of `pull` alone too unless `options.forever`. Ranges are checked when the
// command line is parsed. `options` outlives the application.
void AddPullOptions(CLI::App& application, PullOptions& options);

// Receives until the inbox is empty or, with `forever`, until a stop; what was held is finished first. Returns how
// the program ends. Events go to `events`, all else to `messages`.
int RunPull(const PullOptions& options, std::shared_ptr<grpc::Channel> channel, std::stop_token stop, std::FILE* events,
            std::FILE* messages, StepCallback on_step = nullptr);

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_PULL_COMMAND_H_
