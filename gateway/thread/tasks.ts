import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type AlarmQuestion, answerAlarms } from '../alerts/alarmQuestions.ts';
import { runPlanJob } from '../planning/planJob.ts';
import { AlertStatistics } from '../store/alertStatistics.ts';
import { openPostgres } from '../store/postgres/openPostgres.ts';
import type { Place } from '../store/postgres/postgresSettings.ts';
import { checkSupply, importSupply } from '../supply/importSupply.ts';
import { SupplyStore, THREAD_BUSY_MS } from '../supply/supplyStore.ts';
import type { Results, Task } from './runInThread.ts';

/** Runs a task in the calling thread. @throws TableError if a table is refused. */
export function doTask<T extends Task>(task: T): Results[T['kind']] {
  return resultOf(task) as Results[T['kind']];
}

function resultOf(task: Task): Results[Task['kind']] {
  switch (task.kind) {
    case 'plan':
      return runPlanJob(task.job);
    case 'import':
      return takeTable(task);
    case 'check':
      return checkSupply(task.table, task.bytes, task.options);
    case 'alarms':
      return answerFrom(task.place, task.question);
  }
}

function takeTable({ place, mostRows, table, bytes, origin, options, atMs }: Extract<Task, { kind: 'import' }>) {
  const store = new SupplyStore(place, mostRows, () => atMs, THREAD_BUSY_MS);
  try {
    return importSupply(store, table, bytes, origin, options);
  } finally {
    store.close();
  }
}

function answerFrom(place: Place, question: AlarmQuestion) {
  const db =
    typeof place === 'string'
      ? new Database(join(place, 'gateway.db'), { readonly: true, timeout: THREAD_BUSY_MS })
      : openPostgres(place, 'gateway.db');
  try {
    return answerAlarms(new AlertStatistics(db), question);
  } finally {
    db.close();
  }
}
