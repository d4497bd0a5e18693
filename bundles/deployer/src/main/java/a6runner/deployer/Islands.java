// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.util.Collection;
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Plugins are islands: a plugin sees the api, org.slf4j, OSGi and JDK packages and its own content; nobody is wired to a plugin's exports but the
 * plugin itself. So each can be replaced without touching anybody, and one plugin's library is never another's surprise.
 *
 * <p>Called by the framework on whatever thread resolves; never blocks. Bundles are told apart by their location.
 */
final class Islands implements ResolverHookFactory {

    /** What the location of a deployed plugin begins with; the SHA-256 of its content follows. */
    static final String LOCATION = "a6runner-plugin:";

    private static final ResolverHook HOOK = new Hook();

    @Override
    public ResolverHook begin(Collection<BundleRevision> triggers) {
        return HOOK;
    }

    static boolean isPlugin(Bundle bundle) {
        return bundle.getLocation().startsWith(LOCATION);
    }

    /** Whether a plugin may import a package from a bundle that isn't a plugin. */
    static boolean isForPlugins(String packageName, boolean fromSystemBundle) {
        // The framework gives Netty to the core (docs/decisions/0050).
        if (packageName.equals("a6runner") || packageName.startsWith("a6runner.") || packageName.startsWith("io.netty.")) {
            return false;
        }
        return fromSystemBundle || packageName.equals("org.apache.apisix.plugin.runner") || packageName.startsWith("org.apache.apisix.plugin.runner.")
                || packageName.equals("org.slf4j") || packageName.startsWith("org.slf4j.") || packageName.startsWith("org.osgi.");
    }

    private static boolean allowed(BundleRequirement requirement, Bundle requirer, BundleCapability candidate) {
        Bundle provider = candidate.getRevision().getBundle();
        if (provider.equals(requirer)) {
            return true;
        }
        if (isPlugin(provider)) {
            return false;
        }
        if (!isPlugin(requirer)) {
            return true;
        }
        switch (requirement.getNamespace()) {
            case PackageNamespace.PACKAGE_NAMESPACE:
                return isForPlugins((String) candidate.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE), provider.getBundleId() == 0);
            case BundleNamespace.BUNDLE_NAMESPACE:
            case HostNamespace.HOST_NAMESPACE:
                return false;
            default:
                return true;
        }
    }

    private static final class Hook implements ResolverHook {

        @Override
        public void filterMatches(BundleRequirement requirement, Collection<BundleCapability> candidates) {
            Bundle requirer = requirement.getRevision().getBundle();
            candidates.removeIf(candidate -> !allowed(requirement, requirer, candidate));
        }

        /** Two versions of a plugin stand side by side during an upgrade, singletons too. */
        @Override
        public void filterSingletonCollisions(BundleCapability singleton, Collection<BundleCapability> collisions) {
            if (isPlugin(singleton.getRevision().getBundle())) {
                collisions.removeIf(collision -> isPlugin(collision.getRevision().getBundle()));
            }
        }

        @Override
        public void filterResolvable(Collection<BundleRevision> candidates) {
            // Every bundle may resolve.
        }

        @Override
        public void end() {
            // Nothing is kept.
        }
    }
}
