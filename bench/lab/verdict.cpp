// From what was seen to a word and a sentence. Read first: lab.hpp.
#include <map>

#include "bench/lab/subject.hpp"

namespace six::lab {

namespace {

std::string text_of(Milliseconds time) {
    return std::to_string(time.count()) + " ms";
}

std::string joined(const std::vector<std::string>& clauses) {
    std::string text;
    for (const std::string& clause : clauses) {
        if (clause.empty()) continue;
        text += (text.empty() ? "" : "; ") + clause;
    }
    return text;
}

std::string about_others(const Observed& seen) {
    if (!seen.others) return "";
    if (!*seen.others) return "a healthy client got no answer in " + text_of(seen.waited);
    return "healthy clients were answered in " + text_of(seen.slowest) + " or less";
}

std::string about_items(const Observed& seen) {
    if (!seen.stores) return "";
    std::string text = std::to_string(seen.acknowledged) + " items acknowledged, " +
                       std::to_string(seen.lost) + " lost";
    return seen.whole ? text : text + ", and the file is damaged";
}

std::string about_the_end(const Observed& seen) {
    if (!seen.alive) return "the server has died";
    if (seen.spins) return "the server spins";
    if (!seen.recovers) return "it does not recover";
    return seen.leaks ? "descriptors stay open" : "it recovers";
}

/// In one word, the worst that was seen.
std::string trouble(const Observed& seen) {
    if (!seen.alive) return "dies";
    if (seen.lost > 0) return "lost";
    if (!seen.whole) return "damaged";
    if (seen.others == false) return "stalls";
    if (seen.spins) return "spins";
    if (!seen.fair) return seen.fate;
    if (!seen.recovers) return "stuck";
    return seen.leaks ? "leaks" : "";
}

}  // namespace

Verdict judge(const Observed& seen) {
    const std::string bad = trouble(seen);
    Verdict verdict;
    verdict.good = bad.empty();
    verdict.word = !verdict.good ? bad : seen.fate.empty() ? "held" : seen.fate;
    verdict.says =
        joined({about_others(seen), seen.note, about_items(seen), about_the_end(seen)});
    return verdict;
}

std::string meaning(const std::string& word) {
    static const std::map<std::string, std::string> meanings{
        {"held", "nobody else noticed, nothing was lost"},
        {"served", "the client got its answer"},
        {"408", "the slow one was told so, and let go"},
        {"503", "who could not be served was told so at once"},
        {"cut", "the connection was ended"},
        {"kept", "nobody else noticed, but it may keep its place for ever"},
        {"stalls", "a healthy client got no answer while it lasted"},
        {"dies", "the process has ended"},
        {"lost", "an item that was acknowledged is gone"},
        {"damaged", "SQLite finds the file damaged"},
        {"spins", "the processor is busy with nothing"},
        {"stuck", "it does not recover"},
        {"leaks", "descriptors stay open"},
        {"none", "no answer at all"},
        {"200", "acknowledged what was not on the disk"},
        {"skipped", "this machine or this build can't do it"},
    };
    const auto found = meanings.find(word);
    return found == meanings.end() ? "" : found->second;
}

std::vector<Fault> all_faults() {
    std::vector<Fault> all;
    for (const auto& some : {client_faults(), system_faults(), crash_faults()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

Verdict run(const Fault& fault, const Server& server) {
    try {
        Subject subject(server);
        try {
            return judge(fault.run(subject));
        } catch (const Skipped&) {
            throw;
        } catch (const std::exception& error) {
            if (!subject.listened() || subject.running()) throw;
            return {"dies", false, false,
                    std::string("the server has died: ") + error.what()};
        }
    } catch (const Skipped& why) {
        return {"skipped", true, true, why.what()};
    } catch (const std::exception& error) {
        return {"error", false, false, error.what()};
    }
}

}  // namespace six::lab
