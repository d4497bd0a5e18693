// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What settings are refused; who is let in, processes of other users try in {@code SocketAccessIT}. */
class PeerUsersTest {

    private static Settings settings(Setting setting, String value) {
        return new Settings(key -> Map.of(Settings.PREFIX + setting.key(), value).get(key));
    }

    @Test
    void nobodyIsNamedByDefault() {
        assertThat(PeerUsers.areNamed(settings(Setting.SOCKET_USERS, ""))).isFalse();
        assertThat(PeerUsers.areNamed(settings(Setting.SOCKET_USERS, "nobody"))).isTrue();
    }

    @Test
    void needsATransportThatSaysWhoAPeerIs() {
        assertThatThrownBy(() -> PeerUsers.of(settings(Setting.SOCKET_USERS, "root"), Transport.NIO)).isInstanceOf(IOException.class)
                .hasMessageStartingWith("socket.users needs epoll, and the socket is served by NIO; set transport to epoll, or ");
    }

    @Test
    void namesAUserThatIsNotThere() {
        assertThatThrownBy(() -> PeerUsers.of(settings(Setting.SOCKET_USERS, "root, nobodyatall"), Transport.EPOLL)).isInstanceOf(IOException.class)
                .hasMessage("socket.users: there is no user \"nobodyatall\" (expected: names or ids, separated by commas)");
    }

    @Test
    void theOwnerMustBeThereToo() {
        assertThatThrownBy(() -> SocketOwner.of(settings(Setting.SOCKET_GROUP, "nobodysgroup"))).isInstanceOf(IOException.class)
                .hasMessage("socket.group: there is no group \"nobodysgroup\" (expected: a name or an id)");
    }
}
