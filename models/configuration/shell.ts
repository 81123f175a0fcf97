import type { ZodType } from 'zod';

/** What a subcommand needs from its command: subcommands have no I/O of their own for these. */
export interface Shell {
  version: string;
  /** Loads and validates a configuration. @throws if it is invalid: wrong usage. */
  load<T>(file: string, schema: ZodType<T>, prefix: string): Promise<T>;
  /**
   * Also checks that the files named by its settings are readable, before a service runs with it. @throws likewise:
   * wrong usage.
   */
  loadToRun<T>(file: string, schema: ZodType<T>, prefix: string): Promise<T>;
  /** A file's content. @throws if it cannot be read: wrong usage. */
  bytes(file: string): Uint8Array;
  /** Runs code that reads tables; an unusable table is wrong usage. */
  onTable(run: () => void | Promise<void>): Promise<void>;
  /** Writes a line to stdout, for results. */
  write(line: string): void;
  /** Writes a line to stderr, for people. */
  info(line: string): void;
  /** Ends the command with exit code 2 and the allowed usage. */
  usage(message: string): Error;
  /** Ends the command with exit code 1: it did its work, and the result is negative. */
  failure(message: string): Error;
  /** Aborted when the command receives a stop signal. */
  stopSignal(): AbortSignal;
  /** Path of the built command, for those who start it again. */
  commandFile: string;
  /** Runs until a stop signal. */
  runUntilStopped(service: { stop(): Promise<void> }): Promise<void>;
}
