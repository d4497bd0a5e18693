// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks.jmh;

import com.google.flatbuffers.FlatBufferBuilder;
import java.util.ArrayList;
import java.util.List;

/** The request that the load generator sends, as bytes: 4 arguments and 12 headers, or as many as are wanted. */
public final class Requests {

    private static final String[][] ARGS = {
        {"q", "wireless headphones"}, {"page", "2"}, {"sort", "price_asc"}, {"lang", "en"},
    };
    private static final String[][] HEADERS = {
        {"host", "shop.example.com"},
        {"user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"},
        {"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
        {"accept-language", "en-GB,en;q=0.9,de;q=0.7"},
        {"accept-encoding", "gzip, deflate, br"},
        {"referer", "https://shop.example.com/category/audio?page=1"},
        {"cookie", "session=6f1c2d7e9b3a4f58a0c1d2e3f4a5b6c7; theme=dark; consent=yes"},
        {"upgrade-insecure-requests", "1"},
        {"sec-fetch-dest", "document"},
        {"sec-fetch-mode", "navigate"},
        {"sec-fetch-site", "same-origin"},
        {"cache-control", "max-age=0"},
    };

    private Requests() {}

    /** The headers' names and values, in order. */
    public static List<String[]> headers(int count) {
        List<String[]> headers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            headers.add(i < HEADERS.length ? HEADERS[i] : new String[] {"x-forwarded-attribute-" + i, "a1b2c3d4-e5f6-4789-8abc-def012345" + i});
        }
        return headers;
    }

    /** The payload of an HTTP_REQ_CALL. */
    public static byte[] payload(int token, int headers) {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        int path = builder.createString("/api/v1/products/search");
        int address = builder.createByteVector(new byte[] {(byte) 192, 0, 2, 17});
        int argsAt = entries(builder, List.of(ARGS));
        int headersAt = entries(builder, headers(headers));
        builder.startTable(7);
        builder.addInt(0, 7, 0);
        builder.addOffset(1, address, 0);
        builder.addOffset(3, path, 0);
        builder.addOffset(4, argsAt, 0);
        builder.addOffset(5, headersAt, 0);
        builder.addInt(6, token, 0);
        builder.finish(builder.endTable());
        return builder.sizedByteArray();
    }

    private static int entries(FlatBufferBuilder builder, List<String[]> entries) {
        return builder.createVectorOfTables(entries.stream().mapToInt(entry -> {
            int name = builder.createString(entry[0]);
            int value = builder.createString(entry[1]);
            builder.startTable(2);
            builder.addOffset(0, name, 0);
            builder.addOffset(1, value, 0);
            return builder.endTable();
        }).toArray());
    }

    /** A whole HTTP_REQ_CALL frame. */
    public static byte[] frame(int token, int headers) {
        byte[] payload = payload(token, headers);
        byte[] frame = new byte[4 + payload.length];
        frame[0] = 2;
        frame[1] = (byte) (payload.length >> 16);
        frame[2] = (byte) (payload.length >> 8);
        frame[3] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 4, payload.length);
        return frame;
    }
}
