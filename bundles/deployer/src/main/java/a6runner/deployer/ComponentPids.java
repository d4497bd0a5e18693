// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Enumeration;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Finds the PIDs that a bundle's components are configured by: before it starts, as a configuration has to be there by then. */
final class ComponentPids {

    private ComponentPids() {}

    /** The PIDs of the component descriptions that a {@code Service-Component} header names; a description that can't be read is left to who runs it. */
    static Set<String> of(JarFile jar, String serviceComponent) throws IOException {
        Set<String> pids = new TreeSet<>();
        if (serviceComponent == null) {
            return pids;
        }
        for (String name : serviceComponent.split(",")) {
            Pattern pattern = Pattern.compile(("\\Q" + name.strip() + "\\E").replace("*", "\\E[^/]*\\Q"));
            Enumeration<? extends ZipEntry> entries = jar.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (pattern.matcher(entry.getName()).matches()) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        read(in, pids);
                    }
                }
            }
        }
        return pids;
    }

    private static void read(InputStream in, Set<String> pids) {
        try {
            XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            XMLStreamReader reader = factory.createXMLStreamReader(in);
            String name = null;
            String pid = null;
            boolean configured = false;
            while (reader.hasNext()) {
                if (reader.next() != XMLStreamReader.START_ELEMENT) {
                    continue;
                }
                if (reader.getLocalName().equals("component")) {
                    name = reader.getAttributeValue(null, "name");
                    pid = reader.getAttributeValue(null, "configuration-pid");
                    configured = !"ignore".equals(reader.getAttributeValue(null, "configuration-policy"));
                } else if (configured && reader.getLocalName().equals("implementation")) {
                    String own = name == null ? reader.getAttributeValue(null, "class") : name;
                    for (String one : (pid == null ? own : pid).strip().split("\\s+")) {
                        pids.add(one.equals("$") ? own : one);
                    }
                }
            }
        } catch (XMLStreamException e) {
            return; // Declarative Services says what is wrong with it.
        }
    }
}
