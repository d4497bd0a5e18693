// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.Collection;
import java.util.Locale;

/** Finds what somebody probably meant. No state; any thread. */
public final class Nearest {

    private Nearest() {}

    /** The right word that is fewest edits away from a wrong one, whatever their case; null if none is near enough to be meant. */
    public static String to(String wrong, Collection<String> right) {
        String nearest = null;
        int least = Math.max(2, wrong.length() / 3) + 1; // more edits than that, and it is another word
        for (String word : right) {
            int edits = edits(wrong.toLowerCase(Locale.ROOT), word.toLowerCase(Locale.ROOT));
            if (edits < least) {
                least = edits;
                nearest = word;
            }
        }
        return nearest;
    }

    /** How many characters must be put in, taken out, changed or swapped with their neighbour to make one word of the other. */
    static int edits(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            edits[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            edits[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int least = Math.min(Math.min(edits[i - 1][j], edits[i][j - 1]) + 1, edits[i - 1][j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    least = Math.min(least, edits[i - 2][j - 2] + 1);
                }
                edits[i][j] = least;
            }
        }
        return edits[a.length()][b.length()];
    }
}
