package io.podpath.tui;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may know whom. Sees every module because tui depends on all of them. */
class ArchitectureTest {
  private static final List<String> MODULES = List.of("core", "probes", "rules", "fixtures", "tui");

  /** Inside core a package may use its own line and the lines above. */
  private static final List<List<String>> CORE_LAYERS =
      List.of(
          List.of("net"),
          List.of("node", "netfilter", "cluster", "cni"),
          List.of("snapshot"),
          List.of("walk", "blueprint"),
          List.of("compare"),
          List.of("fix"),
          List.of("rule"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOptions(List.of(new ImportOption.DoNotIncludeTests(), new NoTestJars()))
          .importPackages("io.podpath");

  /** A module's test-jar is a jar like any other, except for its name. */
  private static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar!");
    }
  }

  @Test
  void everyModuleIsSeen() {
    // Every rule below is satisfied by an empty import.
    assertThat(MODULES)
        .allSatisfy(module ->
            assertThat(CLASSES.contain("io.podpath." + module + ".package-info")).isTrue());
  }

  @Test
  void coreDependsOnNothing() {
    check(
        classes()
            .that()
            .resideInAPackage("io.podpath.core..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.podpath.core..", "java..", "org.jspecify.annotations..")
            .because(
                "the model outlives every library, and anybody can use it without our choices"));
  }

  @Test
  void rulesKnowOnlyCore() {
    check(
        classes()
            .that()
            .resideInAPackage("io.podpath.rules..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "io.podpath.rules..",
                "io.podpath.core..",
                "java..",
                "org.jspecify.annotations..",
                "com.google.auto.service..")
            .because("a rule that knows where a fact came from works for one source only"));
  }

  @ParameterizedTest
  @CsvSource({
    "probes, rules, a parser that knows the rules sees what it expects and not what is there",
    "probes, fixtures, the product must not depend on its examples",
    "probes, tui, the outside world has no screen",
    "fixtures, rules, a fixture written for a rule proves nothing about that rule",
    "fixtures, tui, recorded clusters and the lab have no screen",
  })
  void moduleDoesNotKnow(String module, String other, String because) {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.podpath." + module + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.podpath." + other + "..")
            .because(because));
  }

  @TestFactory
  Stream<DynamicTest> corePackagesKnowNoHigherOne() {
    return IntStream.range(0, CORE_LAYERS.size() - 1)
        .boxed()
        .flatMap(layer -> {
          String[] higher =
              corePackages(CORE_LAYERS.stream().skip(layer + 1L).flatMap(List::stream).toList());
          return CORE_LAYERS.get(layer).stream()
              .map(name ->
                  DynamicTest.dynamicTest(
                      name,
                      () ->
                          check(
                              noClasses()
                                  .that()
                                  .resideInAPackage("io.podpath.core." + name + "..")
                                  .should()
                                  .dependOnClassesThat()
                                  .resideInAnyPackage(higher)
                                  .because(
                                      "facts come before what is concluded from them:"
                                          + " net, then node, netfilter, cluster and cni,"
                                          + " snapshot, walk and blueprint, compare, fix, rule"))));
        });
  }

  @Test
  void everyCorePackageHasItsLayer() {
    List<String> placed = new ArrayList<>(List.of("io.podpath.core"));
    placed.addAll(List.of(corePackages(CORE_LAYERS.stream().flatMap(List::stream).toList())));
    check(
        classes()
            .that()
            .resideInAPackage("io.podpath.core..")
            .should()
            .resideInAnyPackage(placed.toArray(String[]::new))
            .because("a package nobody placed may depend on anything; place it in CORE_LAYERS"));
  }

  @Test
  void corePackagesFormNoCycle() {
    check(
        slices()
            .matching("io.podpath.core.(*)..")
            .should()
            .beFreeOfCycles()
            .because("packages in a cycle are one package with two names"));
  }

  @Test
  void packagesAreNamedByWhatTheyHold() {
    check(
        noClasses()
            .should()
            .resideInAnyPackage(
                Stream.of("util", "utils", "common", "helper", "misc", "impl", "manager")
                    .map(name -> ".." + name + "..")
                    .toArray(String[]::new))
            .because("such a name says nothing and collects everything"));
  }

  @Test
  void noSimpleClassNameTwice() {
    Path root = Path.of(System.getProperty("podpath.root", ".."));
    Map<Path, List<Path>> files =
        MODULES.stream()
            .flatMap(module -> javaFiles(root.resolve(module).resolve("src")).stream())
            .filter(file -> !file.endsWith("package-info.java"))
            .collect(Collectors.groupingBy(Path::getFileName));
    assertThat(files).isNotEmpty();
    assertThat(files.values().stream().filter(sameName -> sameName.size() > 1))
        .as("files of the same simple class name, because a name must mean one thing everywhere")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "jnr.., probes.netlink|fixtures.udp, start-up pays 100 ms for it and only the kernel needs it",
    "org.pcap4j.., probes.capture, it needs libpcap on the machine",
    "io.fabric8.., probes.kube, the rest sees a cluster as records of io.podpath.core.cluster",
    "com.googlecode.lanterna.., tui.terminal, screens are pure functions and tested as text",
  })
  void libraryStaysInItsPackages(String library, String homes, String because) {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                Stream.of(homes.split("\\|"))
                    .map(home -> "io.podpath." + home + "..")
                    .toArray(String[]::new))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(library)
            .because(because));
  }

  @Test
  void coreAndRulesTouchNothingOutside() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage("io.podpath.core..", "io.podpath.rules..")
            .should()
            .dependOnClassesThat(filesSocketsOrProcesses())
            .because("the same snapshot must give the same answer on every machine, years later"));
  }

  @Test
  void onlyTheCommandLineOwnsTheStandardStreams() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.podpath.tui.cli..")
            .should(ACCESS_STANDARD_STREAMS)
            .because("stdout is the answer: one stray line breaks every script that reads it"));
  }

  @Test
  void nobodyUsesJavaUtilLogging() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.podpath.tui.cli..")
            .should(USE_JAVA_UTIL_LOGGING)
            .because("what a user should know is in the result; a log is where it gets lost"));
  }

  /** A package may not exist yet, and its rule waits for it. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }

  private static String[] corePackages(List<String> names) {
    return names.stream().map(name -> "io.podpath.core." + name + "..").toArray(String[]::new);
  }

  private static DescribedPredicate<JavaClass> filesSocketsOrProcesses() {
    DescribedPredicate<JavaClass> files =
        resideInAnyPackage("java.nio.file..", "java.nio.channels..")
            .or(named("java\\.io\\.(File.*|RandomAccessFile|Console)"));
    // URI only parses; every other class of java.net can reach the network.
    DescribedPredicate<JavaClass> sockets =
        resideInAPackage("java.net..").and(DescribedPredicate.not(named("java\\.net\\.URI.*")));
    DescribedPredicate<JavaClass> processes = named("java\\.lang\\.(Process.*|Runtime)");
    return files.or(sockets).or(processes).as("are files, sockets or processes");
  }

  private static DescribedPredicate<JavaClass> named(String pattern) {
    return describe("are named " + pattern, type -> type.getName().matches(pattern));
  }

  private static List<Path> javaFiles(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
