import type { WorkOrder } from '#models/contracts/workOrder.ts';
import { t } from '../i18n/i18n.ts';

/** What a work order asks for, in the reader's language. */
export const TASK_WORDS: Record<WorkOrder['task'], string> = { inspect: t('Inspect'), repair: t('Repair') };
