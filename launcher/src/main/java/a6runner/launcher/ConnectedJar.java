// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.osgi.framework.connect.ConnectContent;
import org.osgi.framework.connect.ConnectModule;

/**
 * A jar of the core as the content of a bundle whose classes come from our own class path. Entries are read from the jar where it lies. Used by the framework
 * on whatever thread; opened when the bundle is installed, closed when it is uninstalled, which is the process's end.
 */
final class ConnectedJar implements ConnectModule, ConnectContent {

    private final Path jar;
    private volatile ZipFile zip; // null: not open
    private volatile long modified;

    ConnectedJar(Path jar) {
        this.jar = jar;
    }

    @Override
    public ConnectContent getContent() {
        return this;
    }

    @Override
    public synchronized void open() throws IOException {
        if (zip == null) {
            zip = new ZipFile(jar.toFile());
            modified = jar.toFile().lastModified();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (zip != null) {
            zip.close();
            zip = null;
        }
    }

    @Override
    public Optional<ClassLoader> getClassLoader() {
        return Optional.of(ConnectedJar.class.getClassLoader());
    }

    /** None of ours: the framework reads them from the manifest. */
    @Override
    public Optional<Map<String, String>> getHeaders() {
        return Optional.empty();
    }

    @Override
    public Iterable<String> getEntries() {
        return () -> {
            Iterator<? extends ZipEntry> entries = zip.entries().asIterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return entries.hasNext();
                }

                @Override
                public String next() {
                    return entries.next().getName();
                }
            };
        };
    }

    @Override
    public Optional<ConnectEntry> getEntry(String name) {
        ZipEntry entry = zip.getEntry(name);
        return entry == null ? Optional.empty() : Optional.of(new Entry(entry));
    }

    private final class Entry implements ConnectEntry {
        private final ZipEntry entry;

        private Entry(ZipEntry entry) {
            this.entry = entry;
        }

        @Override
        public String getName() {
            return entry.getName();
        }

        @Override
        public long getContentLength() {
            return entry.getSize();
        }

        /** The jar's: that of an entry is local time, and to know what that is takes milliseconds of the start. */
        @Override
        public long getLastModified() {
            return modified;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return zip.getInputStream(entry);
        }
    }
}
