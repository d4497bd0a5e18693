// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log says of files that come to serve, or don't. Any thread. */
final class DeployLog {

    private static final Logger LOG = LoggerFactory.getLogger(DeployLog.class);

    private DeployLog() {}

    /** A file isn't deployed; {@code keepsServing} is what does in its place, null for nothing. */
    static void failed(String file, Object keepsServing, Throwable failure) {
        String sentence = Reasons.of(failure) + (keepsServing == null ? "" : "; " + keepsServing + " keeps serving");
        if (failure instanceof Refusal refusal && refusal.mayPass()) {
            LOG.warn("{}: waiting: {}", file, sentence);
        } else {
            LOG.warn("{}: not deployed: {}", file, sentence);
        }
        if (!(failure instanceof Refusal)) {
            LOG.debug("{}", file, failure);
        }
    }

    /** A file's state has changed though the file hasn't: what nobody else tells of, which is that others have begun or ceased to shadow it. */
    static void changed(FileStatus before, FileStatus now) {
        boolean unshadowed = before.state() == FileState.SHADOWED && before.serving().isEmpty() && now.state() == FileState.ACTIVE;
        boolean isConfig = now.bundle().isEmpty();
        if (unshadowed && before.bundle().equals(now.bundle())) {
            LOG.info("{}: active, as nothing shadows it any more ({})", now.file(), isConfig ? now.why() : now.bundle() + ", plugins: " + String.join(", ", now.plugins()));
        } else if (isConfig && before.state() == FileState.ACTIVE && now.state() == FileState.SHADOWED) {
            LOG.info("{}: shadowed ({})", now.file(), now.why());
        }
    }

    /** What a content took the place of offered plugins that confs name, and that nobody offers now. */
    static void missed(Deployment deployment, Collection<String> plugins) {
        LOG.warn("{}: {} doesn't offer {} any more, which confs of APISIX name: plugin.missing says what becomes of their calls; put the old file back, or change the routes",
                deployment.content().file(), deployment, String.join(", ", plugins));
    }

    /** A content serves, in place of others; {@code shadowed} are those of its plugins that others serve. */
    static void served(Deployment deployment, List<Deployment> out, Map<String, String> shadowed) {
        Content content = deployment.content();
        String plugins = String.join(", ", deployment.plugins());
        if (shadowed.keySet().containsAll(deployment.plugins())) {
            LOG.info("{}: shadowed ({}; {})", content.file(), content.facts(),
                    shadowed.entrySet().stream().map(entry -> "plugin " + entry.getKey() + " is served by " + entry.getValue()).collect(Collectors.joining("; ")));
        } else if (!out.isEmpty() && out.stream().allMatch(gone -> gone.content() != null && gone.content().sha256().equals(content.sha256()))) {
            String with = content.configs().stream().map(ConfigFile::file).collect(Collectors.joining(", "));
            LOG.info("{}: configured anew {} (now active: {}, plugins: {})", content.file(), with.isEmpty() ? "without a file" : "by " + with, content.facts(), plugins);
        } else if (out.isEmpty()) {
            LOG.info("{}: active ({}, plugins: {})", content.file(), content.facts(), plugins);
        } else {
            LOG.info("{}: replaced {} (now active: {}, plugins: {})", content.file(), out.stream().map(Deployment::toString).collect(Collectors.joining(", ")),
                    content.facts(), plugins);
        }
        if (!deployment.overruled().isEmpty()) {
            LOG.warn("{}: forced by {}.force: {}; calls of these confs are refused", content.file(), content.file(), deployment.overruled());
        }
    }
}
