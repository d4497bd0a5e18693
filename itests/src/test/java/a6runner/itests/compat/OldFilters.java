// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.compat;

import a6runner.itests.TestBundle;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.service.component.annotations.Component;

/** The filters in the resources of this package: as their authors wrote them, and compiled against our api after the one change. */
final class OldFilters {

    static final String OLD_IMPORT = "import org.springframework.stereotype.Component;";
    static final String NEW_IMPORT = "import org.osgi.service.component.annotations.Component;";

    private static final List<String> NAMES = List.of("RequestReportFilter", "RequestEditFilter", "EditByResponseFilter", "StopFilter", "ContinueLaterFilter",
            "ResponseReportFilter", "ResponseFilter", "PostReqWithVarsFilter", "AsyncResponseFilter", "ConfDiary", "ConfDiaryFilter", "TransparentFilter",
            "Json");

    /** A source as its author wrote it. */
    record Source(String name, String text) {

        /** The source after the one change. */
        Source moved() {
            return new Source(name, text.replace(OLD_IMPORT, NEW_IMPORT));
        }

        private JavaFileObject file() {
            return new SimpleJavaFileObject(URI.create("string:///com/example/filters/" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return text;
                }
            };
        }
    }

    private OldFilters() {}

    static List<Source> sources() {
        return NAMES.stream().map(name -> {
            try (InputStream in = OldFilters.class.getResourceAsStream(name + ".java")) {
                return new Source(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).toList();
    }

    /** Compiles sources against our api and the annotations of Declarative Services, nothing else; what the compiler says, "" if nothing. */
    static String compile(List<Source> sources, Path to) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        String classPath = location(PluginFilter.class) + File.pathSeparator + location(Component.class);
        StringWriter says = new StringWriter();
        // Not all: classfile would have the api's own annotations on the class path, which plugins don't need.
        List<String> options = List.of("-d", to.toString(), "-classpath", classPath, "--release", "17", "-proc:none", "-Xlint:all,-classfile,-options", "-Werror");
        compiler.getTask(says, null, null, options, null, sources.stream().map(Source::file).toList()).call();
        return says.toString();
    }

    /** A bundle of the compiled classes in a folder. */
    static TestBundle bundle(Path classes) {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, OldFilters.class.getClassLoader())) {
            Class<?>[] types = NAMES.stream().map(name -> {
                try {
                    return loader.loadClass("com.example.filters." + name);
                } catch (ClassNotFoundException e) {
                    throw new IllegalStateException(e);
                }
            }).toArray(Class<?>[]::new);
            return TestBundle.of("com.example.filters", "1.0.0", types);
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
