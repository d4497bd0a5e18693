// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.call;

/** What {@code a6runner call --help} prints. */
final class CallHelp {

    static final String TEXT = """
            a6runner call: one call to a running runner, and what APISIX would do with its reply

            Usage: a6runner call --plugin NAME='CONF' [--plugin ...] [options]

            Example:
              a6runner call --plugin add-header='{}' --path /hello --arg a=1 --header 'host: x'

            The request:
              --plugin NAME='CONF'     a plugin and its conf; give it again for a chain, in its order
              --path PATH              the path, decoded, default /; a query behind '?' is taken apart into arguments
              --arg NAME=VALUE         an argument; NAME alone has no value
              --header 'NAME: VALUE'   a header; 'host: localhost' is added if there is no host
              --method METHOD          default GET
              --body FILE              the request's body; plugins get it when they ask
              --source-ip IP           the client's address, default 127.0.0.1
              --var NAME=VALUE         a variable that plugins may ask for. Known without it: remote_addr, request_method, scheme,
                                       uri, request_uri, args, host, arg_NAME, http_NAME, upstream_uri (empty)

            The response phase instead of the request phase:
              --response STATUS        the upstream's status, 100 to 999
              --response-header 'NAME: VALUE'
              --response-body FILE     the upstream's body; default empty

            The runner:
              --address unix:/path     its socket; default $A6RUNNER_LISTEN_ADDRESS, then $APISIX_LISTEN_ADDRESS
              --timeout TIME           500ms, 10s, 1m: how long to wait for each frame; default 60s, as in APISIX

            Output:
              --json                   JSON instead of text
              --help                   this text

            Exit codes:
              0    the request goes on, unchanged or rewritten; in the response phase: answered
              10   a plugin stopped the request
              20   the runner answered with an error (APISIX: 503)
              21   no valid reply: connection closed, timeout, or a reply that APISIX chokes on
              2    wrong usage
              3    can't connect
            With 2 and 3 there is one line on standard error and nothing on standard output.

            JSON, all fields always there, null where there is nothing to say:
              phase        "request" or "response"
              plugins      [name, ...]
              result       "unchanged", "rewritten", "answered", "stopped", "refused", "timeout" or "failed"
              exitCode     as above
              changes      [{part: "path", "arg", "header", "response-header" or "body"; kind: "set", "added" or "deleted"; name; value}]
              upstream     what the upstream gets, if the request goes on: {method, path, args: [[name, value]], headers: [[name, value]], body}
              client       what the client gets: {status, headers: [[name, value]], body, nginxPage, closed}; if the request goes on, headers
                           are those in front of the upstream's and status is null; nginxPage: the body is nginx's page for the status
              error        {code: "BAD_REQUEST", "SERVICE_UNAVAILABLE", "CONF_TOKEN_NOT_FOUND" or null; reason; degradable}
              questions    what the plugins asked, in order: [{kind: "var", "request-body" or "response-body"; name; answer}]
              notes        [sentence, ...]: what APISIX ignores, loses or chokes on
              tries        how many times the conf was sent
              timing       {prepareMillis, callMillis}
            A body or answer is {bytes, text}, or {bytes, base64} if it isn't UTF-8; another value that isn't is {base64}.
            """;

    private CallHelp() {}
}
