import type { ZodType } from 'zod';

/** What a subcommand needs of the command that it belongs to: its room has no I/O of its own for these. */
export interface Shell {
  version: string;
  /** A configuration, checked. @throws where it is not sound: wrong usage. */
  load<T>(file: string, schema: ZodType<T>, prefix: string): Promise<T>;
  /** Also that the files that its settings name can be read: for what is to run with it. @throws as well: wrong usage. */
  loadToRun<T>(file: string, schema: ZodType<T>, prefix: string): Promise<T>;
  /** A file's content. @throws where it cannot be read: wrong usage. */
  bytes(file: string): Uint8Array;
  /** Runs what reads tables; a table that cannot be used is wrong usage. */
  onTable(run: () => void | Promise<void>): Promise<void>;
  /** A line on stdout, for results. */
  write(line: string): void;
  /** A line on stderr, for people. */
  say(line: string): void;
  /** Ends the command with 2, and what is allowed. */
  usage(message: string): Error;
  /** Ends the command with 1: it did its work, and the answer is no. */
  failure(message: string): Error;
  /** Aborted when the command is told to stop. */
  stopSignal(): AbortSignal;
  /** The built command, for those who run it again. */
  commandFile: string;
  /** Runs until it is told to stop. */
  runUntilStopped(service: { stop(): Promise<void> }): Promise<void>;
}
