package org.understudy;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The rules of the house that a machine can hold. */
@AnalyzeClasses(packages = "org.understudy", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  /** Types of which a static constant is state in disguise. */
  private static final Set<String> MUTABLE = Set.of("java.lang.ThreadLocal", "java.lang.StringBuilder",
      "java.util.Random", "java.util.HashMap", "java.util.ArrayList", "java.util.BitSet", "java.nio.ByteBuffer",
      "java.util.concurrent.ConcurrentHashMap");

  /** Each imports only from those before it. */
  private static final List<String> ORDER = List.of("bytes", "resp", "config", "keyspace", "rdb", "command", "acl",
      "replication", "persistence", "shard", "client", "sentinel", "engine", "node");

  /** The same within {@code shard}. */
  private static final String[] SHARD_ORDER = {"org.understudy.shard.statistics", "org.understudy.shard.server",
      "org.understudy.shard.clients", "org.understudy.shard.history", "org.understudy.shard.persistence",
      "org.understudy.shard.replication", "org.understudy.shard"};

  @ArchTest
  static final ArchRule everyPackageHasItsPlaceInTheOrder = noClasses()
      .should(be(resideOutsideOfPackages(packages(ORDER))));

  @ArchTest
  static final ArchRule packagesImportOnlyFromThoseAbove = eachKnowsOnlyThoseBefore(packages(ORDER));

  @ArchTest
  static final ArchRule everyPackageOfTheShardHasItsPlaceInTheOrder = noClasses()
      .that().resideInAPackage("org.understudy.shard..").should(be(resideOutsideOfPackages(SHARD_ORDER)));

  @ArchTest
  static final ArchRule packagesOfTheShardImportOnlyFromThoseAbove = eachKnowsOnlyThoseBefore(SHARD_ORDER);

  @ArchTest
  static final ArchRule noPackagesNeedEachOther = slices().matching("org.understudy.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule pureCodeKnowsNoActorAndNoStage = noClasses()
      .that().resideInAnyPackage(packages(ORDER.subList(0, ORDER.indexOf("acl") + 1)))
      .should().dependOnClassesThat(describe("belong to Pekko, but for its byte strings", type ->
          type.getPackageName().startsWith("org.apache.pekko")
              && !type.getPackageName().equals("org.apache.pekko.util")));

  @ArchTest
  static final ArchRule timeComesInAsAClock = noClasses()
      .that().resideOutsideOfPackages("org.understudy.engine..", "org.understudy.node..")
      .should().accessTargetWhere(describe("reads the time of the system", ArchitectureTest::readsTheTime));

  @ArchTest
  static final ArchRule thereIsNoStaticState = CompositeArchRule.of(List.of(
      fields().that().areStatic().should().beFinal(),
      noFields().that().areStatic().should().haveRawType(describe("made to be changed", ArchitectureTest::isMutable))));

  @ArchTest
  static final ArchRule onlyTheProgramItselfPrints = noClasses()
      .that().resideOutsideOfPackage("org.understudy.node..").should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule nothingSleepsButTheCommandDebugSleep = noClasses()
      .that().doNotHaveFullyQualifiedName("org.understudy.shard.DebugCommands")
      .should().accessTargetWhere(describe("sleeps", access ->
          access.getTargetOwner().isEquivalentTo(Thread.class) && access.getName().equals("sleep")));

  private static ArchRule eachKnowsOnlyThoseBefore(String[] order) {
    return CompositeArchRule.of(IntStream.range(0, order.length - 1).mapToObj(place -> (ArchRule) noClasses()
        .that().resideInAPackage(order[place])
        .should().dependOnClassesThat().resideInAnyPackage(Arrays.copyOfRange(order, place + 1, order.length))
        .allowEmptyShould(true)).toList());
  }

  private static boolean readsTheTime(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getName();
    return switch (name) {
      case "currentTimeMillis", "nanoTime" -> owner.equals("java.lang.System");
      case "now" -> owner.startsWith("java.time.");
      case "systemUTC", "systemDefaultZone", "system", "tickMillis" -> owner.equals("java.time.Clock");
      case "<init>" -> owner.equals("java.util.Date")
          && access.getTarget() instanceof CodeUnitAccessTarget date && date.getRawParameterTypes().isEmpty();
      default -> false;
    };
  }

  private static boolean isMutable(JavaClass type) {
    return type.getPackageName().equals("java.util.concurrent.atomic") || MUTABLE.contains(type.getName());
  }

  private static String[] packages(List<String> names) {
    return names.stream().map(name -> "org.understudy." + name + "..").toArray(String[]::new);
  }
}
