// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;

/**
 * The services of the framework.
 *
 * @param context the shell's bundle
 */
public record Services(BundleContext context) implements Inside {

    @Override
    public <T> Optional<T> find(Class<T> type) {
        return Optional.ofNullable(context.getServiceReference(type)).map(context::getService);
    }

    @Override
    public <T> List<T> all(Class<T> type) {
        try {
            return context.getServiceReferences(type, null).stream().map(context::getService).filter(Objects::nonNull).toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e); // there is no filter to be wrong
        }
    }
}
