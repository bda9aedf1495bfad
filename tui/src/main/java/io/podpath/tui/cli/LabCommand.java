package io.podpath.tui.cli;

import io.podpath.fixtures.lab.Fault;
import io.podpath.fixtures.lab.Faults;
import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.fixtures.lab.LabFabric;
import io.podpath.fixtures.lab.LabHome;
import io.podpath.fixtures.lab.LabMatrix;
import io.podpath.fixtures.lab.LabStanding;
import io.podpath.fixtures.lab.LabState;
import io.podpath.tui.report.ExitCode;
import io.podpath.tui.report.LabJson;
import io.podpath.tui.report.LabText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code podpath lab}: the built-in working data plane. */
@Command(
    name = "lab",
    sortOptions = false,
    description =
        "Builds a working data plane in network namespaces, breaks it in known ways, and sends real packets through it.",
    customSynopsis = {
      "podpath lab list",
      "       podpath lab up FABRIC [--proxy NAME] [--nodes N] [--pods N] [--name LAB]",
      "       podpath lab status [LAB]",
      "       podpath lab break RULE [--name LAB]",
      "       podpath lab heal RULE [--name LAB]",
      "       podpath lab down [LAB] | --all"
    },
    footer = {
      "",
      "Everything a lab makes lies in namespaces of its own and ends with it.",
      "Exit code: 0 all packets delivered, 1 some lost, 2 wrong usage or no lab; see podpath help exit-codes"
    })
