import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ImportReport } from '#models/contracts/supply.ts';
import type { ReadOptions } from '#models/supply/readSupply.ts';
import type { SupplyTable } from '#models/supply/supplyTables.ts';
import { TableError } from '#models/tables/parseTable.ts';
import type { AlarmAnswers, AlarmQuestion } from '../alerts/alarmQuestions.ts';
import type { PlanJob, PlanResult } from '../planning/planJob.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import type { CheckedTable, Origin } from '../supply/importSupply.ts';

/** Tasks that take seconds and would block the network thread. */
export type Task =
  | { kind: 'plan'; job: PlanJob }
  | {
      kind: 'import';
      place: Place;
      mostRows: number;
      table: SupplyTable;
      bytes: Uint8Array;
      origin: Origin;
      options: ReadOptions;
      atMs: number;
    }
  | { kind: 'check'; table: SupplyTable; bytes: Uint8Array; options: ReadOptions }
  | { kind: 'alarms'; place: Place; question: AlarmQuestion };

export interface Results {
  plan: PlanResult;
  import: ImportReport;
  check: CheckedTable;
  alarms: AlarmAnswers[AlarmQuestion['kind']];
}

export type Answer = { ok: true; result: Results[Task['kind']] } | { ok: false; refused: string };

/** Runs a task and resolves with its result; an aborted task is abandoned. */
export type Run = <T extends Task>(task: T, signal: AbortSignal) => Promise<Results[T['kind']]>;

const MAX_MEGABYTES = 3072;

/** Runs a task in a separate thread. Rejects with TableError if a table is refused. */
export const runInThread: Run = <T extends Task>(task: T, signal: AbortSignal) =>
  new Promise<Results[T['kind']]>((resolve, reject) => {
    const worker = new Worker(workerFile(), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: MAX_MEGABYTES },
    });
    const end = () => void worker.terminate();
    signal.addEventListener('abort', end);
    worker.once('message', (answer: Answer) => {
      if (answer.ok) resolve(answer.result as Results[T['kind']]);
      else reject(new TableError(answer.refused));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', end);
      reject(new Error(`the thread exited with ${code} before it had finished`));
    });
  });

/** The built worker is beside the built command; when run from source, in `dist`. */
function workerFile(): URL {
  const candidates = ['./worker.js', '../worker.js', '../../dist/worker.js'].map(
    (path) => new URL(path, import.meta.url),
  );
  const found = candidates.find((url) => existsSync(fileURLToPath(url)));
  if (!found) throw new Error('worker.js is not built: npm run build:command');
  return found;
}
