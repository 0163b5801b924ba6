#ifndef ENVEJ_TESTS_BENCHMARK_NOTICES_H_
#define ENVEJ_TESTS_BENCHMARK_NOTICES_H_

#include <cstdint>
#include <random>
#include <string>

#include "envej/v1/notice.pb.h"

namespace envej::benchmark {

// Makes invented notices of the usual size, each with an id of its own: a name, two phone numbers, an e-mail and a
// postal address. One user at a time.
class NoticeMaker {
 public:
  NoticeMaker();

  // Makes `notice` the next one, to this municipality; what it was before is overwritten.
  void Make(const std::string& municipality_code, v1::Notice& notice);
  // Makes one that was made before a new one, with another id: quicker, so that a load costs little to make.
  void Renew(v1::Notice& notice);

 private:
  std::mt19937_64 random_;
  uint64_t made_ = 0;
  std::string discharge_date_;
  std::string consent_day_;
};

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_NOTICES_H_
