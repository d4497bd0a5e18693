// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether the users and the group that the settings name are there; a runner doesn't start otherwise.
 *
 * @param owner of {@code socket.owner}
 * @param group of {@code socket.group}
 * @param users of {@code socket.users}, separated by commas
 */
public record UsersCheck(String owner, String group, String users) implements Check {

    private static final String NAME = "socket";

    /** Looks a name up. */
    private interface Lookup {
        Object of(String name) throws IOException;
    }

    @Override
    public List<Finding> look() {
        UserPrincipalLookupService names = FileSystems.getDefault().getUserPrincipalLookupService();
        List<Finding> findings = new ArrayList<>();
        missing(findings, Setting.SOCKET_OWNER, "user", owner, names::lookupPrincipalByName);
        missing(findings, Setting.SOCKET_GROUP, "group", group, names::lookupPrincipalByGroupName);
        Arrays.stream(users.split(",")).forEach(user -> missing(findings, Setting.SOCKET_USERS, "user", user.strip(), names::lookupPrincipalByName));
        return findings;
    }

    private static void missing(List<Finding> findings, Setting setting, String what, String name, Lookup lookup) {
        try {
            if (!name.isEmpty()) {
                lookup.of(name);
            }
        } catch (IOException e) {
            findings.add(Finding.fault(NAME, setting.key() + ": there is no " + what + " \"" + name + "\"", "name one that is there, or its id"));
        }
    }
}
