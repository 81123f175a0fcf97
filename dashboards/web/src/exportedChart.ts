import type { Band, Fan, Level, Mark } from './chartDrawing.ts';

/** The content of a chart, for display and export. */
export interface ExportedChart {
  title: string;
  x: number[];
  y: number[];
  xIsTime: boolean;
  /** Unit of the vertical axis; empty for pure numbers. */
  unit: string;
  /** Unit of the horizontal axis; absent for dates and times. */
  xUnit?: string;
  /** Label of the second curve. */
  note?: string;
  /** A second curve at the same positions. */
  compared?: (number | null)[];
  levels?: readonly Level[];
  marks?: readonly Mark[];
  bands?: readonly Band[];
  fan?: Fan;
  /** Of the horizontal axis; the range of the values where absent. */
  range?: readonly [number, number];
  /** Logarithmic vertical axis. */
  isLogarithmic?: boolean;
}
