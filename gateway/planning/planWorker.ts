// The thread that plans: told a job, it answers with a result. Built as a file of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { runPlanJob } from './planJob.ts';

parentPort?.postMessage(runPlanJob(workerData));
