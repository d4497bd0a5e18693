// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import a6runner.spi.CallFailure;
import java.util.List;

/** What a call was answered with; entries as {@link FakeEntries#sent} writes them, in order, empty where there are none. */
public sealed interface Outcome {

    record GoOn() implements Outcome {}

    record Rewritten(String path, List<String> headers, List<String> args, List<String> responseHeaders, String body) implements Outcome {}

    record Stopped(int status, List<String> headers, String body) implements Outcome {}

    record Replied(int status, List<String> headers, String body) implements Outcome {}

    record Failed(CallFailure failure) implements Outcome {}

    record Token(int token) implements Outcome {}
}
