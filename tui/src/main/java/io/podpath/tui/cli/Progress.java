package io.podpath.tui.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What podpath is at while one waits for it, on stderr: said at once; then how long it has taken,
 * on a terminal in one line that is written over and over, else in plain lines now and then.
 */
final class Progress implements AutoCloseable {

  private static final Duration TERMINAL_PACE = Duration.ofSeconds(1);
  private static final Duration PLAIN_PACE = Duration.ofSeconds(10);

  /**
   * @param ifInterrupted what podpath does then before it ends; empty where it just ends
   */
  private record Stage(String doing, String ifInterrupted) {}

  private final PrintWriter errors;
  private final boolean terminal;
  private final int columns;
  private final Duration pace;
  private final long began = System.nanoTime();
  private final AtomicReference<Stage> stage;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread teller = new Thread(this::tell, "progress");
  private final Thread hook = new Thread(this::interrupted, "progress at interrupt");

  private Progress(Surroundings surroundings, Duration pace, Stage first) {
    this.errors = surroundings.errors();
    this.terminal = surroundings.terminal().err();
    this.columns = terminal ? surroundings.terminal().columns().getAsInt() : Integer.MAX_VALUE;
    this.pace = pace;
    this.stage = new AtomicReference<>(first);
  }

  static Progress of(Surroundings surroundings, String doing, String ifInterrupted) {
    Duration pace = surroundings.terminal().err() ? TERMINAL_PACE : PLAIN_PACE;
    return of(surroundings, pace, doing, ifInterrupted);
  }

  static Progress of(Surroundings surroundings, Duration pace, String doing, String ifInterrupted) {
    Progress progress = new Progress(surroundings, pace, new Stage(doing, ifInterrupted));
    progress.write(doing);
    progress.teller.setDaemon(true);
    progress.teller.start();
    try {
      Runtime.getRuntime().addShutdownHook(progress.hook);
    } catch (IllegalStateException _) {
      // it is interrupted already
    }
    return progress;
  }

  /** It comes to something else, which plain lines tell when their time has come. */
  void now(String doing, String ifInterrupted) {
    stage.set(new Stage(doing, ifInterrupted));
    if (terminal) {
      write(doing);
    }
  }

  private void tell() {
    try {
      while (!closed.await(pace.toMillis(), TimeUnit.MILLISECONDS)) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        write(stage.get().doing() + ", " + seconds + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void write(String line) {
    if (closed.getCount() == 0) {
      return;
    }
    if (terminal) {
      erase();
      // a line as wide as the terminal would go on to the next one
      errors.print(line.substring(0, Math.min(line.length(), columns - 1)));
      errors.flush();
    } else {
      errors.println(line);
    }
  }

  private void erase() {
    errors.print("\r" + " ".repeat(columns - 1) + "\r");
  }

  private void interrupted() {
    String then = stage.get().ifInterrupted();
    if (!then.isEmpty()) {
      write("interrupted: " + then);
    }
  }

  @Override
  public synchronized void close() {
    if (terminal) {
      erase();
      errors.flush();
    }
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // it runs already
    }
  }
}
