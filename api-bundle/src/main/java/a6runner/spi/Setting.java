// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Every key of the settings: its default, its kind, and what it says. The launcher checks a user's settings against this table, writes
 * {@code conf/a6runner.properties} by it, and hands the values to the framework as properties; bundles read them through {@link Settings}.
 */
public enum Setting {
    LISTEN_ADDRESS("listen.address", Kind.TEXT, "", "unix:/path of the socket APISIX connects to. APISIX_LISTEN_ADDRESS, which APISIX sets for the runner it"
            + " starts, wins over the file. Must be set in one way or the other."),
    CONF_EXPIRE_TIME("conf.expire.time", Kind.DURATION, "3600s", "How long APISIX says it keeps a conf's token; confs are kept twice as long since their last use."
            + " APISIX_CONF_EXPIRE_TIME (seconds) wins over the file."),
    CONF_MAX("conf.max", Kind.COUNT, "200000", "How many confs are kept at most; then superseded ones and the least recently used go."),
    DEPLOY_DIR("deploy.dir", Kind.TEXT, "deploy", "The folder that plugin bundles are dropped into; relative to the distribution."),
    DEPLOY_SCAN("deploy.scan", Kind.DURATION, "1s", "How often the deploy folder is looked through besides the system's own notifications."),
    DATA_DIR("data.dir", Kind.TEXT, "", "Where bundle cache and stored plugin files live; default: data in the distribution if that can be written, else a private"
            + " folder in the temporary directory."),
    CALL_TIMEOUT("call.timeout", Kind.DURATION, "30s", "How long a call may spend in plugins, waits for APISIX's answers left out; APISIX itself gives up after 60s."),
    EXTRA_INFO_TIMEOUT("extra-info.timeout", Kind.DURATION, "55s", "How long APISIX may take to answer a question for a variable or a body."),
    START_WAIT("start.wait", Kind.WAIT, "10s", "How long calls wait for the first scan of the deploy folder before they are served with what is there."),
    ACTIVATE_TIMEOUT("activate.timeout", Kind.DURATION, "30s", "How long a plugin may take to activate and to accept a conf."),
    DRAIN_TIMEOUT("drain.timeout", Kind.DURATION, "31s", "How long calls in an old version of a plugin may take to end before it is stopped."),
    UPGRADE("upgrade", Kind.UPGRADE, "side-by-side", "How a new version of a plugin takes over: side-by-side | replace (the old one is stopped before the new one starts,"
            + " calls wait meanwhile)."),
    REPLACE_TIMEOUT("replace.timeout", Kind.DURATION, "5s", "How long a call waits at most while a plugin is replaced (upgrade = replace)."),
    HISTORY_KEEP("history.keep", Kind.FILES, "5", "How many contents of each plugin's file that have served are kept, with the present one, so that"
            + " a6:rollback can call them back."),
    STOP_TIMEOUT("stop.timeout", Kind.DURATION, "10s", "How long calls in flight may take to end when the runner stops."),
    LINGER("linger", Kind.DURATION, "200s", "How long a runner that APISIX has told to stop at most goes on for its connections while a successor is there or comes;"
            + " connections that the successor takes don't wait. APISIX itself closes idle ones after 180s."),
    LISTEN_TAKEOVER("listen.takeover", Kind.TAKEOVER, "auto", "Whether to take the address over from another runner of the same user that serves it, with its confs and"
            + " connections: auto (where APISIX starts both, or the other one is about to stop; else the start is refused) | always."),
    PLUGIN_MISSING("plugin.missing", Kind.MISSING, "deny", "What happens to a call whose conf names a plugin that isn't deployed: deny | skip."),
    PLUGIN_EXECUTION("plugin.execution", Kind.EXECUTION, "auto", "Where plugins run: event-loop | worker | auto."),
    PLUGIN_WORKERS("plugin.workers", Kind.COUNT, "256", "How many worker threads one plugin may hold; calls beyond are refused at once."),
    PLUGIN_SLOW("plugin.slow", Kind.WAIT, "1s", "A step of a plugin that takes longer is told of in a warning, at once and then once per log.repeat; 0s: never."),
    RESPONSE_FAULT("response.fault", Kind.RESPONSE_FAULT, "deny", "What a fault in the response phase is answered with: deny (a 503 without the upstream's body) |"
            + " error-frame (APISIX sends the upstream's body on)."),
    BODY_MAX("body.max", Kind.BYTES, "16MB", "How far a gzip or deflate body of the upstream is decoded; a longer one is a fault."),
    FRAMES_MEMORY("frames.memory", Kind.BYTES_OR_AUTO, "0", "How many bytes frames over 64 kB may hold at the same time, all connections together; 0: an eighth of the heap,"
            + " since a body is in memory up to four times while a plugin works on it."),
    LOOPS("loops", Kind.LOOPS, "0", "How many event loops there are; 0: one per two processors, at least one and at most 16."),
    BACKLOG("listen.backlog", Kind.COUNT, "4096", "How many connections may wait to be accepted; the kernel caps it (net.core.somaxconn)."),
    TRANSPORT("transport", Kind.TRANSPORT, "auto", "How the socket is served: auto | epoll | nio."),
    CLIENT_TIMEOUT("client.timeout", Kind.DURATION, "60s", "How long half a frame may stand still, and a client may leave its answer unread."),
    SOCKET_MODE("socket.mode", Kind.MODE, "0660", "The socket's permissions: who may write to it may call the runner."),
    SOCKET_OWNER("socket.owner", Kind.TEXT, "", "The user that the socket is given to, by name or id; only root may give it away. For workers of another user where root starts"
            + " the runner: nobody, if nginx_config.user names no other."),
    SOCKET_GROUP("socket.group", Kind.TEXT, "", "The group that the socket is given to, by name or id; others than root must be in it."),
    SOCKET_USERS("socket.users", Kind.TEXT, "", "The users, by name or id, separated by commas, whose processes may call the runner; all who may write to the socket if not set."
            + " Needs epoll."),
    OPEN_FOLDERS("folders.open", Kind.OPEN_FOLDERS, "deny", "What happens at the start where anybody may write to the deploy folder, the data folder, the settings file or"
            + " a folder above, and with a file in the deploy folder that anybody may write to: deny | warn."),
    SHELL_ADDRESS("shell.address", Kind.TEXT, "", "unix:/path of the private socket that a6runner shell opens, or off; default: shell-HASH.sock in the data folder, one for each"
            + " listen.address."),
    LOG_LEVEL("log.level", Kind.LEVEL, "info", "The least level that is logged: error | warn | info | debug; in managed mode without log.file it is warn"
            + " unless it is set."),
    LOG_REPEAT("log.repeat", Kind.DURATION, "60s", "Faults of one kind in one plugin: the first is logged in full, then a line each time this has passed says how many"
            + " more there were."),
    LOG_STDOUT("log.stdout", Kind.STDOUT_LEVEL, "auto", "The least level that goes to stdout: auto | off | error | warn | info | debug. auto: all that is logged; in managed"
            + " mode with log.file, warn."),
    LOG_FILE("log.file", Kind.TEXT, "", "A file that is logged to besides; none if not set. Relative to the distribution."),
    LOG_FILE_SIZE("log.file.size", Kind.BYTES, "10MB", "How long the file may get before it is renamed to NAME.1, an older NAME.1 to NAME.2 and so on."),
    LOG_FILE_COUNT("log.file.count", Kind.FILES, "5", "How many such older files are kept.");

