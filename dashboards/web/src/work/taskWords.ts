import type { WorkOrder } from '#models/contracts/workOrder.ts';
import { t } from '../i18n/i18n.ts';

/** The task of a work order, in the reader's language. */
export const TASK_WORDS: Record<WorkOrder['task'], string> = { inspect: t('Inspect'), repair: t('Repair') };
