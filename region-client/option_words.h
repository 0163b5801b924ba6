#ifndef ENVEJ_REGION_CLIENT_OPTION_WORDS_H_
#define ENVEJ_REGION_CLIENT_OPTION_WORDS_H_

#include <map>
#include <string>

#include "envej/v1/intake_service.pb.h"
#include "envej/v1/state.pb.h"
#include "region-client/output.h"
#include "region-client/progress_bar.h"

namespace envej::region {

// The words that options take, with what they mean.
const std::map<std::string, OutputForm>& OutputForms();
const std::map<std::string, ProgressMode>& ProgressModes();
const std::map<std::string, v1::NoticeState>& States();
const std::map<std::string, v1::WithdrawalReason>& WithdrawalReasons();
const std::map<std::string, v1::ChangeKind>& ChangeKinds();

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_OPTION_WORDS_H_