    /** What a value must look like. */
    public enum Kind {
        TEXT("a text"),
        DURATION("a duration such as 500ms, 30s, 2m or 1h, up to 8760h"),
        WAIT("a duration such as 500ms, 30s, 2m or 1h, up to 8760h, or 0s"),
        COUNT("a whole number from 1 to 2147483647"),
        LOOPS("a whole number from 0 to 256"),
        BYTES("a size such as 4096, 64kB or 16MB"),
        BYTES_OR_AUTO("a size such as 4096, 64kB or 16MB, or 0"),
        MODE("three or four octal digits such as 0660, with 6 or 7 for the owner"),
        MISSING("deny or skip"),
        EXECUTION("event-loop, worker or auto"),
        UPGRADE("side-by-side or replace"),
        RESPONSE_FAULT("deny or error-frame"),
        TRANSPORT("auto, epoll or nio"),
        OPEN_FOLDERS("deny or warn"),
        TAKEOVER("auto or always"),
        LEVEL("error, warn, info or debug"),
        STDOUT_LEVEL("auto, off, error, warn, info or debug"),
        FILES("a whole number from 1 to 20");

        private final String expected;

        Kind(String expected) {
            this.expected = expected;
        }

        /** Says what is expected, for an error message. */
        public String expected() {
            return expected;
        }

