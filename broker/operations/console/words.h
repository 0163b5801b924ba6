#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_WORDS_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_WORDS_H_

#include <google/protobuf/repeated_field.h>

#include <map>
#include <string>

#include "broker/operations/console/output.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

// The contract's values as words for people; one that only a newer broker knows is shown with its number.
std::string WordOf(v1::NoticeState state);
std::string WordOf(v1::ItemKind kind);
std::string WordOf(v1::EventKind kind);
std::string WordOf(v1::Lateness lateness);
std::string WordOf(v1::ReturnReason reason);
std::string WordOf(v1::WithdrawalReason reason);

// "not fetched in time, past discharge"; empty where there is none.
std::string WordsOf(const google::protobuf::RepeatedField<int>& late);

// The words that options take, such as "lease-expired", with what they mean: all that the contract has.
const std::map<std::string, v1::NoticeState>& States();
const std::map<std::string, v1::EventKind>& EventKinds();

// "MUNICIPALITY/REGION/ID": as commands take it, and as they show it. Of what the broker sent, to be made printable.
std::string NameOf(const v1::OperationsNoticeName& name);
std::string NameOf(const v1::OperationsNotice& notice);

// What is wrong with such a name; empty if it is good.
std::string CheckNoticeName(const std::string& text);
// The same of a name or of an id alone.
std::string CheckNoticeNameOrId(const std::string& text);
// A name that was checked; of an id alone, with that alone.
v1::OperationsNoticeName ToNoticeName(const std::string& text);

// What else is to be said of an event, such as why a notice was returned; empty for nothing. Printable.
std::string DetailOf(const v1::OperationsEvent& event);
std::string DetailOf(const v1::TraceHop& hop);

// How much an event stands out among others.
Emphasis EmphasisOf(v1::EventKind kind);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_WORDS_H_
