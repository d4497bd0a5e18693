// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.leaks;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanInfo;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Management beans that hold a class loader, and those that only look as if they did. */
class HeldBeansTest {

    /** What a management bean shows. */
    public interface HeldBeanMBean {
        int getNumber();
    }

    /** A management bean. */
    public static final class HeldBean implements HeldBeanMBean {

        @Override
        public int getNumber() {
            return 1;
        }
    }

    private final OwnLoader loader = new OwnLoader(HeldBeansTest.class);

    @Test
    void aManagementBean() throws Exception {
        assertThat(holdersWith(loader.make(HeldBean.class, Object.class))).containsExactly("the management bean test:type=Held is of its class " + HeldBean.class.getName()
                + ": unregister it in the method with @Deactivate (MBeanServer.unregisterMBean)");
    }

    /** Registers a bean while it is looked for what holds the loader. */
    private List<String> holdersWith(Object bean) throws JMException {
        ObjectName name = new ObjectName("test:type=Held");
        ManagementFactory.getPlatformMBeanServer().registerMBean(bean, name);
        try {
            return Holders.of(loader, bundle -> true);
        } finally {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        }
    }

    @Test
    void aManagementBeanInTheJdksWrapper() throws Exception {
        assertThat(holdersWith(wrapped(loader))).containsExactly("the management bean test:type=Held is of its class " + HeldBean.class.getName()
                + ": unregister it in the method with @Deactivate (MBeanServer.unregisterMBean)");
    }

    private static <T> StandardMBean wrapped(OwnLoader loader) throws ReflectiveOperationException, JMException {
        @SuppressWarnings("unchecked")
        Class<T> shown = (Class<T>) loader.loadClass(HeldBeanMBean.class.getName());
        return new StandardMBean(loader.make(HeldBean.class, shown), shown);
    }

    @Test
    void aLaterVersionsManagementBeanIsNotTakenForIt() throws Exception {
        loader.make(HeldBean.class, Object.class); // has the class too
        assertThat(holdersWith(new OwnLoader(HeldBeansTest.class).make(HeldBean.class, Object.class))).isEmpty();
        assertThat(holdersWith(wrapped(new OwnLoader(HeldBeansTest.class)))).isEmpty();
    }

    @Test
    void noBeanIsAskedForAnything() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Object bean = Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {DynamicMBean.class}, (self, method, arguments) -> {
            asked.incrementAndGet();
            return new MBeanInfo("test.Own", "", null, null, null, null);
        });
        ObjectName name = new ObjectName("test:type=Own");
        ManagementFactory.getPlatformMBeanServer().registerMBean(bean, name);
        try {
            int before = asked.get();
            assertThat(Holders.of(loader, plugin -> true)).isEmpty();
            assertThat(asked).hasValue(before);
        } finally {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        }
    }
}
