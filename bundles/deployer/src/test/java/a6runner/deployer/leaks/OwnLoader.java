// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.leaks;

import java.io.IOException;
import java.io.InputStream;

/** Has the nested classes of a test as classes of its own, as a version of a plugin has. */
final class OwnLoader extends ClassLoader {

    private final Class<?> test;

    OwnLoader(Class<?> test) {
        super(test.getClassLoader());
        this.test = test;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(test.getName() + "$")) {
            return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
            return loaded;
        }
        try (InputStream in = test.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    <T> T make(Class<?> type, Class<T> as, Object... arguments) throws ReflectiveOperationException {
        return as.cast(loadClass(type.getName()).getConstructors()[0].newInstance(arguments));
    }
}
