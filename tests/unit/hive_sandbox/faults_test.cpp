#include "rpc/reply_faults.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace sandbox;

namespace {

const ApplicationError kError{6, "some text that is long enough to be cut"};

// A whole message of Thrift, as good as any.
std::string message(const std::string& method) {
    return exception_reply({method, 7}, kError);
}

FaultyReply with(const std::string& fault, const std::string& method = "FetchResults") {
    Faults faults;
    apply_faults(faults, fault);
    return apply_to_reply(faults, message(method));
}

}  // namespace

TEST_CASE("faults are set by name, several at a time, and undone", "[unit][hive_sandbox]") {
    Faults faults;
    apply_faults(faults, " row-delay=5  bitmap=spark drop-after-rows=10 ");
    CHECK(faults.row_delay.count() == 5);
    CHECK(faults.bitmap == BitmapForm::kSpark);
    CHECK(faults.drop_after_rows == 10);
    apply_faults(faults, "none");
    CHECK_FALSE(faults.drop_after_rows);
    apply_faults(faults, "");
}

TEST_CASE("a fault that is not there is refused with the list of those that are",
          "[unit][hive_sandbox]") {
    Faults faults;
    CHECK_THROWS_WITH(apply_faults(faults, "nonsense"),
                      Catch::Contains("nonsense") && Catch::Contains("row-delay"));
    CHECK_THROWS_AS(apply_faults(faults, "row-delay=x"), std::invalid_argument);
    CHECK_THROWS_AS(apply_faults(faults, "row-delay=-1"), std::invalid_argument);
    CHECK_THROWS_AS(apply_faults(faults, "bitmap=round"), std::invalid_argument);
    CHECK_THROWS_AS(apply_faults(faults, "more-rows=perhaps"), std::invalid_argument);
}

TEST_CASE("a reply's head tells its method and number", "[unit][hive_sandbox]") {
    const MessageHead head = read_head(message("GetInfo"));
    CHECK(head.method == "GetInfo");
    CHECK(head.sequence == 7);
}

TEST_CASE("each fault of replies does what it says to the bytes", "[unit][hive_sandbox]") {
    const std::string whole = message("FetchResults");
    CHECK(apply_to_reply(Faults{}, whole).bytes == whole);
    CHECK(with("truncated-frame").bytes.size() == whole.size() / 2);
    CHECK(with("truncated-frame").close);
    CHECK(with("extra-reply").bytes == whole + whole);
    CHECK(read_head(with("wrong-sequence").bytes).sequence == 8);
    CHECK(read_head(with("wrong-method").bytes).method == "XetchResults");
    CHECK(with("unknown-field").bytes.size() > whole.size());
    CHECK_THAT(with("oversize-length").bytes, Catch::EndsWith("\x7f\xff\xff\xf0"));
    CHECK_FALSE(with("garbage").framed);
    CHECK_FALSE(with("drop").send);
    CHECK(with("drop").close);
    CHECK(with("freeze").freeze);
    CHECK_THAT(with("exception").bytes, Catch::Contains("told to fail"));
}

TEST_CASE("a fault hits the method it names", "[unit][hive_sandbox]") {
    CHECK(with("drop=GetInfo", "FetchResults").send);
    CHECK_FALSE(with("drop=GetInfo", "GetInfo").send);
    CHECK_FALSE(with("drop=all", "CloseSession").send);
}
