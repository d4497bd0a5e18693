// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Says for an error's line what was probably meant. */
final class Nearest {

    private Nearest() {
    }

    /** {@code " (did you mean call.timeout?)"}, or nothing if no right word is near enough to be meant. */
    static String hint(String wrong, Collection<String> right) {
        String nearest = a6runner.spi.Nearest.to(wrong, right);
        return nearest == null ? "" : " (did you mean " + nearest + "?)";
    }

    /** As {@link #hint}, among the keys of settings; {@code plugin.NAME.…} with the name that the wrong key has. */
    static String keyHint(String wrong) {
        List<String> keys = new ArrayList<>(Setting.keys());
        int first = wrong.indexOf('.');
        int last = wrong.lastIndexOf('.');
        if (last > first + 1) {
            for (Setting.OfPlugin setting : Setting.OfPlugin.values()) {
                keys.add(setting.key(wrong.substring(first + 1, last)));
            }
        }
        return hint(wrong, keys);
    }
}