        /** Whether a value is of this kind. */
        public boolean accepts(String value) {
            switch (this) {
                case TEXT:
                    return true;
                case DURATION:
                    return Settings.parseDuration(value) > 0;
                case WAIT:
                    return Settings.parseDuration(value) >= 0;
                case COUNT:
                    return isNumber(value, 1, Integer.MAX_VALUE);
                case FILES:
                    return isNumber(value, 1, 20);
                case LOOPS:
                    return isNumber(value, 0, 256);
                case BYTES:
                    return Settings.parseBytes(value) > 0;
                case BYTES_OR_AUTO:
                    return Settings.parseBytes(value) >= 0;
                case MODE:
                    return value.matches("0?[67][0-7]{2}"); // the runner itself looks whether somebody listens
                default:
                    return Arrays.asList(expected.split(", | or ")).contains(value);
            }
        }
    }

    private static boolean isNumber(String value, long least, long greatest) {
        return value.matches("\\d{1,10}") && Long.parseLong(value) >= least && Long.parseLong(value) <= greatest;
    }

    /** The settings that exist for each plugin, as {@code plugin.NAME.SUFFIX}: each overrides the general one. */
    public enum OfPlugin {
        EXECUTION("execution", Kind.EXECUTION, "As plugin.execution, for one plugin."),
        TIMEOUT("timeout", Kind.DURATION, "As call.timeout, for one plugin's step."),
        SLOW("slow", Kind.WAIT, "As plugin.slow, for one plugin."),
        MISSING("missing", Kind.MISSING, "As plugin.missing, for one plugin."),
        WORKERS("workers", Kind.COUNT, "As plugin.workers, for one plugin."),
        UPGRADE("upgrade", Kind.UPGRADE, "As upgrade, for the jar that one plugin is in.");

        private final String suffix;
        private final Kind kind;
        private final String says;

        OfPlugin(String suffix, Kind kind, String says) {
            this.suffix = suffix;
            this.kind = kind;
            this.says = says;
        }

        /** The key for one plugin. */
        public String key(String plugin) {
            return "plugin." + plugin + "." + suffix;
        }

        /** What a value must look like. */
        public Kind kind() {
            return kind;
        }

        /** What it says, a sentence. */
        public String says() {
            return says;
        }
    }

    /** What comes before a logger's name in the key of its level, such as {@code log.level.com.example}; each overrides {@link #LOG_LEVEL}. */
    public static final String LEVEL_OF = "log.level.";

    private final String key;
    private final Kind kind;
    private final String defaultValue;
    private final String says;

    Setting(String key, Kind kind, String defaultValue, String says) {
        this.key = key;
        this.kind = kind;
        this.defaultValue = defaultValue;
        this.says = says;
    }

    /** The key, as in the file. */
    public String key() {
        return key;
    }

    /** The environment variable that sets it. */
    public String variable() {
        return "A6RUNNER_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** What a value must look like. */
    public Kind kind() {
        return kind;
    }

    /** The value where nothing is set. */
    public String defaultValue() {
        return defaultValue;
    }

    /** What it says, a sentence or two. */
    public String says() {
        return says;
    }

    /** The kind of value that a key takes; empty if there is no such key. */
    public static Optional<Kind> kindOf(String key) {
        for (Setting setting : values()) {
            if (setting.key.equals(key)) {
                return Optional.of(setting.kind);
            }
        }
        if (key.startsWith(LEVEL_OF) && key.length() > LEVEL_OF.length()) {
            return Optional.of(Kind.LEVEL);
        }
        if (key.startsWith("plugin.")) {
            for (OfPlugin setting : OfPlugin.values()) {
                if (key.endsWith("." + setting.suffix) && key.length() > "plugin.".length() + setting.suffix.length() + 1) {
                    return Optional.of(setting.kind);
                }
            }
        }
        return Optional.empty();
    }

    /** All keys, those of one plugin as {@code plugin.NAME.…}, to find the nearest right one. */
    public static List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (Setting setting : values()) {
            keys.add(setting.key);
        }
        for (OfPlugin setting : OfPlugin.values()) {
            keys.add(setting.key("NAME"));
        }
        keys.add(LEVEL_OF + "LOGGER");
        return keys;
    }
}
