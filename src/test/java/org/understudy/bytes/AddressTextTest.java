package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {
  @ParameterizedTest
  @CsvSource({"127.0.0.1, 127.0.0.1:7", "::1, [::1]:7", "::, [::]:7", "fe80::1, [fe80::1]:7",
      "2001:db8:0:1:0:0:0:ABC, [2001:db8:0:1::abc]:7", "1:0:0:2:0:0:3:4, [1::2:0:0:3:4]:7", "1::, [1::]:7",
      "1:0:2:3:4:5:6:7, [1:0:2:3:4:5:6:7]:7"})
  void anAddressIsWrittenAsShortAsItCanBe(String address, String text) throws UnknownHostException {
    assertEquals(text, AddressText.of(new InetSocketAddress(InetAddress.getByName(address), 7)));
  }
}
