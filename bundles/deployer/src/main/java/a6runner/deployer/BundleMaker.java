// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Path;

/** Makes a bundle of a plain jar. On the thread that activates; may take a second the first time. */
interface BundleMaker {

    /**
     * The bundle's file.
     *
     * @throws Refusal if there is no plugin in it, or none that could be made one
     */
    Path bundle(Content content) throws IOException, Refusal;
}