final class LabCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Surroundings surroundings;
  private final LabHome home;

  @Parameters(index = "0", arity = "1", paramLabel = "list|up|status|break|heal|down")
  private String action = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "FABRIC|RULE|LAB")
  private Optional<String> subject = Optional.empty();

  /** Words that no action takes; kept only to say what to write instead. */
  @Parameters(index = "2..*", arity = "0..*", hidden = true)
  private List<String> tooMany = List.of();

  @Option(
      names = "--name",
      paramLabel = "LAB",
      description = "Which lab (default: the fabric's name, or the only lab there is).")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--proxy",
      paramLabel = "iptables|ipvs|none",
      description = "Service proxy (default: what suits the fabric).")
  private Optional<String> proxy = Optional.empty();

  @Option(names = "--nodes", paramLabel = "N", description = "Machines (default: 3).")
  private int nodes = 3;

  @Option(names = "--pods", paramLabel = "N", description = "Pods on each machine (default: 2).")
  private int pods = 2;

  @Option(names = "--all", description = "All labs, for down.")
  private boolean all;

  @Mixin private AnswerOptions answer;

  LabCommand(Surroundings surroundings, LabHome home) {
    this.surroundings = surroundings;
    this.home = home;
  }

  @Override
  public Integer call() throws Refusal {
    check();
    answer.checkForm();
    AnswerOptions.Answer target = answer.prepare(surroundings, List.of());
    try {
      return switch (action) {
        case "list" -> list(target);
        case "up" -> up(target);
        case "status" -> report(probed(lab()), target);
        case "break" -> changed(true, target);
        case "heal" -> changed(false, target);
        case "down" -> down(target);
        default ->
            throw new Refusal(
                "lab "
                    + action
                    + ": no such action; there are list, up, status, break, heal and down");
      };
    } catch (LabException e) {
      throw new Refusal(String.valueOf(e.getMessage()));
    }
  }

  private void check() throws Refusal {
    boolean takesRule = action.equals("break") || action.equals("heal");
    if (!tooMany.isEmpty()) {
      throw new Refusal(
          "lab "
              + action
              + " "
              + subject.orElse("")
              + " "
              + String.join(" ", tooMany)
              + (takesRule || action.equals("up")
                  ? ": name the lab with --name " + tooMany.getFirst()
                  : ": one word too many"));
    }
    boolean takesLab = action.equals("status") || action.equals("down");
    if (takesLab && subject.isPresent() && name.isPresent()) {
      throw new Refusal(
          "lab "
              + action
              + " "
              + subject.get()
              + " --name "
              + name.get()
              + ": these are two names; give one");
    }
    if (all && !action.equals("down")) {
      throw new Refusal("lab " + action + " --all: only lab down takes all labs");
    }
    if (all && subject.or(() -> name).isPresent()) {
      throw new Refusal(
          "lab down " + subject.or(() -> name).get() + " --all: give either a name or --all");
    }
  }

  private int list(AnswerOptions.Answer target) throws LabException, Refusal {
    Map<String, LabStanding> labs = new LinkedHashMap<>();
    for (String lab : home.names()) {
      Lab.standing(home, lab).ifPresent(s -> labs.put(lab, s));
    }
    Map<LabFabric, List<String>> faults = new LinkedHashMap<>();
    for (LabFabric fabric : LabFabric.ALL) {
      faults.put(
          fabric,
          Faults.on(fabric.blueprint(3, 2, LabFabric.proxyNamed(fabric.proxy()).orElseThrow()))
              .stream()
              .map(Fault::rule)
              .toList());
    }
    int code = ExitCode.OK.code();
    target.give(
        json()
            ? LabJson.list(labs, faults, code)
            : LabText.list(labs, faults, surroundings.program(), columns()));
    return code;
  }

  private int up(AnswerOptions.Answer target) throws LabException, Refusal {
    List<String> fabrics = LabFabric.ALL.stream().map(LabFabric::name).toList();
    String wanted =
        subject.orElseThrow(
            () -> new Refusal("lab up needs a fabric: " + String.join(", ", fabrics)));
    LabFabric fabric =
        LabFabric.named(wanted)
            .orElseThrow(() ->
                new Refusal(
                    "lab up " + wanted + ": there is no such fabric" + hintOrAll(wanted, fabrics)));
    if (LabHome.isOfOneCall(name.orElse(""))) {
      throw new Refusal(
          "--name " + name.orElse("") + ": podpath compare takes these names for its own labs");
    }
    String proxyName = proxy.orElse(fabric.proxy());
    try {
      LabState state =
          LabState.asked(
              name.orElse(fabric.name()),
              fabric,
              LabFabric.proxyNamed(proxyName)
                  .orElseThrow(() ->
                      new Refusal(
                          "--proxy "
                              + proxyName
                              + ": one of "
                              + String.join(", ", LabFabric.proxyNames()))),
              nodes,
              pods);
      state.blueprint();
      return report(built(state), target);
    } catch (IllegalArgumentException e) {
      throw new Refusal(String.valueOf(e.getMessage()));
    }
  }

  private Probed built(LabState state) throws LabException {
    String doing =
        "building lab "
            + state.name()
            + ": "
            + state.nodes()
            + " nodes, "
            + state.nodes() * state.podsPerNode()
            + " pods";
    try (Progress progress =
        Progress.of(surroundings, doing, "taking lab " + state.name() + " down")) {
      Lab lab = Lab.up(home, state, Optional.empty());
      progress.now(sending(lab), "");
      return new Probed(lab, lab.settle(PATIENCE));
    }
  }

  private static String sending(Lab lab) {
    return "sending packets in lab " + lab.state().name();
  }

  private Probed probed(Lab lab) throws LabException {
    try (Progress _ = Progress.of(surroundings, sending(lab), "")) {
      return new Probed(lab, lab.probe());
    }
  }

  private int changed(boolean breaking, AnswerOptions.Answer target) throws LabException, Refusal {
    String rule =
        subject.orElseThrow(() ->
            new Refusal("lab " + action + " needs the name of a fault: see podpath lab list"));
    List<String> names = Faults.all().stream().map(Fault::rule).toList();
    Fault fault =
        Faults.named(rule)
            .orElseThrow(() ->
                new Refusal(
                    "lab "
                        + action
                        + " "
                        + rule
                        + ": there is no such fault"
                        + hintOrAll(rule, names)));
    subject = Optional.empty();
    Lab lab = lab();
    return report(changed(lab, breaking, fault), target);
  }

  private Probed changed(Lab lab, boolean breaking, Fault fault) throws LabException {
    String name = lab.state().name();
    String doing =
        breaking
            ? "breaking lab " + name + " by " + fault.rule()
            : "healing lab " + name + " of " + fault.rule();
    try (Progress progress =
        Progress.of(surroundings, doing, "laying lab " + name + " as it was before")) {
      Lab changed = breaking ? lab.breakBy(fault) : lab.heal(fault);
      progress.now(sending(changed), "");
      return new Probed(changed, changed.settleToFaults(PATIENCE));
    }
  }

  private int down(AnswerOptions.Answer target) throws LabException, Refusal {
    boolean named = subject.or(() -> name).isPresent();
    List<String> going = all ? all() : List.of(named ? named() : only());
    for (String lab : going) {
      Lab.down(home, lab);
    }
    int code = ExitCode.OK.code();
    String text =
        going.isEmpty()
            ? "no lab is up\n"
            : "down: "
                + String.join(", ", going)
                + (all || named ? "" : ", the only lab there was")
                + "\n";
    target.give(json() ? LabJson.down(going, code) : text);
    return code;
  }

  /** Without those that calls of podpath use right now, which take them down themselves. */
  private List<String> all() throws LabException {
    return Stream.concat(home.lasting().stream(), home.abandoned().stream()).toList();
  }

  private String named() throws LabException, Refusal {
    String lab = subject.or(() -> name).orElseThrow();
    if (!home.names().contains(lab)) {
      throw new Refusal("there is no lab " + lab + Nearest.hint(lab, home.names()));
    }
    return lab;
  }

  private String only() throws LabException, Refusal {
    return only(
        home, "lab " + action, action.equals("status") || action.equals("down") ? "" : "--name ");
  }

  /**
   * The only lab there is; one that serves a call of podpath alone is nobody else's.
   *
   * @param what as typed
   * @param option in front of a name
   */
  static String only(LabHome home, String what, String option) throws LabException, Refusal {
    List<String> labs = home.lasting();
    if (labs.isEmpty()) {
      throw new Refusal("no lab is up: podpath lab up FABRIC (podpath lab list shows them)");
    }
    if (labs.size() > 1) {
      throw new Refusal(
          what
              + ": which of "
              + String.join(", ", labs)
              + "? name it, such as "
              + option
              + labs.getFirst());
    }
    return labs.getFirst();
  }

  private Lab lab() throws LabException, Refusal {
    String lab = subject.or(() -> name).isPresent() ? subject.or(() -> name).orElseThrow() : only();
    return open(home, lab);
  }

  static Lab open(LabHome home, String lab) throws LabException, Refusal {
    Optional<LabStanding> standing = Lab.standing(home, lab);
    if (standing.isEmpty()) {
      throw new Refusal("lab " + lab + " is not up: podpath lab up FABRIC");
    }
    return switch (standing.get()) {
      case LabStanding.Up(var up) -> up;
      case LabStanding.InWork(var process) ->
          throw new Refusal(
              "lab " + lab + " is being built or changed by process " + process + ": wait for it");
      case LabStanding.Incomplete() ->
          throw new Refusal(
              "lab " + lab + " is what an interrupted call has left: podpath lab down " + lab);
    };
  }

  /** A lab and what became of the packets sent in it. */
  private record Probed(Lab lab, LabMatrix matrix) {}

  private int report(Probed probed, AnswerOptions.Answer target) throws Refusal {
    Lab lab = probed.lab();
    LabMatrix matrix = probed.matrix();
    int code = (matrix.allDelivered() ? ExitCode.OK : ExitCode.FINDINGS).code();
    target.give(
        json()
            ? LabJson.matrix(lab.state(), matrix, code)
            : LabText.matrix(
                lab.state(),
                matrix,
                answer.ascii(surroundings),
                surroundings.program(),
                columns()));
    return code;
  }

  private int columns() {
    return surroundings.terminal().columns().getAsInt();
  }

  private boolean json() {
    return answer.form() == Form.JSON;
  }

  private static String hintOrAll(String word, List<String> names) {
    String hint = Nearest.hint(word, names);
    return hint.isEmpty() ? "; there are " + String.join(", ", names) : hint;
  }
}
