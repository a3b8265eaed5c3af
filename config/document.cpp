#include "config/document.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <streambuf>
#include <utility>

#include "config/wording.h"

namespace esplane::config {
namespace {

/// Ends the parse; never leaves this file.
struct Stop {
    Place place;
    std::string message;
};

Place place_of(const YAML::Mark& mark) {
    return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1};
}

struct Wording {
    std::string_view theirs;
    std::string_view ours;
};

bool indented_by_tab(std::string_view text, int line) {
    std::size_t start = 0;
    for (int i = 0; i < line; ++i)
        start = text.find('\n', start) + 1;
    const std::size_t first = text.find_first_not_of(' ', start);
    return first != std::string_view::npos && text[first] == '\t';
}

std::string explain(const YAML::Exception& error, std::string_view text) {
    if (!error.mark.is_null() && indented_by_tab(text, error.mark.line)) {
        return "not YAML: a tab cannot indent; use spaces";
    }
    // yaml-cpp says what its grammar missed, not what a person did.
    const Wording wordings[] = {
        {YAML::ErrorMsg::END_OF_MAP, "this does not fit the map above it; check the indentation and the colons"},
        {YAML::ErrorMsg::END_OF_SEQ, "this does not fit the list above it; check the indentation and the dashes"},
        {YAML::ErrorMsg::END_OF_MAP_FLOW, "a comma or a closing } is missing"},
        {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a comma or a closing ] is missing"},
        {YAML::ErrorMsg::MAP_VALUE, "a colon is out of place; check the indentation, or quote the text that has it"},
        {YAML::ErrorMsg::UNKNOWN_ANCHOR, "there is no anchor of this name above"},
        {YAML::ErrorMsg::EOF_IN_SCALAR, "the closing quote is missing"},
    };
    for (const Wording& wording : wordings) {
        if (error.msg.rfind(wording.theirs, 0) == 0) return "not YAML: " + std::string(wording.ours);
    }
    return "not YAML: " + error.msg;
}

/// yaml-cpp reads from a stream; this one reads the caller's memory without a copy.
class MemoryStream : private std::streambuf, public std::istream {
  public:
    explicit MemoryStream(std::string_view text) : std::istream(static_cast<std::streambuf*>(this)) {
        char* begin = const_cast<char*>(text.data());  // a get area is never written to
        setg(begin, begin, begin + text.size());
    }
};

/// Builds the tree from yaml-cpp's events. YAML::Load is not used because it keeps no places of keys, hides keys that
/// appear twice, and lets a few lines of aliases grow without bound.
class Builder : public YAML::EventHandler {
  public:
    NodePtr root() const { return root_; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (started_) throw Stop{place_of(mark), "only one YAML document is accepted; a further one starts here"};
        started_ = true;
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        begin(mark, "", anchor, YamlNode::Kind::kNull);
        end();
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        begin(mark, tag, anchor, YamlNode::Kind::kScalar);
        open_.back().node->scalar = value;
        end();
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        begin(mark, tag, anchor, YamlNode::Kind::kList);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        begin(mark, tag, anchor, YamlNode::Kind::kMap);
    }
    void OnMapEnd() override { end(); }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const NodePtr target = anchor < anchored_.size() ? anchored_[anchor] : nullptr;
        if (target == nullptr) throw Stop{place_of(mark), "this alias stands inside of what it stands for"};
        count(target->weight, place_of(mark));
        attach(target, place_of(mark));
    }

  private:
    struct Open {
        std::shared_ptr<YamlNode> node;
        YAML::anchor_t anchor = 0;
        std::size_t total_before = 0;
        bool has_key = false;
        std::string key = {};
        Place key_place = {};
    };

    void begin(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
        const bool known = tag.empty() || tag == "?" || tag == "!" || tag.rfind("tag:yaml.org,2002:", 0) == 0;
        // "psk: !vault ..." must not become the key itself.
        if (!known) throw Stop{place_of(mark), "tag " + quoted(tag) + " is not accepted"};
        if (open_.size() >= kDeepest) throw Stop{place_of(mark), "this is nested too deeply"};
        auto node = std::make_shared<YamlNode>();
        node->kind = kind;
        node->place = place_of(mark);
        open_.push_back({std::move(node), anchor, total_});
        count(1, place_of(mark));
    }

    void end() {
        const Open done = std::move(open_.back());
        open_.pop_back();
        done.node->weight = total_ - done.total_before;
        if (done.anchor != 0) {
            if (anchored_.size() <= done.anchor) anchored_.resize(done.anchor + 1);
            anchored_[done.anchor] = done.node;
        }
        attach(done.node, done.node->place);
    }

    void count(std::size_t nodes, Place place) {
        total_ += nodes;
        if (total_ > kMostNodes) throw Stop{place, "the configuration is too large from here on"};
    }

    void attach(const NodePtr& node, Place place) {
        if (open_.empty()) {
            root_ = node;
            return;
        }
        Open& parent = open_.back();
        if (parent.node->kind == YamlNode::Kind::kMap && !parent.has_key) {
            take_key(parent, *node, place);
            return;
        }
        if (parent.node->kind == YamlNode::Kind::kMap) {
            parent.node->entries.push_back({std::move(parent.key), parent.key_place, node});
            parent.has_key = false;
        } else {
            parent.node->items.push_back(node);
        }
    }

    static void take_key(Open& parent, const YamlNode& key, Place place) {
        if (key.kind != YamlNode::Kind::kScalar) throw Stop{place, "a key must be a word"};
        parent.has_key = true;
        parent.key = key.scalar;
        parent.key_place = place;
    }

    bool started_ = false;
    NodePtr root_ = std::make_shared<YamlNode>();
    std::size_t total_ = 0;  // nodes so far, every alias written out
    std::vector<Open> open_;
    std::vector<NodePtr> anchored_;  // by yaml-cpp's number; null while its node is still open
};

}  // namespace

NodePtr parse_document(std::string_view text, Problems& problems) {
    try {
        MemoryStream stream(text);
        YAML::Parser parser(stream);
        Builder builder;
        while (parser.HandleNextDocument(builder)) {
        }
        return builder.root();
    } catch (const Stop& stop) {
        problems.add(stop.place, stop.message);
    } catch (const YAML::DeepRecursion& error) {
        problems.add(place_of(error.mark), "this is nested too deeply");
    } catch (const YAML::Exception& error) {
        problems.add(place_of(error.mark), explain(error, text));
    }
    return nullptr;
}

}  // namespace esplane::config
