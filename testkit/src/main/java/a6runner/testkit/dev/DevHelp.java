// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.dev;

/** What {@code a6runner dev --help} prints. */
final class DevHelp {

    static final String TEXT = """
            a6runner dev: a runner, and a stand-in for APISIX in front of it, to try plugins out with nothing installed.

              --port N            HTTP on 127.0.0.1:N; 9080 if nothing is said, 0 for any free port, which is printed
              --routes FILE       the routes, in the shape of APISIX's standalone apisix.yaml; conf/apisix.yaml if nothing is said. Edits are picked up
              --watch DIR         deploys the newest jar of a folder, such as ../my-plugin/target, now and after each build, and says what became of it
              --response-headers  says in x-a6-... response headers what happened to the request
              --verbose           shows every frame between gateway and runner, decoded
              --record DIR        keeps the frames, in the format of the testkit's golden frames
              --deploy DIR, --config FILE, --set key=value
                                  the runner's; it has a socket and a data folder of its own, in the temporary directory

            A route without upstream is answered by a built-in echo: JSON of what the upstream would have got.
            Each request is one line: status, request, route, and for each ext-plugin its plugins and what they changed. Ctrl-C ends both.

            Exit codes: 1 something failed, 2 command line, routes or settings are wrong or the port is taken.
            """;

    private DevHelp() {}
}
