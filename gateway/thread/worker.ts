// The worker thread for tasks that take seconds. Built as a separate file.
import { parentPort, workerData } from 'node:worker_threads';
import { TableError } from '#models/tables/parseTable.ts';
import type { Answer, Task } from './runInThread.ts';
import { doTask } from './tasks.ts';

function answerTo(task: Task): Answer {
  try {
    return { ok: true, result: doTask(task) };
  } catch (error) {
    if (error instanceof TableError) return { ok: false, refused: error.message };
    throw error;
  }
}

parentPort?.postMessage(answerTo(workerData as Task));
