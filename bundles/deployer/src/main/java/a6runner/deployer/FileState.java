// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

/** What becomes of a file in the deploy folder. */
enum FileState {
    /** What it holds serves, or reaches who asks for it. */
    ACTIVE,
    /** What it holds, or held, serves the confs that pin its version; another version serves all others. */
    PINNED,
    /** It may yet serve: it is being written, or checked, or lacks something that may come. */
    WAITING,
    /** It can't be deployed as it is. */
    FAILED,
    /** It would serve if another file didn't. */
    SHADOWED,
    /** It was taken away. */
    RETIRED
}
