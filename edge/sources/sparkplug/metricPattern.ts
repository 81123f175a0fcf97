import { safeName } from '#models/contracts/names.ts';
import type { PointName } from '../decoded.ts';
import { filled } from '../entries.ts';
import { capturesOf, matchPath, type PathPattern, parsePathPattern } from '../opcua/pathPattern.ts';
import type { SparkplugMetricConfig } from './sparkplugConfig.ts';

/** Metrics that every node has for its own control. */
const OWN = /^(bdSeq$|(Node|Device) Control\/)/;

const patterns = new Map<string, PathPattern | null>();

function patternOf(metric: string): PathPattern | null {
  const known = patterns.get(metric);
  if (known !== undefined) return known;
  const pattern = capturesOf(metric).length > 0 ? parsePathPattern(metric) : null;
  patterns.set(metric, pattern);
  return pattern;
}

/**
 * The point of a metric that matches a mapping's pattern; null for any other. Names that are invalid in topics are
 * converted.
 * @param outside the machine that the group, node or device names, or undefined.
 */
export function pointByPattern(
  { metric, asset, point }: SparkplugMetricConfig,
  name: string,
  outside: string | undefined,
): PointName | null {
  const pattern = OWN.test(name) ? null : patternOf(metric);
  if (pattern === null) return null;
  const levels = name.split('/').map((level) => ({ name: level, typeId: '' }));
  const captures = matchPath(pattern, levels, () => true);
  if (captures === null) return null;
  const parts: Record<string, string> = { ...captures, name: levels[levels.length - 1].name };
  const textOf = (template: string | undefined, otherwise: string | undefined) =>
    template === undefined ? otherwise : filled(template, (part) => parts[part]);
  const [itsAsset, itsPoint] = [textOf(asset, parts.asset ?? outside), textOf(point, parts.point ?? parts.name)].map(
    (text) => (text === undefined ? null : safeName(text)),
  );
  return itsAsset && itsPoint ? { asset: itsAsset, point: itsPoint } : null;
}
