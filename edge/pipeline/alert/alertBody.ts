import type { AlertMessage } from '#models/contracts/alert.ts';

/** An alert that still lacks its envelope. */
export type AlertBody = Pick<
  AlertMessage,
  | 'id'
  | 'asset'
  | 'point'
  | 'change'
  | 'severity'
  | 'raisedAtMs'
  | 'text'
  | 'index'
  | 'evidence'
  | 'remainingLife'
  | 'audience'
  | 'wiring'
  | 'timeMs'
  | 'timeQuality'
>;
