// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import aQute.bnd.osgi.Analyzer;
import aQute.bnd.osgi.Clazz;
import aQute.bnd.osgi.Descriptors.TypeRef;
import aQute.bnd.osgi.EmbeddedResource;
import aQute.bnd.osgi.Jar;
import aQute.bnd.osgi.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a bundle of a jar without an OSGi manifest, with bnd: imports what its classes use, all but the api's as far as it is there; makes each public
 * {@code PluginFilter} class with a public constructor without arguments a component, where it is none by its annotations; leaves out the api's classes
 * where they were packed in. Nothing of bnd is loaded before the first such jar comes.
 */
final class BndMaker implements BundleMaker {

    private static final Logger LOG = LoggerFactory.getLogger(BndMaker.class);

    private static final List<String> API = List.of("org/apache/apisix/plugin/runner", "org/apache/apisix/plugin/runner/filter");
    private static final int LISTED = 5;
    private static final Set<String> FILTERS = Set.of("org.apache.apisix.plugin.runner.filter.PluginFilter", "org.apache.apisix.plugin.runner.filter.ConfiguredFilter");
    private static final String COMPONENT = "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.3.0\" name=\"%s\"><implementation class=\"%s\"/>"
            + "<service><provide interface=\"org.apache.apisix.plugin.runner.filter.PluginFilter\"/></service></scr:component>\n";

    private final ContentStore store;

    BndMaker(ContentStore store) {
        this.store = store;
    }

    @Override
    public Path bundle(Content content) throws IOException, Refusal {
        Path made = store.derived(content.sha256());
        try (Jar jar = new Jar(content.jar().toFile()); Analyzer analyzer = new Analyzer()) {
            List<String> dropped = dropForeign(jar);
            analyzer.setJar(jar);
            analyzer.setProperty("Bundle-SymbolicName", content.symbolicName());
            analyzer.setProperty("Bundle-Version", content.facts().version().toString());
            analyzer.setProperty("Import-Package", "org.apache.apisix.plugin.runner.*,*;resolution:=optional");
            analyzer.setProperty("-noextraheaders", "true");
            analyzer.setProperty("-noimportjava", "true");
            Manifest manifest = analyzer.calcManifest();
            String components = components(jar, analyzer, manifest.getMainAttributes().getValue("Service-Component"), dropped);
            manifest.getMainAttributes().putValue("Service-Component", components);
            jar.setManifest(manifest);
            return WholeFile.put(made, store.part(), part -> jar.write(part.toFile()));
        } catch (IOException | Refusal e) {
            throw e;
        } catch (Exception e) { // bnd declares no less.
            throw new Refusal("no bundle could be made of it: " + e, e);
        }
    }

    /** Leaves out the api's classes and the signatures, which hold no more once the jar has changed. */
    private static List<String> dropForeign(Jar jar) {
        List<String> dropped = new ArrayList<>();
        for (String path : new ArrayList<>(jar.getResources().keySet())) {
            int slash = path.lastIndexOf('/');
            if (slash > 0 && API.contains(path.substring(0, slash))) {
                jar.remove(path);
                dropped.add(path.replaceFirst("(\\$.*)?\\.class$", "").replace('/', '.'));
            } else if (path.matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)")) {
                jar.remove(path);
            }
        }
        return dropped;
    }

    private static String components(Jar jar, Analyzer analyzer, String annotated, List<String> dropped) throws Exception {
        StringBuilder header = new StringBuilder(annotated == null ? "" : annotated);
        String descriptions = descriptions(jar, annotated);
        List<String> unfit = new ArrayList<>();
        for (Map.Entry<TypeRef, Clazz> entry : analyzer.getClassspace().entrySet()) {
            Clazz type = entry.getValue();
            String name = entry.getKey().getFQN();
            if (type.isAbstract() || type.isInterface() || !isFilter(entry.getKey(), analyzer, new HashSet<>()) || descriptions.contains("\"" + name + "\"")) {
                continue;
            }
            if (!type.isPublic() || !type.hasPublicNoArgsConstructor()) {
                unfit.add(name);
                continue;
            }
            String path = "OSGI-INF/" + name + ".xml";
            jar.putResource(path, new EmbeddedResource(COMPONENT.formatted(name, name).getBytes(StandardCharsets.UTF_8), 0));
            header.append(header.length() == 0 ? "" : ",").append(path);
        }
        String how = " (a plain jar's plugin has to be a public class with a public constructor without arguments, or a component by @Component of"
                + " org.osgi.service.component.annotations)";
        if (header.length() == 0) {
            throw new Refusal(unfit.isEmpty() ? "it offers no plugin: no class in it implements PluginFilter; if it is a library, put it into the jar of the plugin that"
                    + " uses it" + (dropped.isEmpty() ? "" : "; classes in the api's own packages are left out (" + dropped.stream().distinct().limit(LISTED)
                            .collect(Collectors.joining(", ")) + " …): if a plugin is among them, move it to a package of its own")
                    : "its plugin " + String.join(", ", unfit) + " can't be made" + how);
        }
        if (!unfit.isEmpty()) {
            LOG.warn("{} can't be made and is left out{}", String.join(", ", unfit), how);
        }
        return header.toString();
    }

    private static String descriptions(Jar jar, String serviceComponent) throws Exception {
        StringBuilder all = new StringBuilder();
        for (String path : serviceComponent == null ? new String[0] : serviceComponent.split(",")) {
            Resource resource = jar.getResource(path.strip());
            if (resource != null) {
                all.append(new String(resource.openInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return all.toString();
    }

    private static boolean isFilter(TypeRef type, Analyzer analyzer, Set<TypeRef> seen) {
        if (type == null || !seen.add(type)) {
            return false;
        }
        if (FILTERS.contains(type.getFQN())) {
            return true;
        }
        Clazz known = analyzer.getClassspace().get(type);
        if (known == null) {
            return false;
        }
        TypeRef[] interfaces = known.getInterfaces(); // null, not empty, for a class that implements none
        return isFilter(known.getSuper(), analyzer, seen)
                || interfaces != null && Arrays.stream(interfaces).anyMatch(one -> isFilter(one, analyzer, seen));
    }
}
