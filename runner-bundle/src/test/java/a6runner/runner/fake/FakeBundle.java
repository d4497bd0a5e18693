// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import java.lang.reflect.Proxy;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;

/** A bundle that has a symbolic name, a version and an id, and nothing else. */
public final class FakeBundle {

    private FakeBundle() {}

    public static Bundle of(String symbolicName, String version, long id) {
        return (Bundle) Proxy.newProxyInstance(FakeBundle.class.getClassLoader(), new Class<?>[] {Bundle.class}, (self, method, args) -> {
            switch (method.getName()) {
                case "getSymbolicName":
                    return symbolicName;
                case "getVersion":
                    return Version.parseVersion(version);
                case "getBundleId":
                    return id;
                case "toString":
                    return symbolicName + " " + version;
                case "hashCode":
                    return Long.hashCode(id);
                case "equals":
                    return self == args[0];
                default:
                    throw new UnsupportedOperationException(method.toString());
            }
        });
    }
}
