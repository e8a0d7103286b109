import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Takes out of jars what only costs time at each start. Argument: their folder; they are rewritten in place, and one
 * that holds nothing of the kind stays as it is.
 *
 * <p>Lambdas become plain ones: Scala marks each as serializable, as Pekko's function types do, and the JVM archives
 * only lambdas that are not. A start spun some 250 classes anew (on JDK 25 it took 760 ms, and takes 400 with plain
 * ones). Nothing here serializes a function.
 *
 * <p>Pekko parses its reference configuration, most of which is comment, and the manifest of every jar, most of which
 * is lists of packages for OSGi (160 KB of them for Scala's library).
 */
final class LeanJars {
  private static final String CONFIGURATION = "reference.conf";
  private static final String PACKAGES = "-Package";

  /** java.lang.invoke.LambdaMetafactory.FLAG_SERIALIZABLE and FLAG_BRIDGES. */
  private static final int SERIALIZABLE = 1;
  private static final int BRIDGES = 4;
  private static final String PLAIN = "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;"
      + "Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodHandle;"
      + "Ljava/lang/invoke/MethodType;)Ljava/lang/invoke/CallSite;";

  private int changed;

  public static void main(String[] args) throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
      for (Path jar : jars) new LeanJars().rewrite(jar);
    }
  }

  private void rewrite(Path jar) throws IOException {
    Path rewritten = Files.createTempFile(jar.getParent(), "lean", ".tmp");
    try {
      try (ZipFile in = new ZipFile(jar.toFile());
          ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(rewritten))) {
        for (ZipEntry entry : Collections.list(in.entries())) {
          ZipEntry copy = new ZipEntry(entry.getName());
          copy.setTime(entry.getTime());
          out.putNextEntry(copy);
          out.write(rewrite(entry.getName(), in.getInputStream(entry).readAllBytes()));
        }
      }
      if (changed > 0) {
        Files.setPosixFilePermissions(rewritten, Files.getPosixFilePermissions(jar));
        Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(rewritten);
    }
  }

  private byte[] rewrite(String name, byte[] bytes) throws IOException {
    if (name.endsWith(".class")) return withPlainLambdas(bytes);
    if (name.equals(JarFile.MANIFEST_NAME)) return withoutPackages(bytes);
    return name.equals(CONFIGURATION) ? withoutComments(bytes) : bytes;
  }

  private byte[] withoutPackages(byte[] bytes) throws IOException {
    Manifest manifest = new Manifest(new ByteArrayInputStream(bytes));
    if (!manifest.getMainAttributes().keySet().removeIf(name -> name.toString().endsWith(PACKAGES))) return bytes;
    changed++;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    manifest.write(out);
    return out.toByteArray();
  }

  private byte[] withoutComments(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    String rest = text.replaceAll("(?m)^[ \\t]*(#.*)?\\R", "");
    if (rest.length() == text.length()) return bytes;
    changed++;
    return rest.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] withPlainLambdas(byte[] bytes) {
    int before = changed;
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(new ClassVisitor(Opcodes.ASM9, writer) {
      @Override
      public MethodVisitor visitMethod(int access, String name, String type, String signature, String[] exceptions) {
        return new MethodVisitor(Opcodes.ASM9, super.visitMethod(access, name, type, signature, exceptions)) {
          @Override
          public void visitInvokeDynamicInsn(String method, String site, Handle bootstrap, Object... arguments) {
            if (bootstrap.getName().equals("altMetafactory") && canBePlain(Type.getReturnType(site), arguments)) {
              changed++;
              super.visitInvokeDynamicInsn(method, site, new Handle(bootstrap.getTag(), bootstrap.getOwner(),
                  "metafactory", PLAIN, bootstrap.isInterface()), arguments[0], arguments[1], arguments[2]);
            } else {
              super.visitInvokeDynamicInsn(method, site, bootstrap, arguments);
            }
          }
        };
      }
    }, 0);
    return changed == before ? bytes : writer.toByteArray();
  }

  /** Arguments: erased type, implementation, actual type, flags, and with {@link #BRIDGES} their number and types. */
  private static boolean canBePlain(Type function, Object[] arguments) {
    int flags = (Integer) arguments[3];
    if (flags == SERIALIZABLE) return true;
    if (flags != (SERIALIZABLE | BRIDGES)) return false;
    if ((Integer) arguments[4] == 0) return true; // so javac says that there are none
    // Scala's own function types have one abstract method: nothing can call a bridge of the actual type.
    return function.getInternalName().matches("scala/(runtime/java8/J)?Function\\d.*")
        && (Integer) arguments[4] == 1 && arguments[5].equals(arguments[2]);
  }
}
