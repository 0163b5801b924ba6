#ifndef ENVEJ_TESTS_BENCHMARK_REGION_USER_H_
#define ENVEJ_TESTS_BENCHMARK_REGION_USER_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "certs/sealing.h"
#include "certs/tls_files.h"
#include "envej/v1/notice.pb.h"
#include "tests/benchmark/notices.h"
#include "tests/benchmark/stage.h"

namespace envej::benchmark {

// One of the region's systems, with a certificate of its own: it calls with it, over one connection to the broker, and
// seals with it.
class RegionUser {
 public:
  // `name`: of its files, other than those of all others.
  static absl::StatusOr<std::unique_ptr<RegionUser>> Connect(Stage& stage, const std::string& name);

  const certs::TlsFiles& files() const { return files_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // An invented notice, sealed to this inbox. Under another id it is another one: the broker cannot tell that their
  // content is the same, and takes any number of them.
  absl::StatusOr<v1::Notice> Seal(const Stage& stage, const std::string& municipality_code) const;

 private:
  RegionUser(certs::TlsFiles files, certs::Sealer sealer, std::shared_ptr<grpc::Channel> channel)
      : files_(std::move(files)), sealer_(std::move(sealer)), channel_(std::move(channel)) {}

  const certs::TlsFiles files_;
  const certs::Sealer sealer_;
  const std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_REGION_USER_H_
